import { familyOf, type IpFamily } from "../../values/ip.ts";
import { countOf, MOST_OF_RANGE } from "../../values/ip-range.ts";
import type { VirtualServerGroup } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import {
  type Check,
  forgetOrigin,
  keepItems,
  type Open,
  type OpenConfig,
  originOfKeyword,
  writtenAt,
} from "../open.ts";

import { familyOfService } from "./service-family.ts";

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

/** `long-range`: each address of a range is a service, unless nf_tables marks their packets. */
function longRanges(config: OpenConfig, report: ReportFault): void {
  if (config.global_defs.nftables_ipvs !== undefined) return;
  for (const { name, entries, $ } of config.virtual_server_group) {
    const origins = $.of.entries;
    for (const [index, entry] of entries.entries()) {
      if (entry.type !== "range" || countOf(entry) <= BigInt(MOST_OF_RANGE)) continue;
      report(
        {
          code: "long-range",
          severity: "warning",
          summary: `virtual_server_group ${name}: only the first ${MOST_OF_RANGE} addresses of ${entry.from}-${entry.to} are served`,
          detail: "Each address is a service in IPVS. With nftables_ipvs all of them are one.",
        },
        (typeof origins === "number" ? origins : origins?.[index]) ?? $.at,
      );
    }
  }
}

/** `duplicate-group`, `empty-group`, `mixed-families`, `long-range`: groups of virtual servers. */
export const serverGroups: Check = (config, report) => {
  once(config, report);
  longRanges(config, report);
  keepItems(config, "virtual_server_group", (group) => {
    const why = unusable(group);
    const { at, end } = group.$;
    const related = end === undefined ? [] : [{ origin: end, message: "the block ends here" }];
    if (why) report(why, at, related);
    return !why;
  });
};

/** The family that an entry is of; undefined for a mark that does not say. */
function familyOfEntry(entry: VirtualServerGroup["entries"][number]): IpFamily | undefined {
  if (entry.type === "fwmark") return entry.family;
  return familyOf(entry.type === "range" ? entry.from : entry.address);
}

/**
 * `unknown-group`, `group-family`: a service is of a group that is there; only a tunnel leads to a server of another
 * family than all of its entries, which are of the family that the service says.
 */
export const groupFamilies: Check = (config, report) => {
  const groups = new Map(config.virtual_server_group.map(({ name, entries }) => [name, entries]));
  keepItems(config, "virtual_server", (server) => {
    const { service, real_server: servers, lb_kind: kind, $ } = server;
    if (service.type !== "group") return true;
    const entries = groups.get(service.group);
    if (!entries) {
      const summary = `virtual_server group ${service.group} is left out: there is no such virtual_server_group`;
      report({ code: "unknown-group", severity: "warning", summary }, $.at);
      return false;
    }
    const families = entries.map(familyOfEntry).filter((family) => family !== undefined);
    const own = familyOfService(server);
    const { sorry_server: sorry, sorry_server_lvs_method: sorryMethod = kind } = server;
    const destinations = [
      ...servers.map(({ server: { address }, lvs_method: method = kind, $: { at } }) => ({
        address,
        method,
        at,
      })),
      ...(sorry === undefined
        ? []
        : [{ address: sorry.address, method: sorryMethod, at: originOfKeyword(server, "sorry_server") }]),
    ];
    const lost = destinations.find(
      ({ address, method: { method } }) =>
        method !== "TUN" && families.some((family) => family !== familyOf(address)),
    );
    const isOther = own !== undefined && families.some((family) => family !== own);
    if (!lost && !isOther) return true;
    const why = lost ? `${lost.address} is not` : "it is not";
    report(
      {
        code: "group-family",
        summary: `virtual_server group ${service.group} is left out: ${why} of the family of all entries`,
        detail: "Only lvs_method TUN leads from one address family to the other.",
      },
      $.at,
      lost ? [{ origin: lost.at, message: "the server" }] : [],
    );
    return false;
  });
};

/** Flags that mean something to the schedulers that hash addresses only, to one of them or to both. */
const HASHING = {
  hashed: ["sh", "mh"],
  "sh-fallback": ["sh"],
  "sh-port": ["sh"],
  "mh-fallback": ["mh"],
  "mh-port": ["mh"],
} as const;
type HashingFlag = keyof typeof HASHING;

/**
 * `flag-without-scheduler`, `flag-of-another-scheduler`: flags of sh and mh stand after the lb_algo that they are for.
 */
export const schedulerFlags: Check = (config, report) => {
  for (const server of config.virtual_server) {
    const written = writtenAt(server, "lb_algo");
    for (const [flag, schedulers] of Object.entries(HASHING) as [HashingFlag, readonly string[]][]) {
      if (!server[flag]) continue;
      const origin = originOfKeyword(server, flag);
      const hashes = server.lb_algo === "sh" || server.lb_algo === "mh";
      const isBehind = hashes && written !== 0 && written < origin;
      if (isBehind && schedulers.includes(server.lb_algo)) continue;
      const which = `${flag} is ignored: it is for lb_algo ${schedulers.join(" and ")}`;
      report(
        isBehind
          ? { code: "flag-of-another-scheduler", severity: "warning", summary: which }
          : {
              code: "flag-without-scheduler",
              severity: "warning",
              summary: `${which}, which has to be written before it`,
            },
        origin,
      );
      server[flag] = false;
      forgetOrigin(server, flag);
    }
  }
};
