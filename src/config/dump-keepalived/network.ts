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

/** A line of a route list. */
export function routeLine(route: Route): string {
  const hops = (route.nexthop ?? []).map((hop) =>
    words(
      "nexthop",
      via(hop.via),
      named("dev", hop.dev),
      named("weight", hop.weight),
      hop.onlink && "onlink",
    ),
  );
  const table = route.table === undefined ? undefined : (TABLES[route.table] ?? route.table);
  return words(
    route.append ? "append" : "prepend",
    route.type,
    route.to,
    named("from", route.from),
    named("src", route.src),
    via(route.via),
    named("dev", route.dev),
    named("table", table),
    route.no_track === undefined && `proto ${route.protocol ?? OWN_PROTOCOL}`,
    named("scope", route.scope === undefined ? undefined : (ROUTE_SCOPES[route.scope] ?? route.scope)),
    named("metric", route.metric),
    named("mtu", route.mtu && words(route.mtu.lock && "lock", route.mtu.value)),
    route.onlink && "onlink",
    route.no_track && "no_track",
    ...hops,
  );
}

const TYPES = ["blackhole", "prohibit", "unreachable", "nop"] as const;

/** A line of a rule list. */
export function ruleLine(rule: Rule, { preferences }: Pick<Scope, "preferences">): string {
  const type = TYPES.find((one) => rule[one] !== undefined);
  const mark = rule.fwmark?.split("/").map((text) => `0x${Number(text).toString(16)}`);
  return words(
    rule.not && "not",
    `from ${rule.from ?? "all"}`,
    named("to", rule.to),
    named("priority", rule.preference ?? preferences.get(rule)),
    `tos 0x${Number(rule.tos ?? 0).toString(16)}`,
    named("fwmark", mark?.join("/")),
    named("iif", rule.iif),
    named("oif", rule.oif),
    rule.no_track === undefined && `protocol ${rule.protocol ?? OWN_PROTOCOL}`,
    named("lookup", rule.table === undefined ? undefined : (TABLES[rule.table] ?? rule.table)),
    named("goto", rule.goto),
    named("type", type),
    rule.l3mdev && "lookup [l3mdev-table]",
    rule.no_track && "no_track",
  );
}
