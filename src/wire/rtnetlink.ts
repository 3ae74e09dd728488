import { bytesToIp, familyOf, ipToBytes } from "../values/ip.ts";
import { LITTLE_ENDIAN, viewOf } from "./byte-order.ts";
import { attributeNumber, attributeText, type NetlinkWriter, readAttributes } from "./netlink.ts";

/** rtnetlink: links (RFC 3549 §3.1.1) and addresses (§3.1.2). */

export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;
export const RTM_NEWADDR = 20;
export const RTM_DELADDR = 21;
export const RTM_GETADDR = 22;

/** Multicast groups for the socket address, as bits. */
export const RTMGRP_LINK = 0x1;
export const RTMGRP_ADDRESSES = 0x10 | 0x100; // IPv4 and IPv6

export const AF_INET = 2;
export const AF_INET6 = 10;

const AF_UNSPEC = 0;
const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;
const IFF_RUNNING = 0x40;

const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_EXT_MASK = 29;
const RTEXT_FILTER_SKIP_STATS = 8;

const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_LABEL = 3;
const IFA_BROADCAST = 4;
const IFA_FLAGS = 8;
const IFA_PROTO = 11;
const IFA_F_NODAD = 0x2;

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
}

/** An address of an interface. `address` is the local one; `peer` the other end's, of a point-to-point address. */
export interface AddressMessage {
  readonly ifindex: number;
  /** Canonical text. */
  readonly address: string;
  readonly prefixLength: number;
  readonly broadcast?: string;
  readonly peer?: string;
  readonly label?: string;
  /** RT_SCOPE_*: 0 global (universe), 253 link, 254 host, 255 nowhere. */
  readonly scope: number;
  /** Owner, IFA_PROTO; 18 marks ours (keepalived in rt_protos). */
  readonly protocol?: number;
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
  return {
    index: view.getInt32(4, LITTLE_ENDIAN),
    name,
    running: (flags & IFF_UP) !== 0 && (flags & IFF_RUNNING) !== 0,
    mac: attributes.get(IFLA_ADDRESS)?.slice() ?? new Uint8Array(),
    mtu: attributeNumber(attributes.get(IFLA_MTU)) ?? 0,
    loopback: (flags & IFF_LOOPBACK) !== 0,
  };
}

/** The body of an RTM_GETADDR dump, of both families. */
export function writeAddressDump(writer: NetlinkWriter): void {
  writer.fixed(new Uint8Array(8));
}

/**
 * The body of RTM_NEWADDR and RTM_DELADDR. IPv6 addresses skip duplicate address detection: a virtual address that
 * moves would fail it against the router it moves from. Throws RangeError for an address that is not canonical.
 */
export function writeAddress(writer: NetlinkWriter, address: AddressMessage): void {
  const family = familyOf(address.address) === 4 ? AF_INET : AF_INET6;
  const fixed = new Uint8Array([family, address.prefixLength, 0, address.scope, 0, 0, 0, 0]);
  viewOf(fixed).setInt32(4, address.ifindex, LITTLE_ENDIAN);
  writer.fixed(fixed);
  writer.attribute(IFA_LOCAL, required(address.address));
  writer.attribute(IFA_ADDRESS, required(address.peer ?? address.address));
  if (address.broadcast !== undefined) writer.attribute(IFA_BROADCAST, required(address.broadcast));
  if (address.label !== undefined) writer.text(IFA_LABEL, address.label);
  if (family === AF_INET6) writer.u32(IFA_FLAGS, IFA_F_NODAD);
  if (address.protocol !== undefined) writer.u8(IFA_PROTO, address.protocol);
}

function required(address: string): Uint8Array {
  const bytes = ipToBytes(address);
  if (!bytes) throw new RangeError(`${address} is no IP address`);
  return bytes;
}

/** An address; undefined for other families. */
export function readAddress(payload: Uint8Array): AddressMessage | undefined {
  const [family, prefixLength = 0, , scope = 0] = payload;
  if (payload.length < 8 || (family !== AF_INET && family !== AF_INET6)) return undefined;
  const attributes = readAttributes(payload.subarray(8));
  const prefix = attributes.get(IFA_ADDRESS);
  const local = attributes.get(IFA_LOCAL) ?? prefix;
  if (!local) return undefined;
  const address = bytesToIp(local);
  const peer = prefix && bytesToIp(prefix);
  const broadcast = attributes.get(IFA_BROADCAST);
  const label = attributeText(attributes.get(IFA_LABEL));
  const protocol = attributeNumber(attributes.get(IFA_PROTO));
  return {
    ifindex: viewOf(payload).getInt32(4, LITTLE_ENDIAN),
    address,
    prefixLength,
    ...(broadcast && { broadcast: bytesToIp(broadcast) }),
    ...(peer !== undefined && peer !== address && { peer }),
    ...(label !== undefined && { label }),
    scope,
    ...(protocol !== undefined && { protocol }),
  };
}
