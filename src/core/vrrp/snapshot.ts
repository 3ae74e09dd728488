import type { ScriptTracker, TrackStatus } from "../track/script-tracker.ts";
import type { Transition } from "./chronicle.ts";
import type { VrrpState } from "./contract.ts";
import type { Counters } from "./counters.ts";
import type { Instance } from "./instance.ts";
import type { SyncGroup } from "./sync-group.ts";

/** State and statistics of one instance. */
export interface InstanceSnapshot {
  readonly name: string;
  readonly state: VrrpState;
  /** Why it is in FAULT, in words. */
  readonly fault?: string;
  readonly group?: string;
  /** The priority in force, and the configured one. */
  readonly priority: number;
  readonly basePriority: number;
  readonly source?: string;
  /** Who was last heard as master, or itself. */
  readonly master?: string;
  /** The last transitions, oldest first, with what led to each. */
  readonly transitions: readonly Transition[];
  /** Microseconds. */
  readonly masterDownInterval: number;
  readonly counters: Readonly<Counters>;
}

/** Everything that an operator may ask of the VRRP router. */
export interface VrrpSnapshot {
  readonly instances: readonly InstanceSnapshot[];
  readonly groups: readonly { readonly name: string; readonly state: VrrpState }[];
  readonly scripts: readonly { readonly name: string; readonly status: TrackStatus }[];
}

/** Copies the state of a router's parts. */
export function snapshot(
  instances: Iterable<Instance>,
  groups: readonly SyncGroup[],
  scripts: Iterable<ScriptTracker>,
): VrrpSnapshot {
  const groupOf = new Map<Instance, string>();
  for (const { config, members } of groups) {
    if (config !== undefined) for (const member of members) groupOf.set(member, config.name);
  }
  return {
    instances: [...instances].map((instance) => {
      const group = groupOf.get(instance);
      return {
        name: instance.name,
        state: instance.state,
        ...(instance.fault === undefined ? {} : { fault: instance.fault }),
        ...(group === undefined ? {} : { group }),
        priority: instance.priority,
        basePriority: instance.definition.config.priority,
        ...(instance.source === undefined ? {} : { source: instance.source }),
        ...(instance.master === undefined ? {} : { master: instance.master }),
        transitions: [...instance.transitions],
        masterDownInterval: instance.masterDownInterval,
        counters: { ...instance.counters },
      };
    }),
    groups: groups.flatMap(({ config, notified }) =>
      config === undefined ? [] : [{ name: config.name, state: notified }],
    ),
    scripts: [...scripts].map(({ config, status }) => ({ name: config.name, status })),
  };
}
