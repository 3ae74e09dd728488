import { describe, expect, it } from "vitest";
import { facts, instance, vip } from "./configuration.ts";
import { brief, Harness, logs, only } from "./harness.ts";

const SECOND = 1_000_000;
/** 3 s + 156/256 s: version 2 at priority 100. */
const DOWN = 3_609_375;

const GARP = "gratuitous-arp 10.9.0.100";

function master(more: Parameters<typeof instance>[1] = {}): Harness {
  const harness = new Harness({ instances: [instance("VI_1", more)] });
  harness.pass(harness.instance().masterDownInterval);
  expect(harness.state()).toBe("MASTER");
  harness.all.length = 0;
  return harness;
}

describe("start", () => {
  it("takes left over addresses away, opens, and waits as a backup, MASTER configured or not", () => {
    for (const state of ["MASTER", "BACKUP"] as const) {
      const harness = new Harness({ instances: [instance("VI_1", { state })] });
      const effects = harness.all.map(({ effect }) => effect);
      expect(brief(effects)).toEqual(["remove 10.9.0.100", "open eth0 10.9.0.1", "notify VI_1 BACKUP"]);
      expect(logs(effects)).toContain("(VI_1) Entering BACKUP STATE (init)");
      expect(harness.router.deadline()).toBe(DOWN);
    }
  });

  it("is master after the master down interval: advert first, then addresses, then five gratuitous ARPs", () => {
    const harness = new Harness({ instances: [instance("VI_1")] });
    expect(harness.pass(DOWN - 1)).toEqual([]);
    const effects = harness.pass(1).map(({ effect }) => effect);
    expect(brief(effects)).toEqual([
      "advert 100",
      "add 10.9.0.100",
      GARP,
      GARP,
      GARP,
      GARP,
      GARP,
      "notify VI_1 MASTER",
    ]);
    expect(logs(effects)).toEqual([
      "(VI_1) Receive advertisement timeout",
      "(VI_1) Entering MASTER STATE",
      "(VI_1) BACKUP to MASTER because no advert was heard",
      "(VI_1) setting VIPs.",
      "(VI_1) Sending/queueing gratuitous ARPs on eth0 for 10.9.0.100",
    ]);
  });

  it("does not wait as the address owner with state MASTER", () => {
    const harness = new Harness({ instances: [instance("VI_1", { priority: 255, state: "MASTER" })] });
    expect(harness.state()).toBe("MASTER");
    const waiting = new Harness({ instances: [instance("VI_1", { priority: 255 })] });
    expect(waiting.state()).toBe("BACKUP");
    expect(waiting.router.deadline()).toBe(3_003_906);
  });

  // Master down timers as keepalived 2.2.7 prints them for these.
  it.each([
    [{ priority: 150 }, 3_414_062],
    [{ priority: 111, advert_int: SECOND }, 3_566_406],
    [{ priority: 150, version: 3, advert_int: 500_000 }, 1_707_031],
    [{ priority: 150, advert_int: 2 * SECOND }, 6_414_062],
  ])("waits as long as keepalived: %o", (more, expected) => {
    const harness = new Harness({ instances: [instance("VI_1", more)] });
    expect(harness.router.deadline()).toBe(expected);
  });
});

