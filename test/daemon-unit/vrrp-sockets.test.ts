import { describe, expect, it } from "vitest";
import type { VrrpEffect } from "../../src/core/vrrp/contract.ts";
import { VrrpReader } from "../../src/daemon/driver/vrrp-reader.ts";
import { VrrpSockets } from "../../src/daemon/driver/vrrp-sockets.ts";
import {
  KernelError,
  type OutgoingPacket,
  type PacketPort,
  type ReceivedPacket,
  type VrrpSocketOptions,
} from "../../src/kernel/ports.ts";
import type { VrrpAdvert } from "../../src/wire/vrrp.ts";
import { buildPacket } from "../../src/wire/vrrp-packet.ts";

const GROUP = "224.0.0.18";
const advert = (virtualRouterId: number, more: Partial<VrrpAdvert> = {}): VrrpAdvert => ({
  version: 3,
  virtualRouterId,
  priority: 100,
  interval: 1_000_000,
  addresses: ["192.0.2.100"],
  ...more,
});

/** A port that writes down which sockets were opened and what each call sent. */
class Record implements PacketPort {
  readonly opened: VrrpSocketOptions[] = [];
  readonly calls: (readonly [socket: number, virtualRouterIds: number[]])[] = [];
  readonly buffers: number[] = [];
  refusal: KernelError | undefined;
  hear: ((packet: ReceivedPacket) => void)[] = [];

  openVrrp(options: VrrpSocketOptions) {
    const number = this.opened.push(options) - 1;
    return {
      send: (packets: readonly OutgoingPacket[]) => {
        this.calls.push([number, packets.map(({ data }) => data[21] ?? 0)]);
        if (this.refusal) throw this.refusal;
      },
      onPacket: (callback: (packet: ReceivedPacket) => void) => this.hear.push(callback),
      setReceiveBuffer: (bytes: number) => this.buffers.push(bytes),
      close() {},
    };
  }

  sendFrames(): void {}
}

type Effect<T extends VrrpEffect["type"]> = Extract<VrrpEffect, { readonly type: T }>;

const open = (instance: string, more: Partial<Effect<"open">> = {}): Effect<"open"> => ({
  type: "open",
  instance,
  family: 4,
  interface: "eth0",
  ifindex: 2,
  group: GROUP,
  source: "192.0.2.1",
  ...more,
});

const send = (
  instance: string,
  id: number,
  more: Partial<Effect<"send-advert">> = {},
): Effect<"send-advert"> => ({
  type: "send-advert",
  instance,
  advert: advert(id),
  source: "192.0.2.1",
  destinations: [GROUP],
  ...more,
});

/** The same without a group: unicast. */
function unicast(instance: string, more: Partial<Effect<"open">> = {}): Effect<"open"> {
  const { group: _, ...rest } = open(instance);
  return { ...rest, ...more };
}

function sockets() {
  const port = new Record();
  const refused: (string | undefined)[] = [];
  const made = new VrrpSockets(
    port,
    () => {},
    (_, error) => refused.push(error?.code),
  );
  return { port, refused, sockets: made };
}

