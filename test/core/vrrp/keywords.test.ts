import { describe, expect, it } from "vitest";
import type { GlobalDefs, VrrpInstance } from "../../../src/config/config.ts";
import { createVrrpRouter } from "../../../src/core/vrrp/router.ts";
import { facts, instance, plan, vip } from "./configuration.ts";
import { brief, Harness, logs, only } from "./harness.ts";
import { deliver, packetsOf } from "./wire.ts";

const SECOND = 1_000_000;
const SKEW_100 = 609_375;
const DOWN = 3 * SECOND + SKEW_100;

type More = Partial<VrrpInstance>;

function router(more: More = {}, global?: Partial<GlobalDefs>, address = "10.9.0.1"): Harness {
  const link = facts("eth0", { address4: address, address6: `fe80::${address.split(".").at(-1)}` });
  // Only what the test is about is written; what is absent has no say.
  const globals = global === undefined ? {} : { global: global as GlobalDefs };
  return new Harness({ ...globals, instances: [instance("VI_1", more)] }, [link]);
}

function master(more: More = {}, global?: Partial<GlobalDefs>, address?: string): Harness {
  const harness = router(more, global, address);
  harness.pass(harness.instance().masterDownInterval);
  expect(harness.state()).toBe("MASTER");
  harness.all.length = 0;
  return harness;
}

const opened = (harness: Harness) =>
  only(
    harness.all.map(({ effect }) => effect),
    "open",
  ).at(-1);

const sentBy = (harness: Harness) => packetsOf(harness.pass(SECOND))[0];

const peers = (...addresses: string[]) => addresses.map((address) => ({ address }));

describe("where adverts go and come from", () => {
  it("mcast_dst_ip before vrrp_mcast_group4", () => {
    const global = { vrrp_mcast_group4: "224.0.0.77" };
    expect(sentBy(master({}, global))?.destination).toBe("224.0.0.77");
    const own = master({ mcast_dst_ip: "224.0.0.99" }, global);
    expect(sentBy(own)?.destination).toBe("224.0.0.99");
    expect(brief(own.advert({}, { destination: "224.0.0.77" }))).toEqual([]);
    own.advert({}, { destination: "224.0.0.99" });
    expect(own.state()).toBe("BACKUP");
  });

  it("vrrp_mcast_group6, the link local source and hop limit 255 with IPv6", () => {
    const more = { virtual_ipaddress: [vip("fe80::100/64"), vip("2001:db8::1/64")], version: 3 } as const;
    const harness = router(more, { vrrp_mcast_group6: "ff02::99" });
    expect(opened(harness)).toMatchObject({ family: 6, group: "ff02::99", source: "fe80::1" });
    harness.pass(harness.instance().masterDownInterval);
    const [packet] = packetsOf(harness.pass(SECOND));
    expect(packet).toMatchObject({ destination: "ff02::99", source: "fe80::1", hops: 255 });
    // RFC 9568 §5.2.9: the first address is link local; the order is the configured one.
    expect(packet?.data.slice(8, 10)).toEqual(new Uint8Array([0xfe, 0x80]));
  });

  it("mcast_src_ip, and unicast_src_ip with peers", () => {
    expect(sentBy(master({ mcast_src_ip: "10.9.0.8" }))?.source).toBe("10.9.0.8");
    const unicast = { unicast_src_ip: "10.9.0.9", unicast_peer: peers("10.9.0.2", "10.9.0.3") };
    const packets = packetsOf(master(unicast).pass(SECOND));
    expect(packets.map(({ source, destination }) => [source, destination])).toEqual([
      ["10.9.0.9", "10.9.0.2"],
      ["10.9.0.9", "10.9.0.3"],
    ]);
  });

  it("unicast_ttl", () => {
    const packet = sentBy(master({ unicast_peer: peers("10.9.0.2"), unicast_ttl: 7 }));
    expect(packet?.hops).toBe(7);
    expect(packet?.data[8]).toBe(7);
    const v6 = { virtual_ipaddress: [vip("fe80::100")], version: 3, unicast_peer: peers("fe80::2") } as const;
    expect(opened(router({ ...v6, unicast_ttl: 7 }))).toMatchObject({ hops: 7, source: "fe80::1" });
    expect(opened(router({ unicast_ttl: 7 }))).not.toHaveProperty("hops");
  });

  it("unicast_fault_no_peer", () => {
    expect(router({ unicast_fault_no_peer: true }).instance()).toMatchObject({
      state: "FAULT",
      fault: "no unicast peers",
    });
    expect(router({ unicast_fault_no_peer: true, unicast_peer: peers("10.9.0.2") }).state()).toBe("BACKUP");
  });

  it("native_ipv6 where no address tells the family, with no_virtual_ipaddress", () => {
    const more = { virtual_ipaddress: [], no_virtual_ipaddress: true, version: 3 } as const;
    expect(opened(router(more))).toMatchObject({ family: 4 });
    const harness = master({ ...more, native_ipv6: true });
    expect(sentBy(harness)).toMatchObject({ source: "fe80::1", destination: "ff02::12" });
  });

  it("receive buffers: kernel_rx_buf_size, or the policy times the multiplier", () => {
    const buffer = (more: More, global?: Partial<GlobalDefs>) => opened(router(more, global))?.receiveBuffer;
    expect(buffer({})).toBeUndefined();
    expect(buffer({ kernel_rx_buf_size: 12_345 }, { vrrp_rx_bufs_policy: "MTU" })).toBe(12_345);
    expect(buffer({}, { vrrp_rx_bufs_policy: "MTU", vrrp_rx_bufs_multiplier: 4 })).toBe(6_000);
    expect(buffer({}, { vrrp_rx_bufs_policy: "ADVERT" })).toBe(3 * (44 + 20));
    expect(buffer({}, { vrrp_rx_bufs_policy: 4_096 })).toBe(4_096);
  });
});

