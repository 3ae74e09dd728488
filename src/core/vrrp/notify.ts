import type { ScriptCommand } from "../../config/config.ts";
import type { NotifyTarget, VrrpEffect } from "./contract.ts";

type Notify = Extract<VrrpEffect, { readonly type: "notify" }>;

/** The notify scripts of an instance or a group. */
export interface NotifyScripts {
  readonly notify_master?: ScriptCommand | undefined;
  readonly notify_backup?: ScriptCommand | undefined;
  readonly notify_fault?: ScriptCommand | undefined;
  readonly notify_stop?: ScriptCommand | undefined;
  readonly notify?: ScriptCommand | undefined;
}

const KEYWORDS = {
  MASTER: "notify_master",
  BACKUP: "notify_backup",
  FAULT: "notify_fault",
  STOP: "notify_stop",
} as const;

/** The effect of a transition: the state's own script first, then `notify` with the four standard arguments. */
export function notifyEffect(
  target: NotifyTarget,
  state: Notify["state"],
  priority: number,
  scripts: NotifyScripts,
): Notify {
  const own = state === "DELETED" ? undefined : scripts[KEYWORDS[state]];
  return {
    type: "notify",
    target,
    state,
    priority,
    scripts: [
      ...(own === undefined ? [] : [{ command: own, standardArguments: false }]),
      ...(scripts.notify === undefined ? [] : [{ command: scripts.notify, standardArguments: true }]),
    ],
  };
}
