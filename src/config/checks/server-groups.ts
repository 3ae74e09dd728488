import { familyOf, type IpFamily } from "../../values/ip.ts";
import type { VirtualServerGroup } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import { type Check, keepItems, type Open, type OpenConfig, originOfKeyword } from "../open.ts";

type Group = Open<VirtualServerGroup>;

/** Why keepalived does without a group, and the code of it. */
function unusable({ name, entries }: Group): { readonly code: string; readonly summary: string } | undefined {
  const summary = (why: string): string => `virtual_server_group ${name} is left out: ${why}`;
  if (entries.length === 0) return { code: "empty-group", summary: summary("it has no entries") };
  const families = new Set(entries.map(familyOfEntry).filter((family) => family !== undefined));
  const plainMark = entries.some((entry) => entry.type === "fwmark" && entry.family === undefined);
  return families.size > 1 && plainMark
    ? {
        code: "mixed-families",
        summary: summary("with IPv4 and IPv6 addresses a fwmark has to say which of them it is"),
      }
    : undefined;
}

/** `duplicate-group`: of two groups of one name the first counts. */
function once(config: OpenConfig, report: ReportFault): void {
  const first = new Map<string, number>();
  keepItems(config, "virtual_server_group", ({ name, $ }) => {
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, $.at);
      return true;
    }
    report(
      {
        code: "duplicate-group",
        severity: "warning",
        summary: `virtual_server_group ${name} is defined twice; this one is ignored`,
      },
      $.at,
      [{ origin: earlier, message: "first defined here" }],
    );
    return false;
  });
}

/** `duplicate-group`, `empty-group`, `mixed-families`, `unknown-group`: groups of virtual servers, and who uses them. */
export const serverGroups: Check = (config, report) => {
  once(config, report);
  keepItems(config, "virtual_server_group", (group) => {
    const why = unusable(group);
    const { at, end } = group.$;
    const related = end === undefined ? [] : [{ origin: end, message: "the block ends here" }];
    if (why) report(why, at, related);
    return !why;
  });
  const known = new Set(config.virtual_server_group.map(({ name }) => name));
  for (const { service, $ } of config.virtual_server) {
    if (service.type !== "group" || known.has(service.group)) continue;
    report(
      {
        code: "unknown-group",
        severity: "warning",
        summary: `virtual_server_group ${service.group} is not defined; this virtual server serves nothing`,
      },
      $.at,
    );
  }
};

/** The family that an entry is of; undefined for a mark that does not say. */
function familyOfEntry(entry: VirtualServerGroup["entries"][number]): IpFamily | undefined {
  if (entry.type === "fwmark") return entry.family;
  return familyOf(entry.type === "range" ? entry.from : entry.address);
}

/** `group-family`: only a tunnel leads to a server of another family than all entries of the group. */
export const groupFamilies: Check = (config, report) => {
  const groups = new Map(config.virtual_server_group.map(({ name, entries }) => [name, entries]));
  keepItems(config, "virtual_server", ({ service, real_server: servers, lb_kind: kind, $ }) => {
    const families = new Set(
      (service.type === "group" ? (groups.get(service.group) ?? []) : []).map(familyOfEntry),
    );
    families.delete(undefined);
    const lost = servers.find(
      ({ server, lvs_method: method = kind }) =>
        method.method !== "TUN" && [...families].some((family) => family !== familyOf(server.address)),
    );
    if (!lost || service.type !== "group") return true;
    report(
      {
        code: "group-family",
        summary: `virtual_server group ${service.group} is left out: ${lost.server.address} is not of the family of all its entries`,
        detail: "Only lvs_method TUN leads from one address family to the other.",
      },
      $.at,
      [{ origin: lost.$.at, message: "the real server" }],
    );
    return false;
  });
};

/** Flags that mean something to the schedulers that hash addresses only. */
const HASHING = ["hashed", "sh-fallback", "sh-port", "mh-fallback", "mh-port"] as const;

/** `flag-without-scheduler`: flags of sh and mh stand after the lb_algo that they are for. */
export const schedulerFlags: Check = (config, report) => {
  for (const server of config.virtual_server) {
    const written = server.$.of.lb_algo;
    for (const flag of HASHING) {
      if (!server[flag]) continue;
      const origin = originOfKeyword(server, flag);
      const hashes = server.lb_algo === "sh" || server.lb_algo === "mh";
      if (hashes && typeof written === "number" && written < origin) continue;
      report(
        {
          code: "flag-without-scheduler",
          severity: "warning",
          summary: `${flag} is ignored: it is for lb_algo sh and mh, which has to be written before it`,
        },
        origin,
      );
      server[flag] = false;
      delete server.$.of[flag];
    }
  }
};
