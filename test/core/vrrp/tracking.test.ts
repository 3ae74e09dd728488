import { describe, expect, it } from "vitest";
import { facts, group, instance, script, vip } from "./configuration.ts";
import { brief, Harness, logs, only } from "./harness.ts";

const SECOND = 1_000_000;
const track = (name: string, weight?: number, reverse = false) => ({
  script: name,
  reverse,
  ...(weight === undefined ? {} : { weight }),
});
const result = (name: string, ok: boolean) =>
  ({
    type: "script-result",
    script: name,
    ok,
    status: ok ? "exited with status 0" : "exited with status 1",
  }) as const;

describe("track_script", () => {
  it("holds an instance in INIT until the first result, then lets it in", () => {
    const harness = new Harness({
      scripts: [script("chk", { rise: 5 })],
      instances: [instance("VI_1", { track_script: [track("chk")] })],
    });
    expect(harness.state()).toBe("INIT");
    expect(brief(harness.all.map(({ effect }) => effect))).toEqual([
      "remove 10.9.0.100",
      "open eth0 10.9.0.1",
      "run-script",
    ]);
    expect(brief(harness.feed(result("chk", true)))).toEqual(["notify VI_1 BACKUP"]);
  });

  it("with init_fail holds it in FAULT", () => {
    const harness = new Harness({
      scripts: [script("chk", { init_fail: true })],
      instances: [instance("VI_1", { track_script: [track("chk")] })],
    });
    expect(harness.instance()).toMatchObject({ state: "FAULT", fault: "script chk down" });
    harness.feed(result("chk", true));
    expect(harness.state()).toBe("BACKUP");
  });

  it("makes a fault after `fall` failures, and ends it after `rise` successes", () => {
    const harness = new Harness({
      scripts: [script("chk", { fall: 2, rise: 2 })],
      instances: [instance("VI_1", { track_script: [track("chk")] })],
    });
    const outcomes = [true, true, true, true, false, false, true, true];
    const states = outcomes.map((ok) => {
      harness.feed(result("chk", ok));
      const state = harness.state();
      harness.pass(SECOND);
      return state;
    });
    expect(states).toEqual(["BACKUP", "BACKUP", "BACKUP", "BACKUP", "MASTER", "FAULT", "FAULT", "BACKUP"]);
  });

  it("changes the priority with a weight: the script's own, or the instance's", () => {
    const harness = new Harness({
      scripts: [script("chk", { weight: { weight: 20, reverse: false } })],
      instances: [
        instance("VI_1", { track_script: [track("chk")] }),
        instance("VI_2", { virtual_router_id: 52, track_script: [track("chk", -30, true)] }),
      ],
    });
    expect(harness.state()).toBe("BACKUP");
    expect(logs(harness.feed(result("chk", true)))).toEqual([
      "VRRP_Script(chk) succeeded",
      "(VI_1) Changing effective priority from 100 to 120",
    ]);
    harness.pass(SECOND);
    harness.feed(result("chk", false));
    expect([harness.instance("VI_1").priority, harness.instance("VI_2").priority]).toEqual([100, 130]);
  });

  it("keeps a backup's wait in line with its priority", () => {
    const harness = new Harness({
      scripts: [script("chk", { weight: { weight: -50, reverse: false } })],
      instances: [instance("VI_1", { track_script: [track("chk")] })],
    });
    harness.feed(result("chk", false));
    harness.pass(3_609_375 + 195_312 - 1);
    expect(harness.state()).toBe("BACKUP");
    harness.pass(1);
    expect(harness.state()).toBe("MASTER");
  });

  it("advertises the priority in force", () => {
    const harness = new Harness({
      scripts: [script("chk", { weight: { weight: -50, reverse: false } })],
      instances: [instance("VI_1", { track_script: [track("chk")] })],
    });
    harness.pass(4 * SECOND);
    harness.feed(result("chk", false));
    const effects = harness.pass(SECOND).map(({ effect }) => effect);
    expect(only(effects, "send-advert").map(({ advert }) => advert.priority)).toEqual([50]);
  });

  it("runs only what is tracked, by an instance or a group, and stops with the tracking", () => {
    const tracking = { track_script: [track("b")] };
    const scripts = [script("a"), script("b"), script("c")];
    const instances = [instance("VI_1", tracking)];
    const harness = new Harness({
      scripts,
      instances,
      groups: [group("G1", ["VI_1"], { track_script: [track("c")] })],
    });
    const started = only(
      harness.all.map(({ effect }) => effect),
      "run-script",
    );
    expect(started.map((effect) => effect.script)).toEqual(["b", "c"]);
    const effects = harness.apply({ scripts, instances });
    expect(only(effects, "cancel-script").map((effect) => effect.script)).toEqual(["c"]);
  });

  it("keeps its status over a reload", () => {
    const configuration = {
      scripts: [script("chk")],
      instances: [instance("VI_1", { track_script: [track("chk")] })],
    };
    const harness = new Harness(configuration);
    harness.feed(result("chk", false));
    expect(harness.state()).toBe("FAULT");
    harness.apply({ ...configuration, scripts: [script("chk", { rise: 2 })] });
    expect(harness.state()).toBe("FAULT");
    harness.pass(SECOND);
    harness.feed(result("chk", true));
    expect(harness.state()).toBe("FAULT");
  });
});