describe("whose adverts count", () => {
  const unicast = { unicast_peer: peers("10.9.0.2") };
  const from = (source: string, hops = 255) => ({ source, hops, destination: "10.9.0.1" });

  it("check_unicast_src: only those of peers", () => {
    const open = master(unicast);
    open.advert({}, from("10.9.0.7", 20));
    expect(open.state()).toBe("BACKUP");
    const strict = master({ ...unicast, check_unicast_src: true });
    strict.advert({}, from("10.9.0.7"));
    expect(strict.state()).toBe("MASTER");
    expect(strict.instance().counters).toMatchObject({ unknownPeer: 1, advertsReceived: 0 });
    strict.advert({}, from("10.9.0.2", 20));
    expect(strict.state()).toBe("BACKUP");
  });

  it("min_ttl and max_ttl of a peer", () => {
    const limited = { unicast_peer: [{ address: "10.9.0.2", minTtl: 60, maxTtl: 64 }] };
    for (const hops of [59, 65, 255]) {
      const harness = master(limited);
      harness.advert({}, from("10.9.0.2", hops));
      expect(harness.instance()).toMatchObject({ state: "MASTER", counters: { ttl: 1 } });
    }
    const harness = master(limited);
    harness.advert({}, from("10.9.0.2", 60));
    expect(harness.state()).toBe("BACKUP");
  });

  it("owner_ignore_adverts and strict_mode: the owner listens to nobody", () => {
    const owner = { priority: 255, state: "MASTER" } as const;
    const better = [{ priority: 255 }, { source: "10.9.0.200" }] as const;
    const listening = master(owner);
    listening.advert(...better);
    expect(listening.state()).toBe("BACKUP");
    for (const more of [{ owner_ignore_adverts: true }, { strict_mode: true }]) {
      const harness = master({ ...owner, ...more });
      expect(logs(harness.advert(...better))).toEqual([
        "(VI_1) Dropping packet(s) from 10.9.0.200 since we are address owner",
      ]);
      expect(harness.state()).toBe("MASTER");
    }
  });

  it("skip_check_adv_addr: a backup compares the addresses of a master's first advert only", () => {
    const heard = (more: More) => {
      const harness = router(more);
      for (const source of ["10.9.0.2", "10.9.0.2", "10.9.0.3"])
        harness.advert({ addresses: [] }, { source });
      return harness.instance().counters.addressList;
    };
    expect(heard({})).toBe(3);
    expect(heard({ skip_check_adv_addr: true })).toBe(2);
  });

  it("log_unknown_vrids", () => {
    expect(logs(router().advert({ virtualRouterId: 99 }))).toEqual([]);
    const harness = router({}, { log_unknown_vrids: true });
    const line = "Unknown VRID(99) received on interface(eth0) from 10.9.0.2. ignoring...";
    expect(logs(harness.advert({ virtualRouterId: 99 }))).toEqual([line]);
    expect(logs(harness.advert({ virtualRouterId: 99 }))).toEqual([]);
    expect(logs(harness.advert({ virtualRouterId: 98 }))).toHaveLength(1);
  });
});

