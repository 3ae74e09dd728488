import { describe, expect, it } from "vitest";
import { facts, group, instance, vip } from "./configuration.ts";
import { brief, Harness, logs, only } from "./harness.ts";

const SECOND = 1_000_000;
const DOWN = 3_609_375;
const second = { virtual_router_id: 52, interface: "eth1", virtual_ipaddress: [vip("10.8.0.100/24")] };
const MEMBERS = [instance("VI_1"), instance("VI_2", second)];

function pair(more: Parameters<typeof group>[2] = {}): Harness {
  return new Harness({ instances: MEMBERS, groups: [group("G1", ["VI_1", "VI_2"], more)] });
}

function masters(more: Parameters<typeof group>[2] = {}): Harness {
  const harness = pair(more);
  harness.pass(10 * SECOND);
  expect(states(harness)).toEqual(["MASTER", "MASTER"]);
  harness.all.length = 0;
  return harness;
}

const states = (harness: Harness) => [harness.state("VI_1"), harness.state("VI_2")];

describe("sync group", () => {
  it("starts together, and tells of itself before its members, as keepalived", () => {
    const harness = pair();
    const told = only(
      harness.all.map(({ effect }) => effect),
      "notify",
    );
    expect(
      told.map(({ target, state, priority }) => `${target.type} ${target.name} ${state} ${priority}`),
    ).toEqual(["GROUP G1 BACKUP 0", "INSTANCE VI_1 BACKUP 100", "INSTANCE VI_2 BACKUP 100"]);
  });

  it("becomes master when the last member has missed its master", () => {
    const harness = pair();
    harness.pass(DOWN - 1);
    harness.advert({ virtualRouterId: 52, addresses: ["10.8.0.100"] }, { ifindex: 3, source: "10.8.0.2" });
    const first = harness.pass(1).map(({ effect }) => effect);
    expect(brief(first)).toEqual([]);
    expect(logs(first)).toEqual(["(VI_1) Receive advertisement timeout"]);
    const effects = harness.pass(DOWN - 1).map(({ effect }) => effect);
    expect(states(harness)).toEqual(["MASTER", "MASTER"]);
    expect(logs(effects).filter((line) => !/VIPs|gratuitous/.test(line))).toEqual([
      "(VI_2) Receive advertisement timeout",
      "(VI_2) Entering MASTER STATE",
      "(VI_2) BACKUP to MASTER because no advert from 10.8.0.2 for 3609ms",
      "VRRP_Group(G1) Syncing instances to MASTER state",
      "(VI_1) Entering MASTER STATE",
      "(VI_1) BACKUP to MASTER because VI_2 of group G1: no advert from 10.8.0.2 for 3609ms",
    ]);
    expect(brief(effects).filter((effect) => /^(advert|notify)/.test(effect))).toEqual([
      "advert 100",
      "notify VI_2 MASTER",
      "advert 100",
      "notify VI_1 MASTER",
      "notify G1 MASTER",
    ]);
  });

  it("does not become master when the first member hears its master again before the last times out", () => {
    const harness = pair();
    harness.pass(DOWN - 1);
    harness.advert({ virtualRouterId: 52, addresses: ["10.8.0.100"] }, { ifindex: 3, source: "10.8.0.2" });
    harness.pass(SECOND);
    harness.advert();
    harness.pass(DOWN - SECOND);
    expect(states(harness)).toEqual(["BACKUP", "BACKUP"]);
  });

  it("yields as one", () => {
    const harness = masters();
    const effects = harness.advert(
      { virtualRouterId: 52, addresses: ["10.8.0.100"] },
      { ifindex: 3, source: "10.8.0.2" },
    );
    expect(brief(effects)).toEqual([
      "remove 10.8.0.100",
      "notify VI_2 BACKUP",
      "remove 10.9.0.100",
      "notify VI_1 BACKUP",
      "notify G1 BACKUP",
    ]);
    expect(logs(effects)).toContain("VRRP_Group(G1) Syncing instances to BACKUP state");
  });

  it("falls as one, every member resigning, and comes back as one", () => {
    const harness = masters();
    const effects = harness.feed({
      type: "interface",
      facts: facts("eth1", { running: false, address4: "10.8.0.1" }),
    });
    expect(brief(effects)).toEqual([
      "advert 0",
      "remove 10.8.0.100",
      "notify VI_2 FAULT",
      "advert 0",
      "remove 10.9.0.100",
      "notify VI_1 FAULT",
      "notify G1 FAULT",
    ]);
    expect(logs(effects)).toContain("VRRP_Group(G1) Syncing instances to FAULT state");
    const back = harness.feed({ type: "interface", facts: facts("eth1", { address4: "10.8.0.1" }) });
    expect(brief(back)).toEqual(["notify VI_1 BACKUP", "notify VI_2 BACKUP", "notify G1 BACKUP"]);
  });

  it("stays down while any member has a fault", () => {
    const harness = masters();
    harness.feed({ type: "interface", facts: facts("eth1", { running: false, address4: "10.8.0.1" }) });
    harness.feed({ type: "interface", facts: facts("eth0", { running: false }) });
    harness.feed({ type: "interface", facts: facts("eth1", { address4: "10.8.0.1" }) });
    expect(states(harness)).toEqual(["FAULT", "FAULT"]);
    harness.feed({ type: "interface", facts: facts("eth0") });
    expect(states(harness)).toEqual(["BACKUP", "BACKUP"]);
  });

  it("tracks for its members, weights counting for each", () => {
    const harness = pair({ track_interface: [{ interface: "eth2", weight: -30, reverse: false }] });
    expect([harness.instance("VI_1").priority, harness.instance("VI_2").priority]).toEqual([70, 70]);
  });

  it("ignores the weights of its members' own trackers", () => {
    const track_interface = [{ interface: "eth2", weight: -30, reverse: false }];
    const instances = [instance("VI_1", { track_interface }), instance("VI_2", second)];
    const harness = new Harness({ instances, groups: [group("G1", ["VI_1", "VI_2"])] });
    expect(harness.instance().priority).toBe(100);
  });

  it("tells its scripts STOP when the daemon stops", () => {
    const harness = masters();
    expect(only(harness.apply({}), "notify").map(({ target, state }) => `${target.name} ${state}`)).toEqual([
      "VI_1 STOP",
      "VI_2 STOP",
      "G1 STOP",
    ]);
  });
});