describe("master", () => {
  it("sends adverts from ideal time: late timers do not add up", () => {
    const harness = master();
    const began = harness.now;
    for (const late of [0, 300_000, 999_999, 10]) {
      const due = harness.router.deadline() ?? 0;
      harness.now = due + late;
      harness.feed({ type: "timer" });
    }
    expect(harness.router.deadline()).toBe(began + 5 * SECOND);
  });

  it("does not catch up on adverts after a standstill", () => {
    const harness = master({ garp_master_delay: 0 });
    harness.now += 10 * SECOND;
    expect(brief(harness.feed({ type: "timer" }))).toEqual(["advert 100"]);
    expect(harness.router.deadline()).toBe(harness.now + SECOND);
  });

  it("gives the same advert object as long as nothing changes", () => {
    const harness = master();
    const sent = only(
      harness.pass(3 * SECOND).map(({ effect }) => effect),
      "send-advert",
    );
    expect(sent).toHaveLength(3);
    expect(sent[1]).toBe(sent[0]);
    expect(Object.isFrozen(sent[0]?.advert)).toBe(true);
    expect(sent[0]).toEqual({
      type: "send-advert",
      instance: "VI_1",
      advert: {
        version: 2,
        virtualRouterId: 51,
        priority: 100,
        interval: SECOND,
        addresses: ["10.9.0.100"],
        authType: 0,
      },
      source: "10.9.0.1",
      destinations: ["224.0.0.18"],
    });
  });

  it("sends a second set of gratuitous ARPs after garp_master_delay, and refreshes", () => {
    const harness = master({
      garp_master_repeat: 2,
      garp_master_delay: 3 * SECOND,
      garp_master_refresh: 2 * SECOND,
    });
    const began = harness.now;
    const sent = harness.pass(7 * SECOND).filter(({ effect }) => effect.type === "gratuitous-arp");
    expect(sent.map(({ at }) => (at - began) / SECOND)).toEqual([2, 3, 3, 4, 6]);
  });

  it("yields to a higher priority", () => {
    const harness = master();
    const effects = harness.advert();
    expect(brief(effects)).toEqual(["remove 10.9.0.100", "notify VI_1 BACKUP"]);
    expect(logs(effects)).toEqual([
      "(VI_1) Master received advert from 10.9.0.2 with higher priority 200, ours 100",
      "(VI_1) Entering BACKUP STATE",
      "(VI_1) removing VIPs.",
      "(VI_1) MASTER to BACKUP because advert from 10.9.0.2 priority 200 > 100",
    ]);
    expect(harness.router.deadline()).toBe(harness.now + DOWN);
  });

  it("yields to the higher address at equal priority, as a number and not as text", () => {
    const harness = master();
    harness.advert({ priority: 100 }, { source: "10.9.0.0" });
    expect(harness.state()).toBe("MASTER");
    harness.advert({ priority: 100 }, { source: "10.10.0.0" });
    expect(harness.state()).toBe("BACKUP");
    expect(logs(harness.all.map(({ effect }) => effect))).toContain(
      "(VI_1) Master received advert from 10.10.0.0 with same priority 100 but higher IP address than ours",
    );
  });

  it("answers a lower priority with an advert and gratuitous ARPs, now and after the delay", () => {
    const harness = master({ garp_lower_prio_repeat: 1, garp_lower_prio_delay: 2 * SECOND });
    harness.pass(500_000);
    const effects = harness.advert({ priority: 50 });
    expect(brief(effects)).toEqual(["advert 100", GARP, "notify VI_1 MASTER_RX_LOWER_PRI"]);
    expect(logs(effects)[0]).toBe(
      "(VI_1) Received advert from 10.9.0.2 with lower priority 50, ours 100, forcing new election",
    );
    const began = harness.now;
    const later = harness.pass(2 * SECOND);
    expect(brief(later.map(({ effect }) => effect))).toEqual(["advert 100", GARP, "advert 100"]);
    expect(later[0]?.at).toBe(began + SECOND);
  });

  it("answers priority 0 with an advert", () => {
    const harness = master();
    const effects = harness.advert({ priority: 0 });
    expect(brief(effects)).toEqual(["advert 100"]);
    expect(logs(effects)).toEqual(["(VI_1) Master received priority 0 message"]);
  });

  it("ignores what it sent itself", () => {
    const harness = master();
    expect(harness.advert({}, { source: "10.9.0.1" })).toEqual([]);
    expect(harness.instance().counters.advertsReceived).toBe(0);
  });

  it("steps down when somebody takes a virtual address away", () => {
    const harness = master();
    const effects = harness.feed({ type: "address-removed", ifindex: 2, address: "10.9.0.100" });
    expect(brief(effects)).toEqual(["advert 0", "remove 10.9.0.100", "notify VI_1 BACKUP"]);
    expect(harness.feed({ type: "address-removed", ifindex: 2, address: "10.9.0.100" })).toEqual([]);
  });
});