describe("checksums of version 3 over IPv4", () => {
  const V3 = { version: 3 } as const;
  const unicast = { ...V3, unicast_peer: peers("10.9.0.2"), unicast_src_ip: "10.9.0.1" };
  const other = { ...unicast, unicast_peer: peers("10.9.0.1"), unicast_src_ip: "10.9.0.2", priority: 200 };
  const backTo = (sender: Harness, receiver: Harness) => {
    deliver(packetsOf(sender.pass(SECOND)), receiver);
    return receiver;
  };

  it("v3_checksum_as_v2 leaves the pseudo-header out, and takes both", () => {
    const more = { ...V3, v3_checksum_as_v2: true, priority: 200 };
    const as2 = master(more, undefined, "10.9.0.2");
    expect(backTo(as2, master(V3)).instance().counters).toMatchObject({ checksum: 1 });
    expect(backTo(as2, master({ ...V3, v3_checksum_as_v2: true })).state()).toBe("BACKUP");
    const plain = master({ ...V3, priority: 200 }, undefined, "10.9.0.2");
    expect(backTo(plain, master({ ...V3, v3_checksum_as_v2: true })).state()).toBe("BACKUP");
  });

  it("old_unicast_checksum has the group in it; who hears that from a peer does so, too", () => {
    const old = master({ ...other, old_unicast_checksum: "always" }, undefined, "10.9.0.2");
    const receiver = backTo(old, master(unicast));
    expect(receiver.state()).toBe("BACKUP");
    expect(logs(receiver.all.map(({ effect }) => effect))).toContain(
      "(VI_1) Setting unicast VRRPv3 checksum to old version",
    );
    receiver.pass(receiver.instance().masterDownInterval);
    expect(receiver.state()).toBe("MASTER");
    const effect = only(
      receiver.all.map((each) => each.effect),
      "send-advert",
    ).at(-1);
    expect(effect?.advert.checksum).toEqual({ destination: "224.0.0.18" });
  });

  it("old_unicast_checksum never", () => {
    const old = master({ ...other, old_unicast_checksum: "always" }, undefined, "10.9.0.2");
    const receiver = backTo(old, master({ ...unicast, old_unicast_checksum: "never" }));
    expect(receiver.instance()).toMatchObject({ state: "MASTER", counters: { checksum: 1 } });
  });
});

