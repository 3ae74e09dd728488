import { describe, expect, it } from "vitest";
import recorded from "../../../fixtures/vrrp/authentic.json";
import type { VrrpInstance } from "../../../src/config/config.ts";
import type { Counters } from "../../../src/core/vrrp/counters.ts";
import { facts, instance, plan } from "./configuration.ts";
import { Harness, logs } from "./harness.ts";
import { deliver, forged, type Packet, packetsOf } from "./wire.ts";

const SECOND = 1_000_000;
const HEX = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const TEXT = "abcdefghijklmnopqrstuvwxyz0123456789";

type AuthHmac = NonNullable<VrrpInstance["auth_hmac"]>;

/** The defaults of the block, as the schema has them. */
const hmac = (more: Partial<AuthHmac> = {}): AuthHmac =>
  ({
    key: [{ id: 1, value: `hex:${HEX}` }],
    active_key: 1,
    anti_replay: "time",
    mode: "enforce",
    $: { at: 0, of: {} },
    ...more,
  }) as AuthHmac;

/** A router that knows the time: `clock` seconds since 1970 at the start. */
function router(
  address: string,
  more: Partial<VrrpInstance>,
  clock = 1_000_000,
  keyFiles: Readonly<Record<string, string>> = {},
): Harness {
  const harness = new Harness({}, [facts("eth0", { address4: address })]);
  harness.feed({ type: "clock", epoch: clock * SECOND });
  const files = new Map(
    Object.entries(keyFiles).map(([path, text]) => [path, new TextEncoder().encode(text)]),
  );
  harness.feed({
    type: "apply",
    changes: plan({}, { instances: [instance("VI_1", more)] }),
    interfaces: [facts("eth0", { address4: address })],
    keyFiles: files,
  });
  return harness;
}

/** Of two routers the first becomes master; the other hears what is delivered to it. */
function pair(
  sending: Partial<VrrpInstance>,
  receiving: Partial<VrrpInstance> = sending,
  clocks: readonly [number, number] = [1_000_000, 1_000_000],
  keyFiles: Readonly<Record<string, string>> = {},
): { sender: Harness; receiver: Harness; next: () => Packet[]; counters: () => Readonly<Counters> } {
  const sender = router("10.9.0.2", { ...sending, priority: 200 }, clocks[0], keyFiles);
  const receiver = router("10.9.0.1", receiving, clocks[1], keyFiles);
  sender.pass(sender.instance().masterDownInterval);
  expect(sender.state()).toBe("MASTER");
  receiver.now = sender.now;
  const next = () => {
    const packets = packetsOf(sender.pass(SECOND));
    receiver.now = sender.now;
    return packets;
  };
  return { sender, receiver, next, counters: () => receiver.instance().counters };
}

const lines = (harness: Harness) => logs(harness.all.map(({ effect }) => effect));

