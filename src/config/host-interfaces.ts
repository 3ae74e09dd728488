import { suggest } from "../diagnostics/suggest.ts";
import type { Compiled } from "./compile.ts";
import type { Config, VrrpInstance } from "./config.ts";
import type { HostFacts } from "./facts.ts";
import type { ReportFault } from "./faults.ts";
import { originOfKeyword } from "./open.ts";

/** What of a compilation names interfaces. */
type Read = Pick<Compiled, "config" | "leftOut">;

/** An interface that has to exist, and what for. */
interface Need {
  readonly name: string | undefined;
  readonly what: string;
  readonly origin: number;
}

type Route = Config["static_routes"][number];
type Rule = Config["static_rules"][number];
type Address = Config["static_ipaddress"][number];
type Named = Parameters<typeof originOfKeyword>[0];

/** What lines of addresses, routes and rules name, each with its own place. */
function ofLines(
  owner: Named,
  lists: {
    readonly addresses: Readonly<Record<string, readonly Address[]>>;
    readonly routes: Readonly<Record<string, readonly Route[]>>;
    readonly rules: Readonly<Record<string, readonly Rule[]>>;
  },
): readonly Need[] {
  const needs: Need[] = [];
  const add = (
    keyword: string,
    index: number,
    what: string,
    names: readonly (string | undefined)[],
  ): void => {
    const origin = originOfKeyword(owner, keyword, index);
    for (const name of names) needs.push({ name, what, origin });
  };
  for (const [keyword, list] of Object.entries(lists.addresses))
    for (const [index, { address, dev }] of list.entries()) add(keyword, index, address, [dev]);
  for (const [keyword, list] of Object.entries(lists.routes))
    for (const [index, { to, dev, nexthop = [] }] of list.entries())
      add(keyword, index, `the route to ${to}`, [dev, ...nexthop.map((hop) => hop.dev)]);
  for (const [keyword, list] of Object.entries(lists.rules))
    for (const [index, { iif, oif }] of list.entries()) add(keyword, index, "a rule", [iif, oif]);
  return needs;
}

function ofInstances(instances: readonly VrrpInstance[]): readonly Need[] {
  return instances.flatMap((instance) => [
    {
      name: instance.interface,
      what: `vrrp_instance ${instance.name}`,
      origin: originOfKeyword(instance, "interface"),
    },
    {
      name: instance.vrf,
      what: `the VRF of ${instance.name}`,
      origin: originOfKeyword(instance, "vrf"),
    },
    ...ofLines(instance, {
      addresses: {
        virtual_ipaddress: instance.virtual_ipaddress,
        virtual_ipaddress_excluded: instance.virtual_ipaddress_excluded,
      },
      routes: { virtual_routes: instance.virtual_routes },
      rules: { virtual_rules: instance.virtual_rules },
    }),
  ]);
}

function ofTracking(owners: readonly (VrrpInstance | Config["vrrp_sync_group"][number])[]): readonly Need[] {
  return owners.flatMap((owner) =>
    owner.track_interface.map(({ interface: name }, index) => ({
      name,
      what: `track_interface of ${owner.name}`,
      origin: originOfKeyword(owner, "track_interface", index),
    })),
  );
}

function ofGarpGroups(config: Config): readonly Need[] {
  return config.garp_group.flatMap((group) => [
    { name: group.interface, what: "a garp_group", origin: originOfKeyword(group, "interface") },
    ...group.interfaces.map((name, index) => ({
      name,
      what: "a garp_group",
      origin: originOfKeyword(group, "interfaces", index),
    })),
  ]);
}

/** Interfaces without which keepalived does not run VRRP; also those of instances and groups that are left out. */
function needed({ config, leftOut }: Read): readonly Need[] {
  const instances = [...config.vrrp_instance, ...leftOut.vrrp_instance];
  const groups = [...config.vrrp_sync_group, ...leftOut.vrrp_sync_group];
  return [
    ...ofInstances(instances),
    ...ofTracking([...instances, ...groups]),
    ...ofGarpGroups(config),
    ...ofLines(config, {
      addresses: { static_ipaddress: config.static_ipaddress },
      routes: { static_routes: config.static_routes },
      rules: { static_rules: config.static_rules },
    }),
  ];
}

