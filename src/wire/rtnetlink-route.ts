import { bytesToIp, familyOf, type IpFamily } from "../values/ip.ts";
import { LITTLE_ENDIAN, viewOf } from "./byte-order.ts";
import { attributeNumber, type NetlinkWriter, readAttributes } from "./netlink.ts";
import { AF_INET, AF_INET6, addressBytes } from "./rtnetlink.ts";
import { type Encapsulation, encapType, readEncap, writeEncap } from "./rtnetlink-encap.ts";
import { type RouteMetrics, readMetrics, writeMetrics } from "./rtnetlink-metrics.ts";

/** rtnetlink: routes (RFC 3549 §3.1.3 and later kernels). */

export const RTM_NEWROUTE = 24;
export const RTM_DELROUTE = 25;
export const RTM_GETROUTE = 26;

/** RTN_*: what is done with a packet. The index is the number. */
const ROUTE_TYPES = [
  "unspec",
  "unicast",
  "local",
  "broadcast",
  "anycast",
  "multicast",
  "blackhole",
  "unreachable",
  "prohibit",
  "throw",
  "nat",
  "xresolve",
] as const;

type RouteType = (typeof ROUTE_TYPES)[number];

const RTA_DST = 1;
const RTA_SRC = 2;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_PRIORITY = 6;
const RTA_PREFSRC = 7;
const RTA_METRICS = 8;
const RTA_MULTIPATH = 9;
const RTA_FLOW = 11;
const RTA_CACHEINFO = 12;
const RTA_TABLE = 15;
const RTA_VIA = 18;
const RTA_PREF = 20;
const RTA_ENCAP_TYPE = 21;
const RTA_ENCAP = 22;
const RTA_EXPIRES = 23;
const RTA_TTL_PROPAGATE = 26;

const RTNH_F_ONLINK = 4;
/** An entry of the routing cache: no route. */
const RTM_F_CLONED = 0x200;
/** rtm_table is one byte; greater tables are in RTA_TABLE only. */
const RT_TABLE_UNSPEC = 0;
const HEADER = 12;
const HOP_HEADER = 8;
/** ICMPv6 router preference (RFC 4191 §2.1): medium is what the kernel says when nothing was. */
const PREF_MEDIUM = 0;
/** USER_HZ: of rta_cacheinfo. */
const CLOCK_TICKS = 100;

/** Where a route leads. */
export interface NextHop {
  /** 0 when the kernel is to find it by the gateway. */
  readonly ifindex: number;
  /** Canonical; of the other family for IPv4 through IPv6. */
  readonly gateway?: string;
  readonly onlink?: boolean;
  readonly encap?: Encapsulation;
  /** Source realm in the upper, destination realm in the lower 16 bits. */
  readonly realms?: number;
  /** Share among several, 1 to 256; 1 when absent. */
  readonly weight?: number;
}

/** A route. */
export interface RouteMessage {
  readonly family: IpFamily;
  readonly type: RouteType;
  /** Canonical, without bits behind the prefix. */
  readonly destination: string;
  readonly prefixLength: number;
  /** IPv6: where packets must come from. */
  readonly from?: { readonly address: string; readonly prefixLength: number };
  readonly tos: number;
  readonly table: number;
  /** RTPROT_*; 18 marks ours. */
  readonly protocol: number;
  /** RT_SCOPE_*. */
  readonly scope: number;
  /** RTA_PRIORITY; 0 when the kernel is to choose: 0 for IPv4, 1024 for IPv6. */
  readonly metric: number;
  /** Source address of what this machine sends. */
  readonly source?: string;
  readonly metrics?: RouteMetrics;
  /** One, several, or none: of routes that lead nowhere. */
  readonly nexthops: readonly NextHop[];
  /** RFC 4191: 1 high, 3 low; absent for medium. */
  readonly preference?: number;
  /** Seconds that are left. */
  readonly expires?: number;
  readonly ttlPropagate?: boolean;
}

/**
 * The body of an RTM_GETROUTE dump of one family, all tables. Kernels send only the routes of `protocol` where it is
 * given and the socket has NETLINK_GET_STRICT_CHK; others all.
 */