describe("auth_hmac", () => {
  const signed = { auth_hmac: hmac() };

  it("takes what is signed with its key, with either version, by multicast or unicast", () => {
    for (const more of [signed, { ...signed, version: 3 }] as const) {
      const { next, receiver, counters } = pair(more);
      for (let i = 0; i < 3; i++) deliver(next(), receiver);
      expect(counters()).toMatchObject({ advertsReceived: 3 });
    }
    const peer = (address: string) => ({ ...signed, unicast_peer: [{ address }] });
    const unicast = pair(peer("10.9.0.1"), peer("10.9.0.2"));
    for (let i = 0; i < 3; i++) deliver(unicast.next(), unicast.receiver);
    expect(unicast.counters()).toMatchObject({ advertsReceived: 3, authExtReplay: 0 });
  });

  it("takes what keepalived 2.4.3 sends", () => {
    const [first] = recorded.filter(({ about }) => about === "v2, IPv4, auth_hmac, keepalived 2.4.3");
    if (first?.seal.type !== "trailer") throw new Error("no such record");
    const { seconds } = first.seal.sequence as { seconds: number };
    const addresses = { virtual_ipaddress: [{ address: "192.0.2.100", prefixLength: 24 }] };
    const receiver = router("192.0.2.2", { ...signed, ...addresses }, seconds);
    const packet = { source: "192.0.2.1", destination: "224.0.0.18", hops: 255 };
    deliver([{ ...packet, data: Uint8Array.from(Buffer.from(first.packet, "hex")) }], receiver);
    expect(receiver.instance().counters).toMatchObject({ advertsReceived: 1 });
    expect(receiver.instance().master).toBe("192.0.2.1");
  });

  it("refuses forgeries, replays, unknown keys, other schemes and what has no trailer", () => {
    const { next, receiver, counters, sender } = pair(signed);
    const [packet] = next();
    if (packet === undefined) throw new Error("nothing was sent");
    const trailer = packet.data.length - 28;
    deliver([forged(packet, packet.data.length - 1)], receiver);
    expect(counters()).toMatchObject({ authExtInvalidHmac: 1 });
    deliver([packet, packet], receiver);
    expect(counters()).toMatchObject({ advertsReceived: 1, authExtReplay: 1 });
    deliver([forged(packet, trailer)], receiver);
    expect(counters()).toMatchObject({ authExtMalformed: 1 });
    deliver([forged(packet, trailer + 2)], receiver);
    expect(counters()).toMatchObject({ authExtMalformed: 2 });
    deliver([forged(packet, trailer + 1)], receiver);
    expect(counters()).toMatchObject({ authExtUnknownKey: 1 });
    receiver.advert({ priority: 250 });
    expect(counters()).toMatchObject({ authExtMissing: 1, advertsReceived: 1 });
    expect(lines(receiver)).toContain("(VI_1) missing authentication trailer from 10.9.0.2");
    expect(sender.state()).toBe("MASTER");
  });

  it("refuses a trailer without auth_hmac, as a packet that is too long", () => {
    const { next, receiver, counters } = pair(signed, {});
    deliver(next(), receiver);
    expect(counters()).toMatchObject({ advertsReceived: 0, packetLength: 1 });
  });

  it("by time: refuses clocks further apart than the window, and warns from half of it", () => {
    const window = { auth_hmac: hmac({ time_window: 10 * SECOND }) };
    const heard = (skew: number) => {
      const { next, receiver, counters } = pair(window, window, [1_000_000, 1_000_000 + skew]);
      deliver(next(), receiver);
      return { counters: counters(), lines: lines(receiver).filter((line) => line.includes("skew")) };
    };
    for (const skew of [5, -5])
      expect(heard(skew)).toMatchObject({ counters: { advertsReceived: 1 }, lines: [] });
    for (const skew of [6, -6, 10, -10]) {
      const { counters, lines: said } = heard(skew);
      expect(counters.advertsReceived).toBe(1);
      expect(said).toEqual([
        `(VI_1) authentication clock skew ${skew} sec from 10.9.0.2 approaching window 10 sec`,
      ]);
    }
    for (const skew of [11, -11]) {
      const { counters, lines: said } = heard(skew);
      expect(counters).toMatchObject({ advertsReceived: 0, authExtStale: 1 });
      expect(said).toEqual([
        `(VI_1) stale authentication trailer from 10.9.0.2, clock skew ${skew} sec exceeds window 10 sec`,
      ]);
    }
  });

  it("has a window of three intervals, and of 5 s at least, by default", () => {
    const limit = (interval: number) => {
      const more = { ...signed, advert_int: interval * SECOND };
      const stale = (skew: number) => {
        const { sender, receiver, counters } = pair(more, more, [1_000_000, 1_000_000 + skew]);
        const packets = packetsOf(sender.pass(interval * SECOND));
        receiver.now = sender.now;
        deliver(packets, receiver);
        return counters().authExtStale;
      };
      return [5, 6, 12, 13].map(stale);
    };
    expect(limit(1)).toEqual([0, 1, 1, 1]);
    expect(limit(4)).toEqual([0, 0, 0, 1]);
  });

  it("monotonic: any clock will do, a number that does not grow will not", () => {
    const monotonic = { auth_hmac: hmac({ anti_replay: "monotonic" }) };
    const { next, receiver, counters, sender } = pair(monotonic, monotonic, [1_000_000, 5]);
    const [early] = next();
    deliver(next(), receiver);
    if (early !== undefined) deliver([early], receiver);
    expect(counters()).toMatchObject({ advertsReceived: 1, authExtReplay: 1 });
    // The sender's clock is set back: its numbers go on growing.
    sender.feed({ type: "clock", epoch: 10 * SECOND });
    for (let i = 0; i < 3; i++) deliver(next(), receiver);
    expect(counters()).toMatchObject({ advertsReceived: 4, authExtReplay: 1 });
  });

  it("by time: a clock that is set back by more than the window starts counting from itself", () => {
    const { next, receiver, counters, sender } = pair(signed);
    deliver(next(), receiver);
    for (const harness of [sender, receiver]) harness.feed({ type: "clock", epoch: 900_000 * SECOND });
    for (let i = 0; i < 3; i++) deliver(next(), receiver);
    expect(counters()).toMatchObject({ advertsReceived: 4, authExtReplay: 0, authExtStale: 0 });
  });

  it("several adverts of one instant have different numbers", () => {
    const { sender, receiver, counters } = pair(signed);
    const before = sender.all.length;
    for (let i = 0; i < 3; i++) sender.advert({ priority: 50 });
    // Unsigned, they are refused; signed ones of the master itself still differ.
    sender.pass(SECOND);
    sender.apply({ instances: [instance("VI_1", { ...signed, priority: 200, virtual_ipaddress: [] })] });
    deliver(packetsOf(sender.all.slice(before)), receiver);
    expect(counters().authExtReplay).toBe(0);
    expect(counters().advertsReceived).toBeGreaterThan(1);
  });

  it("rotation: first both keys everywhere, then the new one active, then the old one gone", () => {
    const both = (active: number) =>
      hmac({
        key: [
          { id: 1, value: `hex:${HEX}` },
          { id: 2, value: TEXT },
        ],
        active_key: active,
      });
    for (const active of [1, 2]) {
      const { next, receiver, counters } = pair({ auth_hmac: both(active) }, { auth_hmac: both(1) });
      deliver(next(), receiver);
      expect(counters().advertsReceived).toBe(1);
    }
    const only2 = { auth_hmac: hmac({ key: [{ id: 2, value: TEXT }], active_key: 2 }) };
    const { next, receiver, counters } = pair(only2, { auth_hmac: both(1) });
    deliver(next(), receiver);
    expect(counters().advertsReceived).toBe(1);
    const late = pair(signed, only2);
    deliver(late.next(), late.receiver);
    expect(late.counters()).toMatchObject({ advertsReceived: 0, authExtUnknownKey: 1 });
  });

  it("keys of files, as text or after hex:, a line end aside; a file that is not there is no key", () => {
    const files = { "/k/text": `${TEXT}\n`, "/k/hex": `hex:${HEX}\n` };
    const from = (value: string) => ({ auth_hmac: hmac({ key: [{ id: 1, value }] }) });
    for (const [file, inline] of [
      ["file:/k/text", TEXT],
      ["file:/k/hex", `hex:${HEX}`],
    ] as const) {
      const { next, receiver, counters } = pair(from(file), from(inline), undefined, files);
      deliver(next(), receiver);
      expect(counters().advertsReceived).toBe(1);
    }
    const missing = pair(from("file:/k/none"), from(TEXT), undefined, files);
    deliver(missing.next(), missing.receiver);
    expect(missing.counters()).toMatchObject({ advertsReceived: 0, authExtInvalidHmac: 1 });
  });

  it("modes: receive-only signs nothing, permissive signs, both take what is unsigned and refuse what is forged", () => {
    const mode = (name: "permissive" | "receive-only" | "enforce") => ({ auth_hmac: hmac({ mode: name }) });
    const heard = (sending: Partial<VrrpInstance>, receiving: Partial<VrrpInstance>) => {
      const { next, receiver, counters } = pair(sending, receiving);
      deliver(next(), receiver);
      return counters().advertsReceived;
    };
    expect(heard(mode("receive-only"), {})).toBe(1);
    expect(heard(mode("permissive"), {})).toBe(0);
    for (const lenient of [mode("permissive"), mode("receive-only")]) {
      expect(heard({}, lenient)).toBe(1);
      expect(heard(mode("enforce"), lenient)).toBe(1);
      const { next, receiver, counters } = pair(mode("enforce"), lenient);
      deliver(
        next().map((packet) => forged(packet, packet.data.length - 1)),
        receiver,
      );
      expect(counters()).toMatchObject({ advertsReceived: 0, authExtInvalidHmac: 1 });
    }
    expect(heard({}, mode("enforce"))).toBe(0);
    expect(heard(mode("permissive"), mode("enforce"))).toBe(1);
  });

  it("unicast: only peers, whatever their key", () => {
    const peer = (address: string) => ({ ...signed, unicast_peer: [{ address }] });
    const { next, receiver, counters } = pair(peer("10.9.0.1"), peer("10.9.0.77"));
    deliver(next(), receiver);
    expect(counters()).toMatchObject({ advertsReceived: 0, unknownPeer: 1 });
  });

  it("numbers outlive a reload on both sides", () => {
    const { next, receiver, counters } = pair(signed);
    const [packet] = next();
    if (packet === undefined) throw new Error("nothing was sent");
    deliver([packet], receiver);
    receiver.feed({
      type: "apply",
      changes: plan(
        { instances: [instance("VI_1", signed)] },
        { instances: [instance("VI_1", { ...signed, priority: 90 })] },
      ),
      interfaces: [facts("eth0", { address4: "10.9.0.1" })],
    });
    deliver([packet], receiver);
    expect(counters()).toMatchObject({ advertsReceived: 1, authExtReplay: 1 });
  });
});

