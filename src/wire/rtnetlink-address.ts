import { bytesToIp, familyOf } from "../values/ip.ts";
import { LITTLE_ENDIAN, viewOf } from "./byte-order.ts";
import { attributeNumber, attributeText, type NetlinkWriter, readAttributes } from "./netlink.ts";
import { AF_INET, AF_INET6, addressBytes } from "./rtnetlink.ts";

/** rtnetlink: addresses (RFC 3549 §3.1.2). */

export const RTM_NEWADDR = 20;
export const RTM_DELADDR = 21;
export const RTM_GETADDR = 22;

const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_LABEL = 3;
const IFA_BROADCAST = 4;
const IFA_CACHEINFO = 6;
const IFA_FLAGS = 8;
const IFA_PROTO = 11;

const IFA_F_NODAD = 0x2;

/** Options of `ip address` that the kernel keeps as bits (IFA_F_*). */
export const ADDRESS_FLAGS = {
  home: 0x10,
  mngtmpaddr: 0x100,
  noprefixroute: 0x200,
  autojoin: 0x400,
} as const;

const OPTION_FLAGS = Object.values(ADDRESS_FLAGS).reduce((all, one) => all | one, 0);

/** A lifetime without end. */
const FOREVER = 0xffff_ffff;

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
  /** Owner, IFA_PROTO; 18 marks ours (keepalived in rt_protos). Kernels before 5.18 do not keep it. */
  readonly protocol?: number;
  /** Bits of ADDRESS_FLAGS; absent for none. */
  readonly flags?: number;
  /** Seconds for which it is chosen as source; 0 for a deprecated address. Absent: forever. */
  readonly preferredLifetime?: number;
  /** IPv6: whether others have it is found out first. Asked for when it is added; not told of. */
  readonly detectDuplicates?: boolean;
}

/** The body of an RTM_GETADDR dump, of both families. */
export function writeAddressDump(writer: NetlinkWriter): void {
  writer.fixed(new Uint8Array(8));
}

/**
 * The body of RTM_NEWADDR and RTM_DELADDR. IPv6 addresses skip duplicate address detection unless they ask for it: a
 * virtual address that moves would fail it against the router it moves from. Throws RangeError for an address that is
 * not canonical.
 */
export function writeAddress(writer: NetlinkWriter, address: AddressMessage): void {
  const family = familyOf(address.address) === 4 ? AF_INET : AF_INET6;
  const fixed = new Uint8Array([family, address.prefixLength, 0, address.scope, 0, 0, 0, 0]);
  viewOf(fixed).setInt32(4, address.ifindex, LITTLE_ENDIAN);
  writer.fixed(fixed);
  writer.attribute(IFA_LOCAL, addressBytes(address.address));
  writer.attribute(IFA_ADDRESS, addressBytes(address.peer ?? address.address));
  if (address.broadcast !== undefined) writer.attribute(IFA_BROADCAST, addressBytes(address.broadcast));
  if (address.label !== undefined) writer.text(IFA_LABEL, address.label);
  const flags = (address.flags ?? 0) | (family === AF_INET6 && !address.detectDuplicates ? IFA_F_NODAD : 0);
  if (flags !== 0) writer.u32(IFA_FLAGS, flags);
  if (address.preferredLifetime !== undefined) {
    writer.attribute(IFA_CACHEINFO, lifetimes(address.preferredLifetime, FOREVER));
  }
  if (address.protocol !== undefined) writer.u8(IFA_PROTO, address.protocol);
}

/** A struct ifa_cacheinfo. */
function lifetimes(preferred: number, valid: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = viewOf(bytes);
  view.setUint32(0, preferred, LITTLE_ENDIAN);
  view.setUint32(4, valid, LITTLE_ENDIAN);
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
  const flags = (attributeNumber(attributes.get(IFA_FLAGS)) ?? 0) & OPTION_FLAGS;
  const cache = attributes.get(IFA_CACHEINFO);
  const preferred = cache && cache.length >= 4 ? viewOf(cache).getUint32(0, LITTLE_ENDIAN) : FOREVER;
  return {
    ifindex: viewOf(payload).getInt32(4, LITTLE_ENDIAN),
    address,
    prefixLength,
    ...(broadcast && { broadcast: bytesToIp(broadcast) }),
    ...(peer !== undefined && peer !== address && { peer }),
    ...(label !== undefined && { label }),
    scope,
    ...(protocol !== undefined && { protocol }),
    ...(flags !== 0 && { flags }),
    ...(preferred !== FOREVER && { preferredLifetime: preferred }),
  };
}