describe("backup", () => {
  it("waits anew with every advert of equal or higher priority", () => {
    const harness = new Harness({ instances: [instance("VI_1")] });
    harness.pass(3 * SECOND);
    harness.advert({ priority: 100 });
    expect(harness.router.deadline()).toBe(3 * SECOND + DOWN);
  });

  it("preempts: adverts of lower priority do not hold it back", () => {
    const harness = new Harness({ instances: [instance("VI_1")] });
    harness.pass(3 * SECOND);
    expect(logs(harness.advert({ priority: 50 }))).toEqual([
      "(VI_1) received lower priority (50) advert from 10.9.0.2 - discarding",
    ]);
    expect(harness.router.deadline()).toBe(DOWN);
  });

  it("leaves a lower priority master with nopreempt, but not with state MASTER", () => {
    const harness = new Harness({ instances: [instance("VI_1", { nopreempt: true })] });
    harness.pass(SECOND);
    harness.advert({ priority: 50 });
    expect(harness.router.deadline()).toBe(SECOND + DOWN);
    const cleared = new Harness({ instances: [instance("VI_1", { nopreempt: true, state: "MASTER" })] });
    cleared.pass(SECOND);
    cleared.advert({ priority: 50 });
    expect(cleared.router.deadline()).toBe(DOWN);
  });

  it("puts up with a lower priority master for preempt_delay, counted from its first advert", () => {
    const harness = new Harness({ instances: [instance("VI_1", { preempt_delay: 3 * SECOND })] });
    harness.pass(500_000);
    expect(logs(harness.advert({ priority: 50 }))).toEqual(["(VI_1) start preempt delay (3.000000)"]);
    for (let i = 0; i < 5; i++) {
      harness.pass(SECOND);
      harness.advert({ priority: 50 });
    }
    // The last advert within the delay came at 2.5 s.
    expect(harness.router.deadline()).toBe(2_500_000 + DOWN);
  });

  it("forgets the delay when a better master is heard", () => {
    const harness = new Harness({ instances: [instance("VI_1", { preempt_delay: 3 * SECOND })] });
    harness.advert({ priority: 50 });
    harness.pass(2 * SECOND);
    expect(logs(harness.advert({ priority: 200 }))).toEqual(["(VI_1) stop preempt delay"]);
    harness.pass(2 * SECOND);
    expect(logs(harness.advert({ priority: 50 }))).toEqual(["(VI_1) start preempt delay (3.000000)"]);
  });

  it("takes over after the skew time when the master resigns, with nopreempt too", () => {
    const harness = new Harness({ instances: [instance("VI_1", { nopreempt: true })] });
    expect(logs(harness.advert({ priority: 0 }))).toEqual([
      "(VI_1) Backup received priority 0 advertisement",
    ]);
    expect(harness.router.deadline()).toBe(609_375);
  });

  it("learns the master's interval in version 3, and goes back to its own as master", () => {
    const harness = new Harness({ instances: [instance("VI_1", { version: 3, advert_int: 500_000 })] });
    expect(logs(harness.advert({ version: 3 }))).toEqual([
      "(VI_1) advertisement interval updated from 500ms to 1000ms by master",
    ]);
    expect(harness.router.deadline()).toBe(3_609_375);
    const effects = harness.pass(3_609_375).map(({ effect }) => effect);
    expect(logs(effects)).toContain(
      "(VI_1) changing advert interval from 1000ms to locally configured 500ms",
    );
    expect(harness.router.deadline()).toBe(harness.now + 500_000);
  });
});

