import type { Config, Route, Rule } from "./config.ts";
import type { HostFacts } from "./facts.ts";
import type { ReportFault } from "./faults.ts";
import { originOfKeyword } from "./open.ts";

/** The tables of names for numbers: files of /etc/iproute2, and /etc/protocols. */
type NameTable = "rt_tables" | "rt_protos" | "rt_dsfield" | "rt_realms" | "group" | "protocols";

/** A name that a route or rule uses for a number. */
export interface NameUse {
  readonly table: NameTable;
  readonly name: string;
  /** The option that it is the value of. */
  readonly option: string;
  readonly origin: number;
}

/** What a name is known by in `HostFacts.names`. */
export function nameKey({ table, name }: Pick<NameUse, "table" | "name">): string {
  return `${table}/${name}`;
}

type Named = Parameters<typeof originOfKeyword>[0];
type Options = readonly (readonly [table: NameTable, option: string, value: string | undefined])[];

function ofRoute({ table, protocol, tos, realms, nexthop = [] }: Route): Options {
  const pairs = [realms, ...nexthop.map((hop) => hop.realms)].flatMap((pair) => pair?.split("/") ?? []);
  return [
    ["rt_tables", "table", table],
    ["rt_protos", "protocol", protocol],
    ["rt_dsfield", "tos", tos],
    ...pairs.map((realm) => ["rt_realms", "realms", realm] as const),
  ];
}

function ofRule({ table, protocol, tos, realms, suppress_ifgroup, ipproto }: Rule): Options {
  return [
    ["rt_tables", "table", table],
    ["rt_protos", "protocol", protocol],
    ["rt_dsfield", "tos", tos],
    ...(realms?.split("/") ?? []).map((realm) => ["rt_realms", "realms", realm] as const),
    ["group", "suppress_ifgroup", suppress_ifgroup],
    ["protocols", "ipproto", ipproto],
  ];
}

function usesIn<T>(owner: Named, keyword: string, lines: readonly T[], of: (line: T) => Options): NameUse[] {
  return lines.flatMap((line, index) =>
    of(line).flatMap(([table, option, name]) =>
      name === undefined || /^(?:0x[\da-f]+|\d+)$/i.test(name)
        ? []
        : [{ table, name, option, origin: originOfKeyword(owner, keyword, index) }],
    ),
  );
}

/** Every name of /etc/iproute2 and /etc/protocols that routes and rules use. */
export function nameUses(config: Config): readonly NameUse[] {
  return [
    ...usesIn(config, "static_routes", config.static_routes, ofRoute),
    ...usesIn(config, "static_rules", config.static_rules, ofRule),
    ...config.vrrp_instance.flatMap((instance) => [
      ...usesIn(instance, "virtual_routes", instance.virtual_routes, ofRoute),
      ...usesIn(instance, "virtual_rules", instance.virtual_rules, ofRule),
    ]),
  ];
}

/** Host names of servers that keepalived looks up while it reads. */
export function resolvedNames({ global_defs }: Config): readonly string[] {
  return global_defs.smtp_server === undefined ? [] : [global_defs.smtp_server.host];
}

/** `unresolved-name`: the name service of this host knows the mail server. */
export function checkMailServer({ global_defs }: Config, facts: HostFacts, report: ReportFault): void {
  const { smtp_server: server } = global_defs;
  if (server === undefined || facts.resolves?.[server.host] !== false) return;
  report(
    {
      code: "unresolved-name",
      severity: "warning",
      summary: `smtp_server ${server.host}: the name service of this host does not know the name`,
      detail: "keepalived looks the name up while it reads the file, and then sends no mail.",
    },
    originOfKeyword(global_defs, "smtp_server"),
  );
}

/** `unknown-name`: names stand for numbers on this host. Of a name that the facts do not have nothing is known. */
export function checkNames(config: Config, facts: HostFacts, report: ReportFault): void {
  for (const use of nameUses(config)) {
    if (facts.names?.[nameKey(use)] !== null) continue;
    const file = use.table === "protocols" ? "/etc/protocols" : `${use.table} of /etc/iproute2`;
    report(
      {
        code: "unknown-name",
        summary: `${use.option} ${use.name}: there is no such name in ${file}`,
        detail: "keepalived ignores the line. Write the number, or give it the name on every router.",
      },
      use.origin,
    );
  }
}