describe("auth_type AH", () => {
  const ah = (pass = "s3cret") => ({
    authentication: { auth_type: "AH", auth_pass: pass, $: { at: 0, of: {} } } as const,
  });

  it("takes adverts with the same password once each, by multicast and unicast", () => {
    for (const [to, from] of [
      [undefined, undefined],
      ["10.9.0.1", "10.9.0.2"],
    ]) {
      const peer = (address: string | undefined) =>
        address === undefined ? ah() : { ...ah(), unicast_peer: [{ address }] };
      const { next, receiver, counters } = pair(peer(to), peer(from));
      const packets = next();
      deliver([...packets, ...packets], receiver);
      deliver(next(), receiver);
      expect(counters()).toMatchObject({ advertsReceived: 2, authFailure: 1 });
      expect(lines(receiver).some((line) => /sequence number 2 already processed/.test(line))).toBe(true);
    }
  });

  it("refuses another password, a plain advert, and a header without `auth_type AH`", () => {
    const wrong = pair(ah("other"), ah());
    deliver(wrong.next(), wrong.receiver);
    expect(wrong.counters()).toMatchObject({ advertsReceived: 0, authFailure: 1 });
    const plain = pair({}, ah());
    deliver(plain.next(), plain.receiver);
    expect(plain.counters()).toMatchObject({ advertsReceived: 0, authTypeMismatch: 1 });
    const header = pair(ah(), {});
    deliver(header.next(), header.receiver);
    expect(header.counters()).toMatchObject({ advertsReceived: 0, authTypeMismatch: 1 });
  });

  it("refuses a changed byte of header or message", () => {
    const { next, receiver, counters } = pair(ah());
    const [packet] = next();
    if (packet === undefined) throw new Error("nothing was sent");
    deliver([forged(packet, 28), forged(packet, 46)], receiver);
    expect(counters().advertsReceived).toBe(0);
    deliver([packet], receiver);
    expect(counters().advertsReceived).toBe(1);
  });

  it("a new master counts on from what the old one sent", () => {
    const { next, receiver, sender } = pair(ah());
    for (let i = 0; i < 5; i++) deliver(next(), receiver);
    // Its second advert is above the farewell of the old one, which it has not heard.
    const [, packet] = packetsOf(receiver.pass(receiver.instance().masterDownInterval + SECOND));
    if (packet === undefined) throw new Error("nothing was sent");
    expect(receiver.state()).toBe("MASTER");
    sender.feed({ type: "interface", facts: facts("eth0", { address4: "10.9.0.2", running: false }) });
    sender.feed({ type: "interface", facts: facts("eth0", { address4: "10.9.0.2" }) });
    sender.now = receiver.now;
    deliver([packet], sender);
    expect(sender.instance().counters).toMatchObject({ advertsReceived: 1, authFailure: 0 });
  });
});
