import type { Route } from "../../schema/kinds-route.ts";
import type { Rule } from "../../schema/kinds-rule.ts";
import { familyOf } from "../../values/ip.ts";
import type { VirtualAddress } from "../config.ts";
import type { Scope } from "./layout.ts";

/** Numbers that need no file of the host: of routing tables, and of the protocol keepalived marks its own with. */
const TABLES: Readonly<Record<string, number>> = { default: 253, main: 254, local: 255 };
const OWN_PROTOCOL = 18;

/** RT_SCOPE_* by number; others are written as numbers. */
const SCOPES: Readonly<Record<number, string>> = {
  0: "global",
  200: "site",
  253: "link",
  254: "host",
  255: "nowhere",
};

/** The same of routes, by name: their text has numbers. */
const ROUTE_SCOPES: Readonly<Record<string, number>> = {
  global: 0,
  universe: 0,
  site: 200,
  link: 253,
  host: 254,
  nowhere: 255,
};

type Words = readonly (string | number | false | undefined)[];

/** The words that are there, in order. */
function words(...parts: Words): string {
  return parts.filter((part) => part !== undefined && part !== false && part !== "").join(" ");
}

/** An option with its name in front, or nothing. */
function named(name: string, given: string | number | undefined): string | undefined {
  return given === undefined ? undefined : `${name} ${given}`;
}

function prefixed(address: string, length: number): string {
  return length === (familyOf(address) === 4 ? 32 : 128) ? address : `${address}/${length}`;
}

/** A line of an address list; `dev` is where an address goes that names no interface. */
export function addressLine(one: VirtualAddress, dev: string | undefined): string {
  const six = familyOf(one.address) === 6;
  const scope = one.scope ?? 0;
  return words(
    // With a peer the prefix is the peer's.
    one.peer === undefined ? prefixed(one.address, one.prefixLength) : one.address,
    named("brd", one.broadcast),
    named("dev", one.dev ?? dev),
    `scope ${SCOPES[scope] ?? scope}`,
    named("label", one.label),
    one.peer !== undefined && `peer ${one.peer.includes("/") ? one.peer : `${one.peer}/${one.prefixLength}`}`,
    one.no_track && "no_track",
    one.home && "home",
    one.nodad && "-nodad",
    one.mngtmpaddr && "mngtmpaddr",
    one.noprefixroute && "noprefixroute",
    one.autojoin && "autojoin",
    six && `preferred_lft ${one.preferred_lft ?? "forever"}`,
  );
}

function via(address: string | undefined): string | undefined {
  return address === undefined ? undefined : `via ${familyOf(address) === 4 ? "inet" : "inet6"} ${address}`;
}

/** Metrics that may be locked, in the order of their text. */
const METRICS = [
  "mtu",
  "window",
  "ssthresh",
  "cwnd",
  "advmss",
  "reordering",
  "hoplimit",
  "initcwnd",
  "initrwnd",
  "quickack",
  "fastopen_no_cookie",
] as const;

function metric(name: (typeof METRICS)[number], given: Route[(typeof METRICS)[number]]): string | undefined {
  return given && words(name, given.lock && "lock", given.value);
}

/** `NAME` or, with the lock behind it as keepalived has it, `NAMElock `. */
function congestionControl(given: Route["congctl"]): string | undefined {
  const name = given?.at(-1);
  return name && `congctl ${name}${given?.length === 2 ? "lock " : ""}`;
}

/** A line of a route list. */
export function routeLine(route: Route): string {
  const hops = (route.nexthop ?? []).map((hop) =>
    words(
      "nexthop",
      via(hop.via),
      named("dev", hop.dev),
      named("weight", hop.weight),
      hop.onlink && "onlink",
      named("realm", hop.realms),
      named("encap", hop.encap?.join(" ")),
    ),
  );
  const table = route.table === undefined ? undefined : (TABLES[route.table] ?? route.table);
  const protocol = route.protocol ?? (route.no_track ? undefined : OWN_PROTOCOL);
  return words(
    route.append ? "append" : "prepend",
    route.type,
    route.to,
    named("from", route.from),
    named("src", route.src),
    named("tos", route.tos),
    named("encap", route.encap?.join(" ")),
    via(route.via),
    named("dev", route.dev),
    named("table", table),
    named("proto", protocol),
    named("scope", route.scope === undefined ? undefined : (ROUTE_SCOPES[route.scope] ?? route.scope)),
    named("metric", route.metric),
    route.expires !== undefined && `expires ${route.expires}sec`,
    route.onlink && "onlink",
    named("realms", route.realms),
    congestionControl(route.congctl),
    named("rtt", route.rtt),
    named("rttvar", route.rttvar),
    named("rto_min", route.rto_min),
    named("features", route.features),
    ...METRICS.map((name) => metric(name, route[name])),
    named("pref", route.pref),
    named("ttl-propagate", route["ttl-propagate"]),
    route.no_track && "no_track",
    ...hops,
  );
}

const TYPES = ["blackhole", "prohibit", "unreachable"] as const;
/** Numbers of protocols that need no file of the host. */
const PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  gre: 47,
  esp: 50,
  ah: 51,
  "ipv6-icmp": 58,
  sctp: 132,
};

function range(name: string, given: Rule["sport"]): string | undefined {
  return given && `${name} ${given.join("-")}`;
}

/** A network; `all` is a network where it is written. */
function network(given: string | undefined): string | undefined {
  return given === "all" ? "0.0.0.0/0" : given;
}

/** A line of a rule list. */
export function ruleLine(rule: Rule, { preferences }: Pick<Scope, "preferences">): string {
  const type = TYPES.find((one) => rule[one] !== undefined);
  const mark = rule.fwmark?.split("/").map((text) => `0x${Number(text).toString(16)}`);
  const protocol = rule.protocol ?? (rule.no_track ? undefined : OWN_PROTOCOL);
  const ipv6 = rule.family === 6 && rule.from === undefined && rule.to === undefined;
  return words(
    ipv6 && "inet6",
    rule.not && "not",
    `from ${network(rule.from) ?? "all"}`,
    named("to", network(rule.to)),
    named("priority", rule.preference ?? preferences.get(rule)),
    `tos 0x${Number(rule.tos ?? 0).toString(16)}`,
    named("fwmark", mark?.join("/")),
    named("iif", rule.iif),
    named("oif", rule.oif),
    named("suppress_prefixlen", rule.suppress_prefixlength),
    named("suppress_ifgroup", rule.suppress_ifgroup),
    range("uidrange", rule.uidrange),
    rule.l3mdev && "l3mdev",
    named("protocol", protocol),
    named("ipproto", rule.ipproto === undefined ? undefined : (PROTOCOLS[rule.ipproto] ?? rule.ipproto)),
    range("sport", rule.sport),
    range("dport", rule.dport),
    named("realms", rule.realms),
    named("lookup", rule.table === undefined ? undefined : (TABLES[rule.table] ?? rule.table)),
    rule.l3mdev && "lookup 0",
    named("goto", rule.goto),
    named("type", type),
    rule.nop && "nop",
    rule.no_track && "no_track",
  );
}