describe("fault", () => {
  it("starts in FAULT without running interface or address, and recovers", () => {
    const down = [
      [facts("eth0", { running: false }), "interface eth0 down"],
      [facts("eth0", { ifindex: 0, running: false }), "interface eth0 missing"],
      [{ name: "eth0", ifindex: 2, running: true }, "no IPv4 address for interface"],
    ] as const;
    for (const [state, reason] of down) {
      const harness = new Harness({ instances: [instance("VI_1")] }, [state]);
      const effects = harness.all.map(({ effect }) => effect);
      expect(harness.instance()).toMatchObject({ state: "FAULT", fault: reason });
      expect(logs(effects)).toContain(`(VI_1) entering FAULT state (${reason})`);
      expect(brief(effects)).toContain("notify VI_1 FAULT");
      expect(harness.router.deadline()).toBeUndefined();
      expect(logs(harness.feed({ type: "interface", facts: facts("eth0") }))).toContain(
        "(VI_1) Entering BACKUP STATE",
      );
      expect(harness.router.deadline()).toBe(DOWN);
    }
  });

  it("gives up as master when the interface goes down, and waits again when it is back", () => {
    const harness = master();
    const effects = harness.feed({ type: "interface", facts: facts("eth0", { running: false }) });
    expect(brief(effects)).toEqual(["advert 0", "remove 10.9.0.100", "notify VI_1 FAULT"]);
    expect(logs(effects)).toEqual([
      "Netlink reports eth0 down",
      "(VI_1) Entering FAULT STATE",
      "(VI_1) sent 0 priority",
      "(VI_1) removing VIPs.",
      "(VI_1) MASTER to FAULT because interface eth0 down",
    ]);
    expect(harness.pass(60 * SECOND)).toEqual([]);
    harness.feed({ type: "interface", facts: facts("eth0") });
    expect(harness.state()).toBe("BACKUP");
  });

  it("opens again when the interface comes back as another", () => {
    const harness = master();
    expect(
      brief(harness.feed({ type: "interface", facts: facts("eth0", { ifindex: 0, running: false }) })),
    ).toContain("close");
    const effects = harness.feed({ type: "interface", facts: facts("eth0", { ifindex: 9 }) });
    expect(only(effects, "open")).toMatchObject([{ ifindex: 9 }]);
    harness.pass(DOWN);
    harness.advert({}, { ifindex: 2 });
    expect(harness.state()).toBe("MASTER");
    harness.advert({}, { ifindex: 9 });
    expect(harness.state()).toBe("BACKUP");
  });

  it("goes on with dont_track_primary", () => {
    const harness = master({ dont_track_primary: true });
    harness.feed({ type: "interface", facts: facts("eth0", { running: false }) });
    expect(harness.state()).toBe("MASTER");
  });

  it.each([100, 255])("does not take its virtual address for the interface's, priority %i", (priority) => {
    const harness = master({ priority });
    harness.feed({ type: "interface", facts: facts("eth0", { address4: "10.9.0.100" }) });
    expect(harness.instance()).toMatchObject({ state: "FAULT", fault: "no IPv4 address for interface" });
  });
});

describe("what does not concern an instance", () => {
  const PASS = { auth_type: "PASS", auth_pass: "s3cret", $: { at: 0, of: {} } } as const;
  const good = { authType: 1, password: "s3cret" };
  // Messages of keepalived 2.2.7.
  it.each([
    ["TTL", good, { hops: 254 }, "ttl", "invalid TTL/HL. Received 254 and expect 255"],
    ["version", { version: 3 as const }, {}, "version", "wrong version. Received 3 and expect 2"],
    ["no authentication", { authType: 0 }, {}, "authTypeMismatch", "received a 0 auth, expecting 1!"],
    ["AH", { authType: 2 }, {}, "authTypeMismatch", "received a 2 auth, expecting 1!"],
    ["password", { ...good, password: "other" }, {}, "authFailure", "received an invalid passwd!"],
    [
      "interval",
      { ...good, interval: 2 * SECOND },
      {},
      "advertInterval",
      "advertisement interval mismatch mine=1 sec rcv'd=2 sec",
    ],
  ] as const)("%s: dropped, counted and logged", (_, more, arrival, counter, message) => {
    const harness = master({ authentication: PASS });
    const before = harness.router.deadline();
    expect(logs(harness.advert(more, arrival))).toEqual([`(VI_1) ${message}`]);
    expect(harness.state()).toBe("MASTER");
    expect(harness.router.deadline()).toBe(before);
    expect(harness.instance().counters).toMatchObject({ advertsReceived: 0, [counter]: 1 });
    harness.advert(good);
    expect(harness.state()).toBe("BACKUP");
  });

  // keepalived 2.2.7 drops these adverts; 2.4.3 reports them and goes on.
  it.each([
    ["count", ["10.9.0.100", "10.9.0.101"], "expected 1 VIPs but received 2 (from 10.9.0.2)"],
    [
      "address",
      ["10.9.0.101"],
      "ip address associated with VRID 51 not present in advert: 10.9.0.100 (from 10.9.0.2)",
    ],
  ])("other addresses, %s: counted and logged, and the election goes on", (_, addresses, message) => {
    const harness = master();
    expect(logs(harness.advert({ addresses }))).toContain(`(VI_1) ${message}`);
    expect(harness.state()).toBe("BACKUP");
    expect(harness.instance().counters).toMatchObject({ advertsReceived: 1, addressList: 1 });
  });

  it("other virtual routers, interfaces and destinations are not looked at", () => {
    const harness = master();
    expect(harness.advert({ virtualRouterId: 52 })).toEqual([]);
    expect(harness.advert({}, { ifindex: 3 })).toEqual([]);
    expect(harness.advert({}, { destination: "10.9.0.1" })).toEqual([]);
    expect(harness.instance().counters.advertsReceived).toBe(0);
  });

  it("malformed messages count, and are logged once in ten seconds", () => {
    const harness = master();
    const error = { error: "checksum", detail: "Invalid VRRPv2 checksum", virtualRouterId: 51 } as const;
    const malformed = {
      type: "malformed",
      error,
      source: "10.9.0.2",
      destination: "224.0.0.18",
      hops: 255,
      ifindex: 2,
    } as const;
    expect(logs(harness.feed(malformed))).toEqual(["(VI_1) Invalid VRRPv2 checksum"]);
    for (let i = 0; i < 9; i++) expect(harness.feed(malformed)).toEqual([]);
    harness.pass(10 * SECOND);
    expect(logs(harness.feed(malformed))).toEqual(["(VI_1) Invalid VRRPv2 checksum (and 9 more before)"]);
    expect(harness.instance().counters.checksum).toBe(11);
  });
});

