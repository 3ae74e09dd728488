import { describe, expect, it } from "vitest";
import { createVrrpRouter } from "../../../src/core/vrrp/router.ts";
import { addressChange, facts, instance, plan, vip } from "./configuration.ts";
import { brief, Harness, logs, only } from "./harness.ts";

const SECOND = 1_000_000;
const A = vip("10.9.0.100/24");
const B = vip("10.9.0.101/24");

/** A master of the given instance, at a time when nothing is due but its adverts. */
function master(more: Parameters<typeof instance>[1] = {}): Harness {
  const harness = new Harness({ instances: [instance("VI_1", more)] });
  harness.pass(10 * SECOND);
  harness.all.length = 0;
  return harness;
}

describe("reload of a master", () => {
  it("does nothing when nothing changes", () => {
    const harness = master();
    const due = harness.router.deadline();
    expect(harness.apply({ instances: [instance("VI_1")] })).toEqual([]);
    expect(harness.router.deadline()).toBe(due);
  });

  it("adds an address: new advert, the address, gratuitous ARPs for it alone", () => {
    const harness = master({ garp_master_repeat: 2 });
    const next = instance("VI_1", { garp_master_repeat: 2, virtual_ipaddress: [A, B] });
    const effects = harness.apply({ instances: [next] });
    const garp = "gratuitous-arp 10.9.0.101";
    expect(brief(effects)).toEqual(["advert 100", "add 10.9.0.101", garp, garp]);
    expect(only(effects, "send-advert")[0]?.advert.addresses).toEqual(["10.9.0.100", "10.9.0.101"]);
    expect(harness.state()).toBe("MASTER");
  });

  it("removes an address", () => {
    const harness = master({ virtual_ipaddress: [A, B] });
    const effects = harness.apply({ instances: [instance("VI_1", { virtual_ipaddress: [B] })] });
    expect(brief(effects)).toEqual(["remove 10.9.0.100", "advert 100"]);
    expect(logs(effects)).toContain("(VI_1) ip address 10.9.0.100/24 dev eth0, no longer exist");
  });

  it("puts an address anew whose label changes", () => {
    const harness = master();
    const effects = harness.apply({
      instances: [instance("VI_1", { virtual_ipaddress: [{ ...A, label: "eth0:1" }] })],
    });
    expect(brief(effects).slice(0, 3)).toEqual(["remove 10.9.0.100", "advert 100", "add 10.9.0.100"]);
  });

  it("leaves an address alone whose own interface is now spelled out", () => {
    const harness = master();
    const next = instance("VI_1", { virtual_ipaddress: [{ ...A, dev: "eth0" }] });
    expect(harness.apply({ instances: [next] })).toEqual([]);
  });

  it("lets an address move between instances: gone from one before the other takes it", () => {
    const other = { virtual_router_id: 52, virtual_ipaddress: [] };
    const harness = new Harness({
      instances: [instance("VI_2", other), instance("VI_1", { virtual_ipaddress: [A, B] })],
    });
    harness.pass(10 * SECOND);
    const effects = harness.apply({
      instances: [instance("VI_2", { ...other, virtual_ipaddress: [B] }), instance("VI_1")],
    });
    const moves = brief(effects).filter((effect) => /^(add|remove)/.test(effect));
    expect(moves).toEqual(["remove 10.9.0.101", "add 10.9.0.101"]);
  });

  it("changes priority and interval in place", () => {
    const harness = master();
    const next = instance("VI_1", { priority: 150, advert_int: 2 * SECOND });
    expect(brief(harness.apply({ instances: [next] }))).toEqual([]);
    const sent = harness.pass(3 * SECOND).filter(({ effect }) => effect.type === "send-advert");
    expect(sent.map(({ effect }) => effect)).toMatchObject([
      { advert: { priority: 150, interval: 2 * SECOND } },
      { advert: { priority: 150, interval: 2 * SECOND } },
    ]);
  });

  it("sends the next advert in time when the interval gets shorter", () => {
    const harness = master({ version: 3, advert_int: 10 * SECOND });
    harness.pass(40 * SECOND);
    expect(harness.state()).toBe("MASTER");
    harness.apply({ instances: [instance("VI_1", { version: 3, advert_int: 100_000 })] });
    expect(harness.router.deadline()).toBeLessThanOrEqual(harness.now + 100_000);
  });

  it("takes over authentication without a transition", () => {
    const harness = master();
    const authentication = { auth_type: "PASS", auth_pass: "abcdefghij", $: { at: 0, of: {} } } as const;
    expect(brief(harness.apply({ instances: [instance("VI_1", { authentication })] }))).toEqual([]);
    const effects = harness.pass(SECOND).map(({ effect }) => effect);
    expect(only(effects, "send-advert")[0]?.advert).toMatchObject({ authType: 1, password: "abcdefgh" });
  });

  it("reopens for another source or peers, and goes on", () => {
    const harness = master();
    const next = instance("VI_1", { unicast_peer: [{ address: "10.9.0.2" }], unicast_src_ip: "10.9.0.7" });
    expect(brief(harness.apply({ instances: [next] }))).toEqual(["open eth0 10.9.0.7"]);
    expect(harness.state()).toBe("MASTER");
  });

  it("ends and begins anew what is replaced, addresses taken from where they were", () => {
    const harness = master();
    const next = instance("VI_1", { interface: "eth1", virtual_router_id: 61 });
    const effects = harness.apply({ instances: [next] }, ["VI_1"]);
    expect(brief(effects)).toEqual([
      "advert 0",
      "remove 10.9.0.100",
      "close",
      "notify VI_1 FAULT",
      "remove 10.9.0.100",
      "open eth1 10.8.0.1",
      "notify VI_1 BACKUP",
    ]);
    const removed = only(effects, "remove-addresses").map(({ addresses }) => addresses[0]?.dev);
    expect(removed).toEqual(["eth0", "eth1"]);
  });

  it("takes an instance out: FAULT for its scripts, as keepalived; the others go on", () => {
    const harness = new Harness({
      instances: [instance("VI_1"), instance("VI_2", { virtual_router_id: 52, virtual_ipaddress: [B] })],
    });
    harness.pass(10 * SECOND);
    const effects = harness.apply({ instances: [instance("VI_1")] });
    expect(brief(effects)).toEqual(["advert 0", "remove 10.9.0.101", "close", "notify VI_2 FAULT"]);
    expect(harness.state()).toBe("MASTER");
  });

  it("runs the notify scripts of the new configuration", () => {
    const harness = master();
    const notify = { argv: ["/bin/new"] };
    harness.apply({ instances: [instance("VI_1", { notify })] });
    expect(only(harness.advert(), "notify")).toMatchObject([
      { state: "BACKUP", scripts: [{ command: notify, standardArguments: true }] },
    ]);
  });
});

