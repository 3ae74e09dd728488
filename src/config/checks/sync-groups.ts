import { suggest } from "../../diagnostics/suggest.ts";
import { type Check, keepItems } from "../open.ts";

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

/** Takes instances that have been left out since from the groups that they are members of. */
export const forgottenMembers: Check = (config) => {
  const instances = new Set(config.vrrp_instance.map((instance) => instance.name));
  for (const group of [...config.vrrp_sync_group, ...config.track_group])
    keepItems(group, "group", (member) => instances.has(member));
  keepItems(config, "vrrp_sync_group", ({ group }) => group.length > 0);
  keepItems(config, "track_group", ({ group }) => group.length > 0);
};