describe("VrrpSockets", () => {
  it("sends what is due together in one call for each socket", () => {
    const { port, sockets: made } = sockets();
    made.open(open("A"));
    made.open(open("B", { source: "192.0.2.7" }));
    made.open(open("C", { ifindex: 3, interface: "eth1" }));
    expect(port.opened).toHaveLength(2);
    for (const [name, id] of [
      ["A", 1],
      ["C", 3],
      ["B", 2],
    ] as const)
      made.send(send(name, id));
    expect(port.calls).toEqual([]);
    made.flush();
    made.flush();
    expect(port.calls).toEqual([
      [0, [1, 2]],
      [1, [3]],
    ]);
  });

  it("has sockets of their own for other groups, unicast sources, AH, and hop limits of IPv6", () => {
    const { port, sockets: made } = sockets();
    const v6 = { family: 6, source: "fe80::1" } as const;
    for (const one of [
      open("A"),
      open("B", { group: "224.0.0.77" }),
      unicast("C"),
      unicast("D", { source: "192.0.2.7" }),
      open("E", { authenticated: true }),
      unicast("F", v6),
      unicast("G", { ...v6, hops: 7 }),
    ])
      made.open(one);
    expect(port.opened).toHaveLength(7);
    expect(port.opened[4]).toMatchObject({ protocol: 51 });
    expect(port.opened[6]).toMatchObject({ hops: 7, source: "fe80::1" });
    // With IPv4 the packet has the hop limit.
    made.open(unicast("more", { hops: 7 }));
    expect(port.opened).toHaveLength(7);
  });

  it("gives a socket the sum of what its instances ask for", () => {
    const { port, sockets: made } = sockets();
    made.open(open("A", { receiveBuffer: 1_000 }));
    made.open(open("B", { receiveBuffer: 500 }));
    made.open(open("C"));
    expect(port.buffers).toEqual([1_000, 1_500, 1_500]);
  });

  it("uses an advert's bytes again, and seals them anew only once the last ones are gone", () => {
    const { port, sockets: made } = sockets();
    made.open(open("A"));
    const same = send("A", 9);
    made.send(same);
    made.send(same);
    made.flush();
    expect(port.calls).toEqual([[0, [9, 9]]]);
    const [key, signed] = [new Uint8Array(32), advert(8)];
    const sealed = (seconds: number) => ({
      ...send("A", 8, { advert: signed }),
      seal: { type: "trailer", keyId: 1, key, sequence: { seconds, rest: 0 } } as const,
    });
    made.send(sealed(1));
    made.send(sealed(2));
    made.flush();
    expect(port.calls.slice(1)).toEqual([
      [0, [8]],
      [0, [8]],
    ]);
  });

  it("tells of a refusal, and of the end of it", () => {
    const { port, refused, sockets: made } = sockets();
    made.open(open("A"));
    port.refusal = new KernelError("send", 101, "ENETUNREACH");
    made.send(send("A", 1));
    made.flush();
    port.refusal = undefined;
    made.send(send("A", 1));
    made.flush();
    expect(refused).toEqual(["ENETUNREACH", undefined]);
  });

  it("sends nothing for an instance without socket", () => {
    const { port, sockets: made } = sockets();
    made.send(send("A", 1));
    made.flush();
    expect(port.calls).toEqual([]);
  });
});

describe("VrrpReader", () => {
  const packet = (more: Partial<VrrpAdvert> = {}, hops = 255): ReceivedPacket => {
    const path = { source: "192.0.2.2", destination: GROUP, hops };
    return { data: buildPacket(advert(5, more), path), ...path, ifindex: 2 };
  };

  it("reads what a sender repeats only once, whatever the identification of the packets", () => {
    const reader = new VrrpReader(4);
    const first = reader.read(packet());
    const again = packet();
    again.data.set([0x12, 0x34], 4);
    expect(reader.read(again)).toBe(first);
    expect(reader.read(packet({}, 254))).toMatchObject({ hops: 254 });
  });

  it("notices every change", () => {
    const reader = new VrrpReader(4);
    expect(reader.read(packet())).toMatchObject({ advert: { priority: 100 } });
    expect(reader.read(packet({ priority: 0 }))).toMatchObject({ advert: { priority: 0 } });
    expect(reader.read(packet({ addresses: [] }))).toMatchObject({ advert: { addresses: [] } });
    const wrong = packet();
    wrong.data[26] = 1;
    expect(reader.read(wrong)).toMatchObject({ type: "malformed", error: { error: "checksum" } });
    expect(reader.read(packet())).toMatchObject({ advert: { priority: 100 } });
  });

  it("does not keep what it is given: the memory of a packet is used again", () => {
    const reader = new VrrpReader(4);
    const { data, ...rest } = packet();
    reader.read({ data, ...rest });
    data.fill(0, 20);
    expect(reader.read(packet())).toMatchObject({ type: "advert", advert: { priority: 100 } });
  });

  it("finds no advert in other packets", () => {
    const reader = new VrrpReader(4);
    expect(reader.read({ ...packet(), data: new Uint8Array(10) })).toBeUndefined();
    const header = packet();
    header.data[9] = 51;
    expect(reader.read(header)).toBeUndefined();
  });
});