describe("reload of a backup", () => {
  it("touches no addresses", () => {
    const harness = new Harness({ instances: [instance("VI_1")] });
    expect(harness.apply({ instances: [instance("VI_1", { virtual_ipaddress: [B] })] })).toEqual([]);
  });

  it("goes by the new priority and interval", () => {
    const harness = new Harness({ instances: [instance("VI_1")] });
    harness.pass(SECOND);
    harness.apply({ instances: [instance("VI_1", { priority: 200, advert_int: 2 * SECOND })] });
    expect(harness.router.deadline()).toBe(SECOND + 6 * SECOND + 218_750);
  });
});

describe("a plan that speaks of single addresses", () => {
  it("adds and removes them though the block says nothing of them", () => {
    const router = createVrrpRouter();
    const interfaces = [facts("eth0")];
    const before = { instances: [instance("VI_1")] };
    router.handle({ type: "apply", changes: plan({}, before), interfaces }, 0);
    router.handle({ type: "timer" }, router.deadline() ?? 0);
    const changes = [addressChange("VI_1", "delete", A), addressChange("VI_1", "create", B)];
    const effects = router.handle({ type: "apply", changes, interfaces }, 4 * SECOND);
    expect(brief(effects).slice(0, 3)).toEqual(["remove 10.9.0.100", "advert 100", "add 10.9.0.101"]);
  });
});