describe("track_interface", () => {
  it("makes a fault without weight", () => {
    const instances = [
      instance("VI_1", { track_interface: [{ interface: "eth1", weight: 0, reverse: false }] }),
    ];
    const harness = new Harness({ instances }, [facts("eth0"), facts("eth1", { running: false })]);
    expect(harness.instance()).toMatchObject({ state: "FAULT", fault: "interface eth1 down" });
    harness.feed({ type: "interface", facts: facts("eth1") });
    expect(harness.state()).toBe("BACKUP");
  });

  it("changes the priority with one, within 1 and 254", () => {
    const instances = [
      instance("VI_1", { track_interface: [{ interface: "eth1", weight: -200, reverse: false }] }),
      instance("VI_2", {
        virtual_router_id: 52,
        track_interface: [{ interface: "eth1", weight: 200, reverse: true }],
      }),
      instance("VI_3", {
        virtual_router_id: 53,
        priority: 255,
        track_interface: [{ interface: "eth1", weight: -9, reverse: false }],
      }),
    ];
    const harness = new Harness({ instances });
    const priorities = () => harness.router.snapshot().instances.map(({ priority }) => priority);
    expect(priorities()).toEqual([100, 1, 255]);
    harness.feed({ type: "interface", facts: facts("eth1", { running: false }) });
    expect(priorities()).toEqual([1, 100, 255]);
  });

  it("is not about the instance's own interface", () => {
    const track_interface = [{ interface: "eth0", weight: 50, reverse: false }];
    const harness = new Harness({ instances: [instance("VI_1", { track_interface })] });
    expect(harness.instance().priority).toBe(100);
  });
});

describe("track_bfd", () => {
  const sessions = (weight?: number, reverse = false) => [
    { name: "b1", reverse, ...(weight === undefined ? {} : { weight }) },
  ];

  it("holds an instance in FAULT until the session is up, and whenever it is not", () => {
    const harness = new Harness({ instances: [instance("VI_1", { track_bfd: sessions() })] });
    expect(harness.state()).toBe("BACKUP"); // nobody runs it
    harness.feed({ type: "bfd", name: "b1", up: false });
    expect(harness.instance()).toMatchObject({ state: "FAULT", fault: "bfd b1 down" });
    const effects = harness.feed({ type: "bfd", name: "b1", up: true });
    expect(logs(effects)).toContain("BFD session b1 is up");
    expect(harness.state()).toBe("BACKUP");
    expect(harness.feed({ type: "bfd", name: "b1", up: true })).toEqual([]);
    harness.feed({ type: "bfd", name: "b1", up: false });
    expect(harness.state()).toBe("FAULT");
  });

  it("changes the priority with a weight, of an instance or of a group", () => {
    const harness = new Harness({
      groups: [group("G1", ["VI_2", "VI_3"], { track_bfd: sessions(-30) })],
      instances: [
        instance("VI_1", { track_bfd: sessions(20, true) }),
        instance("VI_2", { virtual_router_id: 52 }),
        instance("VI_3", { virtual_router_id: 53 }),
      ],
    });
    const priorities = () => harness.router.snapshot().instances.map(({ priority }) => priority);
    expect(priorities()).toEqual([100, 100, 100]);
    harness.feed({ type: "bfd", name: "b1", up: false });
    expect(priorities()).toEqual([100, 70, 70]);
    harness.feed({ type: "bfd", name: "b1", up: true });
    expect(priorities()).toEqual([80, 100, 100]);
    harness.feed({ type: "bfd", name: "b2", up: true });
    expect(priorities()).toEqual([80, 100, 100]);
  });
});

describe("vrrp_garp_interval", () => {
  it("puts a gap between the gratuitous ARPs of one interface, whosever they are", () => {
    const one = instance("VI_1", { garp_master_repeat: 2, garp_master_delay: 0 });
    const two = instance("VI_2", {
      virtual_router_id: 52,
      virtual_ipaddress: [vip("10.9.0.101/24")],
      garp_master_repeat: 1,
      garp_master_delay: 0,
    });
    // Only the keywords that the router reads.
    const global = { vrrp_garp_interval: 100_000 } as never;
    const harness = new Harness({ global, instances: [one, two] });
    const sent = harness.pass(5 * SECOND).filter(({ effect }) => effect.type === "gratuitous-arp");
    expect(brief(sent.map(({ effect }) => effect))).toEqual([
      "gratuitous-arp 10.9.0.100",
      "gratuitous-arp 10.9.0.100",
      "gratuitous-arp 10.9.0.101",
    ]);
    expect(sent.map(({ at }) => at - 3_609_375)).toEqual([0, 100_000, 200_000]);
  });
});