export function writeRouteDump(writer: NetlinkWriter, family: IpFamily, protocol = 0): void {
  const fixed = new Uint8Array(HEADER);
  fixed[0] = family === 4 ? AF_INET : AF_INET6;
  fixed[5] = protocol;
  writer.fixed(fixed);
}

/** The body of RTM_NEWROUTE and RTM_DELROUTE. Throws RangeError for an address that is not canonical. */
export function writeRoute(writer: NetlinkWriter, route: RouteMessage): void {
  const [only, ...more] = route.nexthops;
  const several = more.length > 0;
  const fixed = new Uint8Array(HEADER);
  fixed.set([
    route.family === 4 ? AF_INET : AF_INET6,
    route.prefixLength,
    route.from?.prefixLength ?? 0,
    route.tos,
    route.table < 256 ? route.table : RT_TABLE_UNSPEC,
    route.protocol,
    route.scope,
    ROUTE_TYPES.indexOf(route.type),
  ]);
  if (only?.onlink && !several) viewOf(fixed).setUint32(8, RTNH_F_ONLINK, LITTLE_ENDIAN);
  writer.fixed(fixed);
  writer.u32(RTA_TABLE, route.table);
  if (route.prefixLength > 0) writer.attribute(RTA_DST, addressBytes(route.destination));
  if (route.from) writer.attribute(RTA_SRC, addressBytes(route.from.address));
  if (route.metric !== 0) writer.u32(RTA_PRIORITY, route.metric);
  if (route.source !== undefined) writer.attribute(RTA_PREFSRC, addressBytes(route.source));
  const { metrics } = route;
  if (metrics) writer.nested(RTA_METRICS, () => writeMetrics(writer, metrics));
  if (route.preference !== undefined) writer.u8(RTA_PREF, route.preference);
  if (route.expires !== undefined) writer.u32(RTA_EXPIRES, route.expires);
  if (route.ttlPropagate !== undefined) writer.u8(RTA_TTL_PROPAGATE, route.ttlPropagate ? 1 : 0);
  if (several) writer.nested(RTA_MULTIPATH, () => writeHops(writer, route));
  else if (only) {
    if (only.ifindex !== 0) writer.u32(RTA_OIF, only.ifindex);
    writeHop(writer, only, route.family);
  }
}

function writeHops(writer: NetlinkWriter, { nexthops, family }: RouteMessage): void {
  for (const hop of nexthops) {
    const flags = hop.onlink ? RTNH_F_ONLINK : 0;
    writer.structure(
      HOP_HEADER,
      (view, length) => {
        view.setUint16(0, length, LITTLE_ENDIAN);
        view.setUint8(2, flags);
        view.setUint8(3, (hop.weight ?? 1) - 1);
        view.setInt32(4, hop.ifindex, LITTLE_ENDIAN);
      },
      () => writeHop(writer, hop, family),
    );
  }
}

/** What a next hop has in attributes, alone or among several. */
function writeHop(writer: NetlinkWriter, { gateway, encap, realms }: NextHop, family: IpFamily): void {
  if (gateway !== undefined) {
    const bytes = addressBytes(gateway);
    if (familyOf(gateway) === family) writer.attribute(RTA_GATEWAY, bytes);
    else writer.attribute(RTA_VIA, viaBytes(gateway, bytes));
  }
  if (realms !== undefined) writer.u32(RTA_FLOW, realms);
  if (!encap) return;
  writer.u16(RTA_ENCAP_TYPE, encapType(encap));
  writer.nested(RTA_ENCAP, () => writeEncap(writer, encap));
}

/** A struct rtvia: the family, and the address. */
function viaBytes(gateway: string, address: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + address.length);
  viewOf(bytes).setUint16(0, familyOf(gateway) === 4 ? AF_INET : AF_INET6, LITTLE_ENDIAN);
  bytes.set(address, 2);
  return bytes;
}

