import type { ScriptCommand } from "../../config/config.ts";
import type { NotifyState, NotifyTarget, VrrpEffect } from "./contract.ts";

type Notify = Extract<VrrpEffect, { readonly type: "notify" }>;

/** How an instance or a group ends: with the daemon, or by a reload that takes it out. */
export type End = "STOP" | "FAULT";

/** The notify scripts of an instance or a group. */
export interface NotifyScripts {
  readonly notify_master?: ScriptCommand | undefined;
  readonly notify_backup?: ScriptCommand | undefined;
  readonly notify_fault?: ScriptCommand | undefined;
  readonly notify_stop?: ScriptCommand | undefined;
  readonly notify_deleted?: ScriptCommand | undefined;
  readonly notify_master_rx_lower_pri?: ScriptCommand | undefined;
  readonly notify?: ScriptCommand | undefined;
}

/** The script of each state's own, and whether `notify` hears of it as well. */
const SCRIPTS = {
  MASTER: { own: "notify_master", all: true },
  BACKUP: { own: "notify_backup", all: true },
  FAULT: { own: "notify_fault", all: true },
  STOP: { own: "notify_stop", all: true },
  DELETED: { own: "notify_deleted", all: true },
  MASTER_RX_LOWER_PRI: { own: "notify_master_rx_lower_pri", all: false },
} as const;

function scriptsOf(state: keyof typeof SCRIPTS, scripts: NotifyScripts): Notify["scripts"] {
  const { own, all } = SCRIPTS[state];
  const command = scripts[own];
  return [
    // `notify_deleted` may stand without a script.
    ...(command === undefined || command.argv.length === 0 ? [] : [{ command, standardArguments: false }]),
    ...(scripts.notify === undefined || !all ? [] : [{ command: scripts.notify, standardArguments: true }]),
  ];
}

/** The news of a transition: to the state's own script, and to `notify` with the four standard arguments. */
export function notifyEffect(
  target: NotifyTarget,
  state: keyof typeof SCRIPTS,
  priority: number,
  scripts: NotifyScripts,
): Notify {
  // keepalived sends no mail at the end, nor of a lower priority.
  const alert = state !== "STOP" && state !== "MASTER_RX_LOWER_PRI";
  return { type: "notify", target, state, priority, scripts: scriptsOf(state, scripts), alert };
}

/**
 * The news of an end. What a reload takes out is DELETED with notify_deleted; otherwise in FAULT, as keepalived says,
 * which does not run notify_fault for it.
 */
export function endEffect(target: NotifyTarget, end: End, priority: number, scripts: NotifyScripts): Notify {
  if (end === "STOP") return notifyEffect(target, "STOP", priority, scripts);
  if (scripts.notify_deleted !== undefined) return notifyEffect(target, "DELETED", priority, scripts);
  return notifyEffect(target, "FAULT", priority, { notify: scripts.notify });
}

/** A line for the FIFOs and nobody else. */
export function lineEffect(target: NotifyTarget, state: NotifyState, priority: number): Notify {
  return { type: "notify", target, state, priority, scripts: [], alert: false };
}
