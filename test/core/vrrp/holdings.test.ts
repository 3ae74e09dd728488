import { describe, expect, it } from "vitest";
import type { VrrpEffect } from "../../../src/core/vrrp/contract.ts";
import { createVrrpRouter } from "../../../src/core/vrrp/router.ts";
import { diff } from "../../../src/plan/diff.ts";
import { compileText } from "../../plan/compile-text.ts";
import { facts } from "./configuration.ts";

const EMPTY = compileText("", "empty.conf").config;

const instance = (name: string, id: number, lines: string) => `vrrp_instance ${name} {
  interface eth0
  virtual_router_id ${id}
  version 3
  advert_int 0.1
  virtual_ipaddress {
    10.9.0.${id}/24
  }
${lines}
}
`;

/** A router that the texts of configurations are given to, one after the other. */
class Bench {
  readonly router = createVrrpRouter();
  #config = EMPTY;
  #now = 0;

  constructor(text: string) {
    this.apply(text);
  }

  apply(text: string): VrrpEffect[] {
    const { config } = compileText(text, "k.conf");
    const { changes } = diff(this.#config, config);
    this.#config = config;
    const interfaces = ["eth0", "eth1", "eth2"].map((name, i) => facts(name, { ifindex: i + 2 }));
    return this.router.handle({ type: "apply", changes, interfaces }, this.#now);
  }

  /** Until every instance is master. */
  elect(): VrrpEffect[] {
    const effects: VrrpEffect[] = [];
    for (let i = 0; i < 20 && this.states().includes("BACKUP"); i++) {
      this.#now = this.router.deadline() ?? this.#now;
      effects.push(...this.router.handle({ type: "timer" }, this.#now));
    }
    return effects;
  }

  states(): string[] {
    return this.router.snapshot().instances.map(({ state }) => state);
  }

  lose(what: string, name = "VI_1"): VrrpEffect[] {
    return this.router.handle({ type: "holding-removed", instance: name, what }, this.#now);
  }

  link(name: string, ifindex: number, running: boolean): void {
    this.router.handle({ type: "interface", facts: facts(name, { ifindex, running }) }, this.#now);
  }
}

/** Effects about routes and rules, as `verb owner: what, what`. */
function told(effects: readonly VrrpEffect[]): string[] {
  return effects.flatMap((effect) => {
    switch (effect.type) {
      case "add-routes":
      case "remove-routes":
        return [`${effect.type} ${effect.instance}: ${effect.routes.map(({ to }) => to).join(", ")}`];
      case "add-rules":
      case "remove-rules":
        return [
          `${effect.type} ${effect.instance}: ${effect.rules.map((rule) => rule.preference).join(", ")}`,
        ];
      case "add-addresses":
      case "remove-addresses":
        return [`${effect.type} ${effect.instance}`];
      default:
        return [];
    }
  });
}

const ROUTED = `
  virtual_routes {
    10.20.0.0/24 via 10.9.0.2
    10.20.1.0/24 dev eth1 no_track
  }
  virtual_rules {
    from 10.9.0.51 table 100
    from 10.9.0.52 table 100 preference 500
  }`;

describe("routes and rules", () => {
  it("come after the addresses, and leave before them; leftovers go first", () => {
    const bench = new Bench("");
    expect(told(bench.apply(instance("VI_1", 51, ROUTED)))).toEqual([
      "remove-rules VI_1: 16384, 500",
      "remove-routes VI_1: 10.20.0.0/24, 10.20.1.0/24",
      "remove-addresses VI_1",
    ]);
    expect(told(bench.elect())).toEqual([
      "add-addresses VI_1",
      "add-routes VI_1: 10.20.0.0/24, 10.20.1.0/24",
      "add-rules VI_1: 16384, 500",
    ]);
    expect(told(bench.apply(""))).toEqual([
      "remove-rules VI_1: 16384, 500",
      "remove-routes VI_1: 10.20.0.0/24, 10.20.1.0/24",
      "remove-addresses VI_1",
    ]);
  });

  it("that somebody takes away make a master step down, and nobody else", () => {
    const bench = new Bench(instance("VI_1", 51, ROUTED) + instance("VI_2", 52, ""));
    expect(bench.lose("route 10.20.0.0/24")).toEqual([]); // not master
    bench.elect();
    expect(told(bench.lose("route 10.20.0.0/24"))).toContain("remove-addresses VI_1");
    expect(bench.states()).toEqual(["BACKUP", "MASTER"]);
  });

  it("that change are there before the old ones go; what stays is not touched", () => {
    const bench = new Bench(instance("VI_1", 51, ROUTED));
    bench.elect();
    const changed = ROUTED.replace("via 10.9.0.2", "via 10.9.0.3").replace("table 100", "table 101");
    expect(told(bench.apply(instance("VI_1", 51, changed)))).toEqual([
      "add-routes VI_1: 10.20.0.0/24",
      "add-rules VI_1: 16384",
      "remove-rules VI_1: 16384",
      "remove-routes VI_1: 10.20.0.0/24",
    ]);
    expect(told(bench.apply(instance("VI_1", 51, changed)))).toEqual([]);
    expect(bench.states()).toEqual(["MASTER"]);
  });

  it("of which only the tracking changes are told of anew", () => {
    const bench = new Bench(instance("VI_1", 51, ROUTED));
    bench.elect();
    const tracked = ROUTED.replace("dev eth1 no_track", "dev eth1");
    expect(told(bench.apply(instance("VI_1", 51, tracked)))).toEqual(["add-routes VI_1: 10.20.1.0/24"]);
  });

  it("move between instances without leaving in between", () => {
    const routed = (name: string, id: number, to: string) =>
      instance(name, id, `virtual_routes {\n ${to} via 10.9.0.2\n}`);
    const bench = new Bench(routed("VI_1", 51, "10.20.0.0/24") + routed("VI_2", 52, "10.21.0.0/24"));
    bench.elect();
    expect(
      told(bench.apply(routed("VI_1", 51, "10.22.0.0/24") + routed("VI_2", 52, "10.20.0.0/24"))),
    ).toEqual([
      "add-routes VI_1: 10.22.0.0/24",
      "add-routes VI_2: 10.20.0.0/24",
      "remove-routes VI_1: 10.20.0.0/24",
      "remove-routes VI_2: 10.21.0.0/24",
    ]);
  });
});

describe("interfaces of what is held", () => {
  const cases = [
    ["an address", "virtual_ipaddress_excluded {\n 10.8.0.1/24 dev eth1\n}", true],
    ["an address with no_track", "virtual_ipaddress_excluded {\n 10.8.0.1/24 dev eth1 no_track\n}", false],
    ["a route", "virtual_routes {\n 10.20.0.0/24 dev eth1\n}", true],
    ["a gateway of several", "virtual_routes {\n 10.20.0.0/24 nexthop dev eth0 nexthop dev eth1\n}", true],
    ["a route with no_track", "virtual_routes {\n 10.20.0.0/24 dev eth1 no_track\n}", false],
    ["a rule", "virtual_rules {\n from 10.8.0.1 iif eth1 table 7 preference 5\n}", true],
    [
      "a rule with no_track",
      "virtual_rules {\n from 10.8.0.1 iif eth1 table 7 preference 5 no_track\n}",
      false,
    ],
    ["nothing", "", false],
  ] as const;
  it.each(cases)("that go down are a fault of the instance: %s", (_what, lines, fault) => {
    const bench = new Bench(instance("VI_1", 51, lines));
    bench.elect();
    bench.link("eth1", 3, false);
    expect(bench.states()).toEqual([fault ? "FAULT" : "MASTER"]);
    bench.link("eth1", 3, true);
    bench.elect();
    expect(bench.states()).toEqual(["MASTER"]);
  });

  it.each([
    ["static_ipaddress", "10.1.0.1/24 dev eth1"],
    ["static_routes", "10.9.9.0/24 via 10.9.0.2 dev eth1"],
    ["static_rules", "from 10.1.0.0/24 iif eth1 table 7 preference 5"],
  ])("of %s are the fault of the members of its track group", (keyword, line) => {
    const text = (group: string) =>
      `track_group STATICS {\n group {\n VI_1\n }\n}\n${keyword} {\n ${line}${group}\n}\n` +
      instance("VI_1", 51, "") +
      instance("VI_2", 52, "");
    const bench = new Bench(text(" track_group STATICS"));
    bench.elect();
    bench.link("eth1", 3, false);
    expect(bench.states()).toEqual(["FAULT", "MASTER"]);
    bench.apply(text(""));
    bench.elect();
    expect(bench.states()).toEqual(["MASTER", "MASTER"]);
  });

  it("that are tracked with a weight count by it", () => {
    const lines = "virtual_routes {\n 10.20.0.0/24 dev eth1\n}\ntrack_interface {\n eth1 weight -10\n}";
    const bench = new Bench(instance("VI_1", 51, lines));
    bench.elect();
    bench.link("eth1", 3, false);
    expect(bench.router.snapshot().instances[0]).toMatchObject({ state: "MASTER", priority: 90 });
  });
});