/** A route; undefined for other families, and for what is in the cache only. */
export function readRoute(payload: Uint8Array): RouteMessage | undefined {
  const [family, prefixLength = 0, sourceLength = 0, tos = 0, table = 0, protocol = 0, scope = 0, type = 0] =
    payload;
  if (payload.length < HEADER || (family !== AF_INET && family !== AF_INET6)) return undefined;
  const flags = viewOf(payload).getUint32(8, LITTLE_ENDIAN);
  if ((flags & RTM_F_CLONED) !== 0) return undefined;
  const attributes = readAttributes(payload.subarray(HEADER));
  const ipFamily = family === AF_INET ? 4 : 6;
  const any = ipFamily === 4 ? "0.0.0.0" : "::";
  const addressAt = (at: number) => {
    const bytes = attributes.get(at);
    return bytes?.length === (ipFamily === 4 ? 4 : 16) ? bytesToIp(bytes) : undefined;
  };
  const source = addressAt(RTA_PREFSRC);
  const metrics = readMetrics(attributes.get(RTA_METRICS));
  const preference = attributeNumber(attributes.get(RTA_PREF)) ?? PREF_MEDIUM;
  const expires = readExpiry(attributes);
  const propagate = attributeNumber(attributes.get(RTA_TTL_PROPAGATE));
  return {
    family: ipFamily,
    type: ROUTE_TYPES[type] ?? "unspec",
    destination: addressAt(RTA_DST) ?? any,
    prefixLength,
    ...(sourceLength > 0 && { from: { address: addressAt(RTA_SRC) ?? any, prefixLength: sourceLength } }),
    tos,
    table: attributeNumber(attributes.get(RTA_TABLE)) ?? table,
    protocol,
    scope,
    metric: attributeNumber(attributes.get(RTA_PRIORITY)) ?? 0,
    ...(source !== undefined && { source }),
    ...(metrics && { metrics }),
    nexthops: readHops(attributes, flags, ipFamily),
    ...(preference !== PREF_MEDIUM && { preference }),
    ...(expires !== undefined && { expires }),
    ...(propagate !== undefined && { ttlPropagate: propagate === 1 }),
  };
}

type Attributes = ReadonlyMap<number, Uint8Array>;

/** rta_cacheinfo has what is left, in ticks. */
function readExpiry(attributes: Attributes): number | undefined {
  const cache = attributes.get(RTA_CACHEINFO);
  const ticks = cache && cache.length >= 12 ? viewOf(cache).getInt32(8, LITTLE_ENDIAN) : 0;
  return ticks === 0 ? undefined : Math.round(ticks / CLOCK_TICKS);
}

function readHops(attributes: Attributes, flags: number, family: IpFamily): NextHop[] {
  const several = attributes.get(RTA_MULTIPATH);
  if (several) return readMultipath(several, family);
  const ifindex = attributeNumber(attributes.get(RTA_OIF)) ?? 0;
  const hop = readHop(attributes, ifindex, flags, family);
  return hop.ifindex === 0 && hop.gateway === undefined ? [] : [hop];
}

/** struct rtnexthop, one behind the other, each with attributes of its own. */
function readMultipath(bytes: Uint8Array, family: IpFamily): NextHop[] {
  const hops: NextHop[] = [];
  const view = viewOf(bytes);
  for (let offset = 0; offset + HOP_HEADER <= bytes.length; ) {
    const length = view.getUint16(offset, LITTLE_ENDIAN);
    if (length < HOP_HEADER || offset + length > bytes.length) break;
    const attributes = readAttributes(bytes.subarray(offset + HOP_HEADER, offset + length));
    const ifindex = view.getInt32(offset + 4, LITTLE_ENDIAN);
    const weight = view.getUint8(offset + 3) + 1;
    const hop = readHop(attributes, ifindex, view.getUint8(offset + 2), family);
    hops.push(weight === 1 ? hop : { ...hop, weight });
    offset += (length + 3) & ~3;
  }
  return hops;
}

function readHop(attributes: Attributes, ifindex: number, flags: number, family: IpFamily): NextHop {
  const own = attributes.get(RTA_GATEWAY);
  const other = attributes.get(RTA_VIA)?.subarray(2);
  const bytes = own?.length === (family === 4 ? 4 : 16) ? own : other;
  const encap = readEncap(attributeNumber(attributes.get(RTA_ENCAP_TYPE)), attributes.get(RTA_ENCAP));
  const realms = attributeNumber(attributes.get(RTA_FLOW));
  return {
    ifindex,
    ...((bytes?.length === 4 || bytes?.length === 16) && { gateway: bytesToIp(bytes) }),
    ...((flags & RTNH_F_ONLINK) !== 0 && { onlink: true }),
    ...(encap && { encap }),
    ...(realms !== undefined && { realms }),
  };
}