describe("regrouping", () => {
  it("ties running masters together without a transition", () => {
    const harness = new Harness({ instances: MEMBERS });
    harness.pass(10 * SECOND);
    const effects = harness.apply({ instances: MEMBERS, groups: [group("G1", ["VI_1", "VI_2"])] });
    expect(brief(effects)).toEqual([]);
    expect(states(harness)).toEqual(["MASTER", "MASTER"]);
    harness.advert();
    expect(states(harness)).toEqual(["BACKUP", "BACKUP"]);
  });

  it("puts a master that is tied to a backup back", () => {
    const harness = new Harness({ instances: MEMBERS });
    harness.pass(10 * SECOND);
    harness.advert();
    expect(states(harness)).toEqual(["BACKUP", "MASTER"]);
    harness.apply({ instances: MEMBERS, groups: [group("G1", ["VI_1", "VI_2"])] });
    expect(states(harness)).toEqual(["BACKUP", "BACKUP"]);
  });

  it("lets a new member of a group of masters be master at once", () => {
    const [first = instance("VI_1")] = MEMBERS;
    const harness = new Harness({ instances: [first], groups: [group("G1", ["VI_1"])] });
    harness.pass(10 * SECOND);
    harness.apply({ instances: MEMBERS, groups: [group("G1", ["VI_1", "VI_2"])] });
    expect(states(harness)).toEqual(["MASTER", "MASTER"]);
  });
});