describe("unicast", () => {
  const peers = [{ address: "10.9.0.2" }, { address: "10.9.0.3" }];
  const unicast = { unicast_peer: peers, unicast_src_ip: "10.9.0.1" };
  const here = { destination: "10.9.0.1", hops: 64 };

  it("sends to every peer and opens without a group", () => {
    const harness = new Harness({ instances: [instance("VI_1", unicast)] });
    const effects = harness.pass(DOWN).map(({ effect }) => effect);
    expect(only(effects, "send-advert")[0]?.destinations).toEqual(["10.9.0.2", "10.9.0.3"]);
    expect(
      only(
        harness.all.map(({ effect }) => effect),
        "open",
      )[0],
    ).not.toHaveProperty("group");
  });

  it("takes any TTL, and multicast from nobody", () => {
    const harness = master(unicast);
    harness.advert({}, { hops: 255 });
    expect(harness.state()).toBe("MASTER");
    harness.advert({}, here);
    expect(harness.state()).toBe("BACKUP");
  });

  it("keeps to the limits of a peer that has some, and then to peers", () => {
    const harness = master({ ...unicast, unicast_peer: [{ address: "10.9.0.2", minTtl: 250 }] });
    harness.advert({}, here);
    harness.advert({}, { destination: "10.9.0.1", source: "10.9.0.9" });
    expect(harness.state()).toBe("MASTER");
    expect(harness.instance().counters).toMatchObject({ ttl: 1, unknownPeer: 1 });
    harness.advert({}, { destination: "10.9.0.1", hops: 250 });
    expect(harness.state()).toBe("BACKUP");
  });

  it("needs no interface", () => {
    const harness = master({ ...unicast, interface: undefined });
    harness.advert({}, { ...here, ifindex: 7 });
    expect(harness.state()).toBe("BACKUP");
  });
});

describe("stop", () => {
  it("of a master: priority 0, addresses away, closed, notify STOP", () => {
    const harness = master();
    const effects = harness.apply({});
    expect(brief(effects)).toEqual(["advert 0", "remove 10.9.0.100", "close", "notify VI_1 STOP"]);
    expect(logs(effects)).toEqual(["(VI_1) sent 0 priority", "(VI_1) removing VIPs."]);
    expect(harness.router.deadline()).toBeUndefined();
    expect(harness.router.snapshot().instances).toEqual([]);
  });

  it("of a backup: closed, notify STOP", () => {
    const harness = new Harness({ instances: [instance("VI_1")] });
    expect(brief(harness.apply({}))).toEqual(["close", "notify VI_1 STOP"]);
  });
});

describe("version 3 over IPv6", () => {
  it("runs from the link-local address to the IPv6 group, whatever version says", () => {
    const configured = instance("VI_1", { virtual_ipaddress: [vip("fe80::100/64")], version: 2 });
    const harness = new Harness({ instances: [configured] }, [facts("eth0", { address6: "fe80::1" })]);
    const effects = harness.pass(4 * SECOND).map(({ effect }) => effect);
    expect(only(effects, "send-advert")[0]).toMatchObject({
      source: "fe80::1",
      destinations: ["ff02::12"],
      advert: { version: 3, addresses: ["fe80::100"] },
    });
    harness.advert({ version: 3, addresses: ["fe80::100"] }, { source: "fe80::2", destination: "ff02::12" });
    expect(harness.state()).toBe("BACKUP");
  });
});