describe("who is master, and when", () => {
  it("down_timer_adverts", () => {
    expect(router({ down_timer_adverts: 7 }).instance().masterDownInterval).toBe(7 * SECOND + SKEW_100);
    expect(router({ down_timer_adverts: 7, version: 3 }).router.deadline()).toBe(7 * SECOND + SKEW_100);
  });

  it("lower_prio_no_advert and strict_mode: no advert answers one of lower priority", () => {
    expect(brief(master().advert({ priority: 50 }))[0]).toBe("advert 100");
    for (const more of [{ lower_prio_no_advert: true }, { strict_mode: true }]) {
      const harness = master(more);
      const effects = harness.advert({ priority: 50 });
      expect(brief(effects).filter((each) => each.startsWith("advert"))).toEqual([]);
      expect(logs(effects)[0]).toBe("(VI_1) Received advert from 10.9.0.2 with lower priority 50, ours 100");
      expect(harness.state()).toBe("MASTER");
    }
  });

  it("higher_prio_send_advert: a last advert before it yields", () => {
    expect(brief(master().advert())[0]).not.toBe("advert 100");
    for (const [advert, arrival] of [
      [{ priority: 200 }, {}],
      [{ priority: 100 }, { source: "10.9.0.200" }],
    ] as const) {
      const harness = master({ higher_prio_send_advert: true });
      expect(brief(harness.advert(advert, arrival))[0]).toBe("advert 100");
      expect(harness.state()).toBe("BACKUP");
    }
  });

  it("timer_expired_backup: a master that slept long enough gives way, with nopreempt only", () => {
    const slept = (more: More, duration: number) => {
      const harness = master(more);
      harness.now += duration;
      const effects = harness.feed({ type: "timer" });
      return { state: harness.state(), effects };
    };
    const with200 = { nopreempt: true, timer_expired_backup: 200 } as const;
    // 3 s + 56/256 s: when a router of priority 200 would have taken over.
    expect(slept(with200, 3_218_750).state).toBe("MASTER");
    const gone = slept(with200, 3_218_751);
    expect(gone.state).toBe("BACKUP");
    expect(brief(gone.effects)).toEqual(["remove 10.9.0.100", "notify VI_1 BACKUP"]);
    expect(slept({ timer_expired_backup: 200 }, 60 * SECOND).state).toBe("MASTER");
    expect(slept({ nopreempt: true }, 60 * SECOND).state).toBe("MASTER");
  });

  it("vrrp_startup_delay: backup at once, deaf and without timer until then", () => {
    const harness = router({}, { vrrp_startup_delay: 5 * SECOND });
    expect(harness.state()).toBe("BACKUP");
    expect(logs(harness.all.map(({ effect }) => effect))[0]).toBe("Delaying startup for 5 seconds");
    expect(harness.router.deadline()).toBe(5 * SECOND + DOWN);
    harness.pass(5 * SECOND - 1);
    harness.advert();
    expect(harness.instance().counters.advertsReceived).toBe(0);
    harness.pass(1);
    harness.advert();
    expect(harness.instance().counters.advertsReceived).toBe(1);
  });

  it("vrrp_delay_after_boot counts from boot, and the longer delay wins", () => {
    const deadline = (global: Partial<GlobalDefs>) => router({}, global).router.deadline();
    expect(deadline({ vrrp_delay_after_boot: 9 * SECOND })).toBe(9 * SECOND + DOWN);
    const both = { vrrp_delay_after_boot: 9 * SECOND, vrrp_startup_delay: 10 * SECOND };
    expect(deadline(both)).toBe(10 * SECOND + DOWN);
    // Long after boot there is nothing left to wait for.
    const late = createVrrpRouter();
    const global = { vrrp_delay_after_boot: 9 * SECOND } as GlobalDefs;
    const changes = plan({}, { global, instances: [instance("VI_1")] });
    late.handle({ type: "apply", changes, interfaces: [facts("eth0")] }, 60 * SECOND);
    expect(late.deadline()).toBe(60 * SECOND + DOWN);
  });

  it("vrrp_version and the learned interval of version 3", () => {
    const harness = router({ version: 3 });
    harness.advert({ version: 3, interval: 250_000 });
    expect(harness.router.deadline()).toBe(750_000 + Math.floor((156 * 250_000) / 256));
    expect(harness.instance().masterDownInterval).toBe(902_343);
  });
});

describe("explanations", () => {
  it("are kept for the last 50 transitions, with what led to each", () => {
    const harness = master();
    harness.advert();
    harness.advert({ priority: 0 });
    harness.pass(SKEW_100);
    expect(harness.instance().transitions.map(({ from, to, causes }) => [from, to, ...causes])).toEqual([
      ["INIT", "BACKUP", "it starts"],
      ["BACKUP", "MASTER", "no advert was heard"],
      ["MASTER", "BACKUP", "advert from 10.9.0.2 priority 200 > 100"],
      ["BACKUP", "MASTER", "advert from 10.9.0.2 priority 0: it resigned"],
    ]);
    expect(harness.instance().transitions[2]?.at).toBe(DOWN);
    for (let i = 0; i < 40; i++) {
      harness.advert();
      harness.advert({ priority: 0 });
      harness.pass(SKEW_100);
    }
    const { transitions } = harness.instance();
    expect(transitions).toHaveLength(50);
    expect(transitions.at(-1)?.to).toBe("MASTER");
  });

  it("name the lower priority that is preempted, and the silence", () => {
    const harness = router();
    harness.advert({ priority: 50 });
    const [said] = logs(harness.pass(DOWN).map(({ effect }) => effect)).filter((line) =>
      line.includes("because"),
    );
    expect(said).toBe("(VI_1) BACKUP to MASTER because advert from 10.9.0.2 priority 50 < 100");
    harness.advert();
    const silent = logs(harness.pass(DOWN).map(({ effect }) => effect)).filter((line) =>
      line.includes("because"),
    );
    expect(silent).toEqual(["(VI_1) BACKUP to MASTER because no advert from 10.9.0.2 for 3609ms"]);
  });
});
