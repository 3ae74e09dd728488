import { describe, expect, it } from "vitest";
import type { VrrpEffect } from "../../../src/core/vrrp/contract.ts";
import { createVrrpRouter } from "../../../src/core/vrrp/router.ts";
import { emptied } from "../../../src/daemon/parts.ts";
import { diff } from "../../../src/plan/diff.ts";
import { compileText } from "../../plan/compile-text.ts";
import { facts } from "./configuration.ts";

const MASTER_DOWN = 3_218_750; // priority 200, version 2

/** Runs a configuration alone on its wire; what it announces, at milliseconds after it became master. */
function announcements(text: string, seconds: number): string[] {
  const { config } = compileText(text, "k.conf");
  const router = createVrrpRouter();
  const said: string[] = [];
  const note = (at: number, effects: readonly VrrpEffect[]) => {
    for (const effect of effects) {
      if (effect.type !== "gratuitous-arp") continue;
      const list = effect.addresses.map(({ address }) => address).join(" ");
      said.push(`${(at - MASTER_DOWN) / 1000} ${list}`);
    }
  };
  const interfaces = [facts("eth0"), facts("eth1", { address4: "10.8.0.1" }), facts("eth2")];
  const begun = router.handle(
    { type: "apply", changes: diff(emptied(config), config).changes, interfaces },
    0,
  );
  note(0, begun);
  for (const effect of begun) {
    if (effect.type !== "virtual-links") continue;
    for (const { name } of effect.links) {
      note(0, router.handle({ type: "interface", facts: { name, ifindex: 90, running: true } }, 0));
    }
  }
  for (let due = router.deadline(); due !== undefined; due = router.deadline()) {
    if (due > MASTER_DOWN + seconds * 1_000_000) break;
    note(due, router.handle({ type: "timer" }, due));
  }
  return said;
}

const instance = (keywords: string, addresses: string, excluded = "") => `
vrrp_instance A {
  interface eth0
  virtual_router_id 1
  priority 200
  garp_master_repeat 1
  garp_master_delay 0
  ${keywords}
  virtual_ipaddress {
    ${addresses}
  }
  virtual_ipaddress_excluded {
    ${excluded}
  }
}`;

/** The sequences are those that keepalived 2.4.3 sent for the same keywords. */
describe("gaps between announcements", () => {
  it("are kept among the interfaces of a garp_group, which takes none from global_defs", () => {
    const text = `
global_defs {
  vrrp_garp_interval 0.1
  vrrp_gna_interval 0.2
}
garp_group {
  garp_interval 0.3
  interfaces {
    eth0
    eth1
  }
}
${instance("garp_master_repeat 2\ngarp_master_delay 2", "10.0.0.50\n10.1.0.50 dev eth1", "fd00::50\nfd01::50 dev eth1")}`;
    expect(announcements(text, 4)).toEqual([
      "0 fd00::50 fd01::50",
      "0 10.0.0.50",
      "0 fd00::50 fd01::50",
      "300 10.1.0.50",
      "600 10.0.0.50",
      "900 10.1.0.50",
      "2000 fd00::50 fd01::50",
      "2000 10.0.0.50",
      "2000 fd00::50 fd01::50",
      "2300 10.1.0.50",
      "2600 10.0.0.50",
      "2900 10.1.0.50",
    ]);
  });

  it("are kept on each interface by itself where global_defs asks for them, ARP and NA apart", () => {
    const globals = "global_defs {\n vrrp_garp_interval 0.1\n vrrp_gna_interval 0.2\n}\n";
    const text =
      globals +
      instance("", "10.0.0.50\n10.0.0.51\n10.1.0.50 dev eth1\n10.1.0.51 dev eth1", "fd00::50\nfd00::51");
    expect(announcements(text, 1)).toEqual([
      "0 10.0.0.50",
      "0 10.1.0.50",
      "0 fd00::50",
      "100 10.0.0.51",
      "100 10.1.0.51",
      "200 fd00::51",
    ]);
  });

  it("follow the one interface of a garp_group", () => {
    const group = "garp_group {\n gna_interval 0.5\n interface eth1\n}\n";
    const text = group + instance("", "10.0.0.50", "fd01::50 dev eth1\nfd01::51 dev eth1");
    expect(announcements(text, 1)).toEqual(["0 10.0.0.50", "0 fd01::50", "500 fd01::51"]);
  });
});

describe("garp_extra_if", () => {
  it("keeps switches aware of other interfaces with one address of each, after the second set", () => {
    const text = instance(
      "garp_extra_if all 2\ngarp_master_delay 3",
      "10.0.0.50\n10.1.0.50 dev eth1\n10.1.0.51 dev eth1",
      "fd01::50 dev eth1",
    );
    const all = "10.0.0.50 10.1.0.50 10.1.0.51 fd01::50";
    expect(announcements(text, 8)).toEqual([`0 ${all}`, `3000 ${all}`, "5000 10.1.0.50", "7000 10.1.0.50"]);
  });

  it("takes the first address, of whatever family", () => {
    const text = instance(
      "garp_extra_if all 2",
      "10.0.0.50",
      "fd01::51 dev eth1\nfd01::50 dev eth1\n10.1.0.52 dev eth1",
    );
    expect(announcements(text, 5).slice(1)).toEqual(["2000 fd01::51", "4000 fd01::51"]);
  });

  it("is about VMACs alone without all, and off with 0", () => {
    const addresses = "10.0.0.50\n10.1.0.50 dev eth1\n10.2.0.50 dev eth2 use_vmac";
    expect(announcements(instance("garp_extra_if 2", addresses), 3).slice(1)).toEqual(["2000 10.2.0.50"]);
    expect(announcements(instance("garp_extra_if 0", addresses), 3)).toHaveLength(1);
  });
});
