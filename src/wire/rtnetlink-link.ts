import { LITTLE_ENDIAN, viewOf } from "./byte-order.ts";
import { attributeNumber, attributeText, type NetlinkWriter, readAttributes } from "./netlink.ts";

/** rtnetlink: links (RFC 3549 §3.1.1). */

export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;

const AF_UNSPEC = 0;
const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;
const IFF_RUNNING = 0x40;

const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_LINK = 5;
const IFLA_MASTER = 10;
const IFLA_LINKINFO = 18;
const IFLA_GROUP = 27;
const IFLA_EXT_MASK = 29;
const IFLA_LINK_NETNSID = 37;
const IFLA_INFO_KIND = 1;
const RTEXT_FILTER_SKIP_STATS = 8;

/** A network interface. */
export interface LinkMessage {
  readonly index: number;
  readonly name: string;
  /** IFF_UP and IFF_RUNNING both: the interface can carry traffic. */
  readonly running: boolean;
  /** Hardware address, 6 bytes on Ethernet. */
  readonly mac: Uint8Array;
  readonly mtu: number;
  readonly loopback: boolean;
  /** What it is where the kernel has a word for it: `macvlan`, `ipvlan`, `veth`, `vrf`. */
  readonly kind?: string;
  /** Index of the link below it, in this namespace. */
  readonly base?: number;
  /** Index of the link that it belongs to: a bridge, a bond, a VRF. */
  readonly master?: number;
  /** Link group; 0 is the default. */
  readonly group: number;
}

/** The body of an RTM_GETLINK dump, without the counters of each link. */
export function writeLinkDump(writer: NetlinkWriter): void {
  writer.fixed(new Uint8Array(16));
  writer.u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
}

/** The body of an RTM_GETLINK for one link. */
export function writeGetLink(writer: NetlinkWriter, name: string): void {
  writeLinkDump(writer);
  writer.text(IFLA_IFNAME, name);
}

/** A link; undefined for what is none: a bridge tells of its ports in the same message type, family AF_BRIDGE. */
export function readLink(payload: Uint8Array): LinkMessage | undefined {
  if (payload.length < 16 || payload[0] !== AF_UNSPEC) return undefined;
  const view = viewOf(payload);
  const attributes = readAttributes(payload.subarray(16));
  const name = attributeText(attributes.get(IFLA_IFNAME));
  if (name === undefined) return undefined;
  const flags = view.getUint32(8, LITTLE_ENDIAN);
  const information = attributes.get(IFLA_LINKINFO);
  const kind = information && attributeText(readAttributes(information).get(IFLA_INFO_KIND));
  const base = attributes.has(IFLA_LINK_NETNSID) ? undefined : attributeNumber(attributes.get(IFLA_LINK));
  const master = attributeNumber(attributes.get(IFLA_MASTER));
  return {
    index: view.getInt32(4, LITTLE_ENDIAN),
    name,
    running: (flags & IFF_UP) !== 0 && (flags & IFF_RUNNING) !== 0,
    mac: attributes.get(IFLA_ADDRESS)?.slice() ?? new Uint8Array(),
    mtu: attributeNumber(attributes.get(IFLA_MTU)) ?? 0,
    loopback: (flags & IFF_LOOPBACK) !== 0,
    ...(kind !== undefined && { kind }),
    ...(base !== undefined && { base }),
    ...(master !== undefined && { master }),
    group: attributeNumber(attributes.get(IFLA_GROUP)) ?? 0,
  };
}
