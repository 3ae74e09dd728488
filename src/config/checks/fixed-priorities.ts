import type { TrackedObject } from "../../schema/composite.ts";
import type { TrackedInterface, TrackedScript, VrrpInstance, VrrpSyncGroup } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import {
  type Check,
  keepItems,
  type Open,
  type OpenConfig,
  type OpenMeta,
  originOfKeyword,
} from "../open.ts";

/** Priority of the router that owns the addresses (RFC 9568 §5.2.4). */
const OWNER = 255;

/** What an instance or a sync group tracks that may have a weight. */
interface Tracker {
  $: OpenMeta;
  track_interface: readonly TrackedInterface[];
  track_script: readonly TrackedScript[];
  track_file: readonly TrackedObject[];
  track_bfd: readonly TrackedObject[];
}

/** The weights of what is tracked without saying one. */
interface OwnWeights {
  readonly scripts: ReadonlyMap<string, number>;
  readonly files: ReadonlyMap<string, number>;
  readonly processes: ReadonlyMap<string, number>;
  readonly sessions: ReadonlyMap<string, number>;
}

function ownWeights(config: OpenConfig): OwnWeights {
  const weights = (
    blocks: readonly { readonly name: string; readonly weight: { readonly weight: number } }[],
  ) => new Map(blocks.map(({ name, weight }) => [name, weight.weight]));
  return {
    scripts: weights(config.vrrp_script),
    files: weights(config.track_file),
    processes: weights(config.vrrp_track_process),
    sessions: weights(config.bfd_instance),
  };
}

/** Says of an object, by its name, that it is not tracked, or of its weight that it is ignored. */
type Complain = (name: string, what: "object" | "weight", origin: number) => void;

/**
 * Takes the weights from what cannot have one. Interfaces are tracked without, and so are files whose weight is their
 * own; scripts and BFD sessions with a weight are not tracked at all.
 */
function clearWeights(tracker: Tracker, own: OwnWeights, complain: Complain): void {
  tracker.track_interface = tracker.track_interface.map((tracked, index) => {
    if (tracked.weight === 0) return tracked;
    complain(tracked.interface, "weight", originOfKeyword(tracker, "track_interface", index));
    return { ...tracked, weight: 0 };
  });
  keepItems(tracker, "track_script", ({ script, weight }, origin) => {
    if ((weight ?? own.scripts.get(script) ?? 0) === 0) return true;
    complain(script, "object", origin);
    return false;
  });
  keepItems(tracker, "track_file", ({ name, weight = 0 }, origin) => {
    if (weight !== 0) complain(name, "object", origin);
    return weight === 0;
  });
  tracker.track_file = tracker.track_file.map((tracked, index) => {
    if (tracked.weight !== undefined || (own.files.get(tracked.name) ?? 0) === 0) return tracked;
    complain(tracked.name, "weight", originOfKeyword(tracker, "track_file", index));
    return { ...tracked, weight: 0 };
  });
  keepItems(tracker, "track_bfd", ({ name, weight }, origin) => {
    if ((weight ?? own.sessions.get(name) ?? 0) === 0) return true;
    complain(name, "object", origin);
    return false;
  });
}

/** Whether members of a group may track with weights. */
function allowsWeights({ global_tracking, sync_group_tracking_weight }: Open<VrrpSyncGroup>): boolean {
  return global_tracking || sync_group_tracking_weight;
}

function ofMember(instance: Open<VrrpInstance>, group: string, report: ReportFault): Complain {
  return (name, what, origin) =>
    report(
      {
        code: "weight-in-sync-group",
        severity: "warning",
        ...(what === "object"
          ? {
              summary: `${name} is not tracked by ${instance.name}: it has a weight, and ${instance.name} is in sync group ${group}`,
              detail: "Track it in the sync group, or without weight.",
            }
          : {
              summary: `the weight of ${name} is ignored: ${instance.name} is in sync group ${group}`,
              detail: `It is tracked without weight: when it fails, ${instance.name} and its group are at fault.`,
            }),
      },
      origin,
    );
}

/** `weight-in-sync-group`: members change state together, so a tracked object cannot move the priority of one. */
export const weightsInSyncGroups: Check = (config, report) => {
  const groups = new Map(
    config.vrrp_sync_group.flatMap((group) => group.group.map((member) => [member, group] as const)),
  );
  const own = ownWeights(config);
  for (const instance of config.vrrp_instance) {
    const group = groups.get(instance.name);
    if (!group || allowsWeights(group)) continue;
    clearWeights(instance, own, ofMember(instance, group.name, report));
  }
};

function ofOwner(owner: string, name: string, report: ReportFault): Complain {
  return (tracked, what, origin) =>
    report(
      {
        code: "owner-tracking",
        severity: "warning",
        summary:
          what === "object"
            ? `${tracked} is not tracked: it has a weight, and the priority of ${owner} is ${OWNER}`
            : `the weight of ${tracked} is ignored: the priority of ${owner} is ${OWNER}`,
        detail: `The owner of the addresses has a fixed priority. Give ${owner} one of at most ${OWNER - 1}, or have ${name} track without weight.`,
      },
      origin,
    );
}

function hasOwner(group: Open<VrrpSyncGroup>, owners: ReadonlySet<string>): string | undefined {
  return group.group.find((member) => owners.has(member));
}

/** `owner-tracking`: no weight moves the priority of the owner of the addresses, nor that of a group with an owner. */
export const weightsOfOwners: Check = (config, report) => {
  const own = ownWeights(config);
  const weightless = new Set(
    config.vrrp_sync_group.flatMap((group) => (allowsWeights(group) ? [] : group.group)),
  );
  const owners = config.vrrp_instance.filter(({ priority }) => priority === OWNER);
  for (const instance of owners) {
    if (!weightless.has(instance.name))
      clearWeights(instance, own, ofOwner(instance.name, instance.name, report));
  }
  const names = new Set(owners.map(({ name }) => name));
  for (const group of config.vrrp_sync_group) {
    const owner = hasOwner(group, names);
    if (owner === undefined) continue;
    const complain = ofOwner(owner, group.name, report);
    clearWeights(group, own, complain);
    group.track_process = group.track_process.map((tracked, index) => {
      if ((tracked.weight ?? own.processes.get(tracked.name) ?? 0) === 0) return tracked;
      complain(tracked.name, "weight", originOfKeyword(group, "track_process", index));
      return { ...tracked, weight: 0 };
    });
  }
};

/** `duplicate-tracking`: an interface is tracked by an instance, whose own counts anyway, or by its group. */
export const trackedByBoth: Check = (config, report) => {
  const instances = new Map(config.vrrp_instance.map((instance) => [instance.name, instance]));
  for (const group of config.vrrp_sync_group) {
    for (const [index, { interface: name }] of group.track_interface.entries()) {
      const member = group.group.find((one) => tracks(instances.get(one), name));
      if (member === undefined) continue;
      report(
        {
          code: "duplicate-tracking",
          severity: "warning",
          summary: `${name} is tracked by sync group ${group.name} and by its member ${member}`,
          detail: "Track it in one of the two places. An instance tracks its own interface anyway.",
        },
        originOfKeyword(group, "track_interface", index),
      );
    }
  }
};

function tracks(instance: Open<VrrpInstance> | undefined, name: string): boolean {
  if (!instance) return false;
  if (instance.interface === name && !instance.dont_track_primary) return true;
  return instance.track_interface.some(({ interface: tracked }) => tracked === name);
}