/** Interfaces that are only watched: keepalived runs without them. */
function watched(config: Config): readonly Need[] {
  return (["linkbeat_interfaces", "interface_up_down_delays"] as const).flatMap((keyword) =>
    config[keyword].map(({ interface: name }, index) => ({
      name,
      what: keyword,
      origin: originOfKeyword(config, keyword, index),
    })),
  );
}

/** `interface-exists`: a VMAC or ipvlan cannot have the name of an interface that is something else. */
function takenNames(
  instances: readonly VrrpInstance[],
  known: ReadonlySet<string>,
  report: ReportFault,
): void {
  for (const instance of instances) {
    for (const keyword of ["use_vmac", "use_ipvlan"] as const) {
      const name = instance[keyword]?.name;
      if (name === undefined || !known.has(name)) continue;
      report(
        {
          code: "interface-exists",
          severity: "warning",
          summary: `${keyword} of ${instance.name} cannot make ${name}: there is such an interface`,
          detail: "keepalived makes up a name, unless the interface is one that it made before.",
        },
        originOfKeyword(instance, keyword),
      );
    }
  }
}

/** Routes of VRFs, each with its own place. */
function ofVrfs(config: Config): readonly Need[] {
  const lists = [
    { owner: config, keyword: "static_routes", routes: config.static_routes },
    ...config.vrrp_instance.map((owner) => ({
      owner,
      keyword: "virtual_routes",
      routes: owner.virtual_routes,
    })),
  ];
  return lists.flatMap(({ owner, keyword, routes }) =>
    routes.map(({ to, vrf }, index) => ({
      name: vrf,
      what: `the route to ${to}`,
      origin: originOfKeyword(owner, keyword, index),
    })),
  );
}

/** `no-such-vrf`: what a route names as its VRF is one. */
function checkVrfs(config: Config, { interfaces }: HostFacts, report: ReportFault): void {
  for (const { name, what, origin } of ofVrfs(config)) {
    if (name === undefined) continue;
    const kind = interfaces[name] === undefined ? "absent" : interfaces[name].kind;
    if (kind === "vrf" || kind === undefined) continue;
    const vrfs = Object.keys(interfaces).filter((one) => interfaces[one]?.kind === "vrf");
    report(
      {
        code: "no-such-vrf",
        summary: `vrf ${name} of ${what} ${kind === "absent" ? "does not exist" : "is an interface, and no VRF"}`,
        detail: "keepalived ignores the line. Write the number of the table instead, or make the VRF first.",
        suggestions: suggest(name, vrfs),
      },
      origin,
    );
  }
}

/** `no-such-interface`, `no-such-vrf`, `absent-interface`, `interface-exists`: interfaces that are named exist, and those to be made do not. */
export function checkInterfaces({ config, leftOut }: Read, facts: HostFacts, report: ReportFault): void {
  const known = new Set(Object.keys(facts.interfaces));
  const missing = (needs: readonly Need[], say: (need: Need, name: string) => void): void => {
    for (const need of needs) if (need.name !== undefined && !known.has(need.name)) say(need, need.name);
  };
  if (!config.global_defs.dynamic_interfaces)
    missing(needed({ config, leftOut }), ({ what, origin }, name) =>
      report(
        {
          code: "no-such-interface",
          summary: `interface ${name} of ${what} does not exist`,
          detail: "keepalived does not run VRRP with this.",
          suggestions: suggest(name, known),
        },
        origin,
      ),
    );
  missing(watched(config), ({ what, origin }, name) =>
    report(
      {
        code: "absent-interface",
        severity: "warning",
        summary: `interface ${name} of ${what} does not exist; the line is ignored`,
        suggestions: suggest(name, known),
      },
      origin,
    ),
  );
  checkVrfs(config, facts, report);
  takenNames([...config.vrrp_instance, ...leftOut.vrrp_instance], known, report);
}

/** Every interface that a configuration names, once, in the order of the text's blocks. */
export function namedInterfaces({ config, leftOut }: Read): readonly string[] {
  const names = [...needed({ config, leftOut }), ...watched(config), ...ofVrfs(config)].flatMap(({ name }) =>
    name === undefined ? [] : [name],
  );
  return [...new Set(names)];
}
