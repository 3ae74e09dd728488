import { describe, expect, it } from "vitest";
import type { VrrpEffect } from "../../../src/core/vrrp/contract.ts";
import { group, instance, script, vip } from "./configuration.ts";
import { Harness, only } from "./harness.ts";

const SECOND = 1_000_000;
const run = (name: string) => ({ argv: [`/bin/${name}`] });
const SCRIPTS = {
  notify: run("notify"),
  notify_master: run("master"),
  notify_backup: run("backup"),
  notify_fault: run("fault"),
  notify_stop: run("stop"),
  notify_master_rx_lower_pri: run("lower"),
};
const GLOBAL = { vrrp_mcast_group4: "224.0.0.18", vrrp_mcast_group6: "ff02::12" };

/** Each notify in one line: the FIFO's words, then the scripts; `+` with the standard arguments, `@` with mail. */
function told(effects: readonly VrrpEffect[]): string[] {
  return only(effects, "notify").map(({ target, state, priority, scripts, alert }) =>
    [
      `${target.type} ${target.name} ${state} ${priority}${alert ? " @" : ""}`,
      ...scripts.map(({ command, standardArguments }) => command.argv[0] + (standardArguments ? "+" : "")),
    ].join(" "),
  );
}

const tracked = (reverse: boolean) => ({ script: "chk", weight: 5, reverse });

describe("notifies of an instance", () => {
  it("go to the state's own script, to notify with arguments, and to mail", () => {
    const harness = new Harness({ instances: [instance("VI_1", SCRIPTS)] });
    harness.pass(5 * SECOND);
    expect(told(harness.all.map(({ effect }) => effect))).toEqual([
      "INSTANCE VI_1 BACKUP 100 @ /bin/backup /bin/notify+",
      "INSTANCE VI_1 MASTER 100 @ /bin/master /bin/notify+",
    ]);
    expect(told(harness.advert({ priority: 50 }))).toEqual([
      "INSTANCE VI_1 MASTER_RX_LOWER_PRI 100 /bin/lower",
    ]);
    expect(told(harness.apply({}))).toEqual(["INSTANCE VI_1 STOP 100 /bin/stop /bin/notify+"]);
  });

  it("say FAULT of one that a reload takes out, without notify_fault; DELETED with notify_deleted", () => {
    const stays = instance("VI_2", { virtual_router_id: 52, virtual_ipaddress: [vip("10.9.0.102/24")] });
    const faulted = new Harness({ instances: [instance("VI_1", SCRIPTS), stays] });
    expect(told(faulted.apply({ instances: [stays] }))).toEqual(["INSTANCE VI_1 FAULT 100 @ /bin/notify+"]);
    const named = { ...SCRIPTS, notify_deleted: run("deleted") };
    const deleted = new Harness({ instances: [instance("VI_1", named), stays] });
    expect(told(deleted.apply({ instances: [stays] }))).toEqual([
      "INSTANCE VI_1 DELETED 100 @ /bin/deleted /bin/notify+",
    ]);
    const bare = new Harness({ instances: [instance("VI_1", { notify_deleted: { argv: [] } }), stays] });
    expect(told(bare.apply({ instances: [stays] }))).toEqual(["INSTANCE VI_1 DELETED 100 @"]);
  });

  it("tell FIFOs of a changed priority, where the instance or its group asks for it", () => {
    const member = (more: object) =>
      instance("VI_1", { track_script: [tracked(false)], ...SCRIPTS, ...more });
    const scripts = [script("chk")];
    const ok = { type: "script-result", script: "chk", ok: true, status: "" } as const;
    const asked = new Harness({ scripts, instances: [member({ notify_priority_changes: true })] });
    expect(told(asked.feed(ok))).toContain("INSTANCE VI_1 BACKUP_PRIORITY 105");
    asked.pass(10 * SECOND);
    expect(told(asked.feed({ ...ok, ok: false }))).toContain("INSTANCE VI_1 MASTER_PRIORITY 100");
    const unasked = new Harness({ scripts, instances: [member({})] });
    expect(told(unasked.feed(ok)).join()).not.toContain("PRIORITY");
    const grouped = new Harness({
      scripts,
      instances: [member({ track_script: [] })],
      groups: [group("G", ["VI_1"], { notify_priority_changes: true, track_script: [tracked(false)] })],
    });
    expect(told(grouped.feed(ok))).toContain("INSTANCE VI_1 BACKUP_PRIORITY 105");
  });
});

describe("notifies of a reload", () => {
  const instances = [instance("VI_1", SCRIPTS)];
  const groups = [group("G", ["VI_1"], { notify: run("group") })];

  it("are none where nothing changes state, nor of a group that is taken out", () => {
    const harness = new Harness({ instances, groups });
    harness.pass(5 * SECOND);
    expect(told(harness.apply({ instances, groups }))).toEqual([]);
    expect(told(harness.apply({ instances }))).toEqual([]);
  });

  it("are lines with all states under fifo_write_vrrp_states_on_reload", () => {
    // The router looks at these keywords of global_defs only.
    const global = { ...GLOBAL, fifo_write_vrrp_states_on_reload: true } as never;
    const harness = new Harness({ instances, groups, global });
    harness.pass(5 * SECOND);
    const before = harness.all.length;
    expect(before).toBeGreaterThan(0);
    expect(told(harness.apply({ instances, groups, global }))).toEqual([
      "GROUP G MASTER 0",
      "INSTANCE VI_1 MASTER 100",
    ]);
  });
});
