import { suggest } from "../../diagnostics/suggest.ts";
import type { ReportFault } from "../faults.ts";
import { type Check, forgetOrigin, keepItems, originOfKeyword } from "../open.ts";

/** A line of static_ipaddress, static_routes or static_rules that may name a track group. */
interface Tracked {
  readonly track_group?: string;
}

/** Takes the track group from the lines for which `problem` has something to say. */
function withoutGroup<T extends Tracked>(
  items: readonly T[],
  problem: (item: T) => { readonly code: string; readonly summary: string } | undefined,
  originAt: (index: number) => number,
  report: ReportFault,
): readonly T[] {
  return items.map((item, index) => {
    const fault = item.track_group === undefined ? undefined : problem(item);
    if (!fault) return item;
    report(fault, originAt(index));
    const { track_group: _, ...rest } = item;
    return rest as T; // the same line without an option that it need not have
  });
}

/** `unknown-member`, `idle-track-group`: members of track groups are instances, and there are some. */
export const trackGroups: Check = (config, report) => {
  const instances = new Set(config.vrrp_instance.map(({ name }) => name));
  for (const group of config.track_group) {
    keepItems(group, "group", (member, origin) => {
      if (instances.has(member)) return true;
      report(
        {
          code: "unknown-member",
          summary: `track group ${group.name}: there is no vrrp_instance ${member}`,
          suggestions: suggest(member, instances),
        },
        origin,
      );
      return false;
    });
  }
  keepItems(config, "track_group", ({ name, group, $ }) => {
    if (group.length > 0) return true;
    const summary = `track group ${name} has no members left and is ignored`;
    report({ code: "idle-track-group", severity: "warning", summary }, $.at);
    return false;
  });
};

/** `unknown-tracked`, `untrackable`: static addresses, routes and rules name groups that there are. */
export const staticTracking: Check = (config, report) => {
  const groups = new Set(config.track_group.map(({ name }) => name));
  const unknown = ({ track_group: name = "" }: Tracked) =>
    groups.has(name)
      ? undefined
      : {
          code: "unknown-tracked",
          summary: `there is no track_group ${name}`,
          suggestions: suggest(name, groups),
        };
  const untrackable = (what: string) => ({
    code: "untrackable",
    summary: `${what} is not tracked without interface`,
  });
  const block = { $: config.$ };
  config.static_ipaddress = withoutGroup(
    config.static_ipaddress,
    unknown,
    (index) => originOfKeyword(block, "static_ipaddress", index),
    report,
  );
  config.static_routes = withoutGroup(
    config.static_routes,
    (route) => unknown(route) ?? (hasDevice(route) ? undefined : untrackable("a route")),
    (index) => originOfKeyword(block, "static_routes", index),
    report,
  );
  config.static_rules = withoutGroup(
    config.static_rules,
    (rule) => unknown(rule) ?? (rule.iif === undefined ? untrackable("a rule") : undefined),
    (index) => originOfKeyword(block, "static_rules", index),
    report,
  );
};

function hasDevice(route: {
  readonly dev?: string;
  readonly nexthop?: readonly { readonly dev?: string }[];
}): boolean {
  return route.dev !== undefined || (route.nexthop ?? []).some(({ dev }) => dev !== undefined);
}

/** `garp-group`, `idle-garp-group`: a group has a delay and interfaces, each in one group. */
export const garpGroups: Check = (config, report) => {
  const taken = new Map<string, number>();
  keepItems(config, "garp_group", (group) => {
    const complain = (summary: string, origin: number, first = 0): void =>
      report({ code: "garp-group", severity: "warning", summary }, origin, [
        { origin: first, message: "first named here" },
      ]);
    const once = (name: string, origin: number): boolean => {
      const first = taken.get(name);
      taken.set(name, first ?? origin);
      if (first !== undefined) complain(`${name} is in a garp_group already`, origin, first);
      return first === undefined;
    };
    if (group.interface !== undefined && !once(group.interface, originOfKeyword(group, "interface"))) {
      group.interface = undefined;
      forgetOrigin(group, "interface");
    }
    keepItems(group, "interfaces", once);
    const delays = (group.garp_interval ?? 0) + (group.gna_interval ?? 0);
    const members = group.interfaces.length + (group.interface === undefined ? 0 : 1);
    if (delays > 0 && members > 0) return true;
    if (delays === 0) complain("this garp_group has no interval and is ignored", group.$.at);
    else
      report(
        {
          code: "idle-garp-group",
          severity: "warning",
          summary: "this garp_group has no interface and is ignored",
        },
        group.$.at,
      );
    return false;
  });
};
