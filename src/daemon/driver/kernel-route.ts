import type { Route } from "../../config/config.ts";
import type { Route as KernelRoute } from "../../kernel/ports.ts";
import { network } from "../../kernel/subnet.ts";
import { familyOf, type IpFamily } from "../../values/ip.ts";
import type { RouteMetrics } from "../../wire/rtnetlink-metrics.ts";
import type { NextHop } from "../../wire/rtnetlink-route.ts";
import { encapsulation } from "./encapsulation.ts";
import { VRRP_PROTOCOL } from "./interfaces.ts";
import { type Host, required, Unresolved } from "./unresolved.ts";

const MAIN_TABLE = 254;
const SCOPE_HOST = 254;
/** RTAX_FEATURE_ECN. */
const FEATURE_ECN = 1;
/** RFC 4191 §2.1. */
const PREFERENCES = { low: 3, medium: undefined, high: 1 } as const;

/** A route of the configuration as the kernel keeps it. Throws Unresolved for a name that means nothing here. */
export function kernelRoute(route: Route, host: Host): KernelRoute {
  if (route.vrf !== undefined) throw new Unresolved(`the table of vrf ${route.vrf} has to be named`);
  const { address, prefixLength } = prefixOf(route.to);
  const family = familyOf(address);
  const type = route.type ?? "unicast";
  const metrics = metricsOf(route);
  const preference = route.pref && PREFERENCES[route.pref];
  const propagate = route["ttl-propagate"];
  return {
    family,
    type,
    // The kernel refuses an IPv4 destination with bits behind its prefix.
    destination: network(address, prefixLength),
    prefixLength,
    ...(route.from !== undefined && { from: prefixOf(route.from) }),
    tos: named(host, "rt_dsfield", route.tos) ?? 0,
    table: named(host, "rt_tables", route.table) ?? MAIN_TABLE,
    protocol: named(host, "rt_protos", route.protocol) ?? VRRP_PROTOCOL,
    scope: scopeOf(route, family, host),
    metric: route.metric ?? 0,
    ...(route.src !== undefined && { source: route.src }),
    ...(metrics && { metrics }),
    nexthops: hopsOf(route, host),
    ...(preference !== undefined && { preference }),
    ...(route.expires !== undefined && { expires: route.expires }),
    ...(propagate !== undefined && { ttlPropagate: propagate === "enabled" }),
  };
}

/** As keepalived, everywhere but for what cannot be: the kernel takes local routes on this host only. */
function scopeOf({ scope, type }: Route, family: IpFamily, host: Host): number {
  if (family === 6) return 0;
  return named(host, "rt_scopes", scope) ?? (type === "local" ? SCOPE_HOST : 0);
}

function named(
  { names }: Host,
  kind: Parameters<Host["names"]["number"]>[0],
  text: string | undefined,
): number | undefined {
  return text === undefined ? undefined : required(names.number(kind, text), `'${text}' is in no ${kind}`);
}

function prefixOf(text: string): { address: string; prefixLength: number } {
  const [address = "", length] = text.split("/", 2);
  return { address, prefixLength: length === undefined ? longest(address) : Number(length) };
}

const longest = (address: string) => (familyOf(address) === 4 ? 32 : 128);

function hopsOf(route: Route, host: Host): NextHop[] {
  if (route.nexthop) return route.nexthop.map((hop) => hopOf(hop, host));
  if (route.or !== undefined) {
    return [route.via, route.or].map((via) => hopOf({ ...route, ...(via !== undefined && { via }) }, host));
  }
  const { via, dev, encap } = route;
  return via === undefined && dev === undefined && encap === undefined ? [] : [hopOf(route, host)];
}

type ConfiguredHop = Pick<
  NonNullable<Route["nexthop"]>[number],
  "via" | "dev" | "onlink" | "realms" | "encap"
> & {
  readonly weight?: number;
};

function hopOf({ via, dev, onlink, realms, encap, weight }: ConfiguredHop, host: Host): NextHop {
  const tunnel = encap && required(encapsulation(encap), `encap ${encap.join(" ")} is none that is known`);
  return {
    ifindex: dev === undefined ? 0 : required(host.ifindex(dev), `there is no interface ${dev}`),
    ...(via !== undefined && { gateway: via }),
    ...(onlink && { onlink: true }),
    ...(tunnel && { encap: tunnel }),
    ...(realms !== undefined && { realms: realmsOf(realms, host) }),
    ...(weight !== undefined && weight > 1 && { weight }),
  };
}

/** `FROM/TO`, or only TO. */
export function realmsOf(text: string, host: Host): number {
  const parts = text.split("/").map((name) => named(host, "rt_realms", name) ?? 0);
  const [first = 0, second] = parts;
  return second === undefined ? first : ((first << 16) | second) >>> 0;
}

/** The metrics that are numbers, by the name that each has in the configuration and on the wire. */
const NUMBERS = [
  "mtu",
  "hoplimit",
  "advmss",
  "reordering",
  "window",
  "cwnd",
  "ssthresh",
  "initcwnd",
  "initrwnd",
  "quickack",
] as const;

function metricsOf(route: Route): RouteMetrics | undefined {
  const metrics: { -readonly [K in keyof RouteMetrics]: RouteMetrics[K] } = {};
  const locked: NonNullable<RouteMetrics["locked"]>[number][] = [];
  for (const name of NUMBERS) {
    const metric = route[name];
    if (metric === undefined) continue;
    metrics[name] = metric.value;
    if (metric.lock) locked.push(name);
  }
  const cookie = route.fastopen_no_cookie;
  if (cookie) metrics.fastopenNoCookie = cookie.value;
  if (route.rtt !== undefined) metrics.rtt = ticks(route.rtt, 8);
  if (route.rttvar !== undefined) metrics.rttvar = ticks(route.rttvar, 4);
  if (route.rto_min !== undefined) metrics.rtoMin = ticks(route.rto_min, 1);
  if (route.features !== undefined) metrics.features = FEATURE_ECN;
  const algorithm = route.congctl?.at(-1);
  if (algorithm !== undefined) metrics.congctl = algorithm;
  if (route.congctl?.length === 2) locked.push("congctl");
  if (locked.length > 0) metrics.locked = locked;
  return Object.keys(metrics).length === 0 ? undefined : metrics;
}

/** Shortest time that keepalived sets, in milliseconds. */
const SHORTEST = 200;

/** A time in parts of a millisecond: without unit it counts in them already, as in `ip route`. */
function ticks(text: string, perMillisecond: number): number {
  const [, number = "0", unit] = /^([\d.]+)(s|ms)?$/.exec(text) ?? [];
  const factor = unit === "s" ? 1000 * perMillisecond : unit === "ms" ? perMillisecond : 1;
  return Math.max(Math.round(Number(number) * factor), SHORTEST * perMillisecond);
}
