import { suggest } from "../../diagnostics/suggest.ts";
import { type Check, keepItems, originOfKeyword } from "../open.ts";

/** `unknown-instance`, `instance-in-two-groups`, `small-sync-group`: what a sync group's members have to be. */
export const syncGroupMembers: Check = (config, report) => {
  const instances = new Set(config.vrrp_instance.map((instance) => instance.name));
  const memberOf = new Map<string, { readonly group: string; readonly origin: number }>();
  for (const group of config.vrrp_sync_group) {
    keepItems(group, "group", (member, origin) => {
      const earlier = memberOf.get(member);
      if (!instances.has(member)) {
        report(
          {
            code: "unknown-instance",
            summary: `sync group ${group.name}: there is no vrrp_instance ${member}`,
            suggestions: suggest(member, instances),
          },
          origin,
        );
        return false;
      }
      if (earlier) {
        const twice = earlier.group === group.name;
        report(
          {
            code: "instance-in-two-groups",
            severity: twice ? "warning" : "error",
            summary: twice
              ? `${member} stands twice in sync group ${group.name}`
              : `${member} cannot be in sync group ${group.name}: it is in ${earlier.group}`,
          },
          origin,
          [{ origin: earlier.origin, message: "first named here" }],
        );
        return false;
      }
      memberOf.set(member, { group: group.name, origin });
      return true;
    });
  }
  keepItems(config, "vrrp_sync_group", ({ name, group, $ }) => {
    if (group.length > 1) return true;
    const empty = group.length === 0;
    report(
      {
        code: "small-sync-group",
        severity: "warning",
        summary: empty
          ? `sync group ${name} has no members left and is ignored`
          : `sync group ${name} has only one member`,
      },
      $.at,
    );
    return !empty;
  });
};

/**
 * `weight-in-sync-group`: members change state together, so a tracked object cannot move the priority of one. Scripts
 * and BFD sessions with a weight are not tracked then; interfaces are, as if they had none.
 */
export const weightsInSyncGroups: Check = (config, report) => {
  const groups = new Map(
    config.vrrp_sync_group.flatMap((group) => group.group.map((member) => [member, group] as const)),
  );
  const weights = new Map(config.vrrp_script.map(({ name, weight }) => [name, weight.weight]));
  const sessions = new Map(config.bfd_instance.map(({ name, weight }) => [name, weight.weight]));
  for (const instance of config.vrrp_instance) {
    const group = groups.get(instance.name);
    if (!group || group.global_tracking || group.sync_group_tracking_weight) continue;
    const ignore = (what: string, origin: number): false => {
      report(
        {
          code: "weight-in-sync-group",
          severity: "warning",
          summary: `${what} is not tracked by ${instance.name}: it has a weight, and ${instance.name} is in sync group ${group.name}`,
          detail: "Track it in the sync group, or without weight.",
        },
        origin,
      );
      return false;
    };
    keepItems(instance, "track_script", ({ script, weight }, origin) =>
      (weight ?? weights.get(script) ?? 0) === 0 ? true : ignore(script, origin),
    );
    instance.track_interface = instance.track_interface.map((tracked, index) => {
      if (tracked.weight === 0) return tracked;
      report(
        {
          code: "weight-in-sync-group",
          severity: "warning",
          summary: `the weight of ${tracked.interface} is ignored: ${instance.name} is in sync group ${group.name}`,
          detail: `It is tracked without weight: when it goes down, ${instance.name} and its group are at fault.`,
        },
        originOfKeyword(instance, "track_interface", index),
      );
      return { ...tracked, weight: 0 };
    });
    keepItems(instance, "track_bfd", ({ name, weight }, origin) =>
      (weight ?? sessions.get(name) ?? 0) === 0 ? true : ignore(name, origin),
    );
  }
};
