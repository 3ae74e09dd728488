import { ipToBytes } from "../values/ip.ts";

/** rtnetlink (RFC 3549): what its messages have in common. Each message has a file of its own. */

/** Multicast groups for the socket address, as bits. */
export const RTMGRP_LINK = 0x1;
export const RTMGRP_ADDRESSES = 0x10 | 0x100; // IPv4 and IPv6
export const RTMGRP_ROUTES = 0x40 | 0x400; // IPv4 and IPv6
export const RTMGRP_RULES = 0x80 | (1 << 18); // IPv4, and RTNLGRP_IPV6_RULE (19)

export const AF_INET = 2;
export const AF_INET6 = 10;

/** The bytes of a canonical address. Throws RangeError for a text that is none. */
export function addressBytes(address: string): Uint8Array {
  const bytes = ipToBytes(address);
  if (!bytes) throw new RangeError(`${address} is no IP address`);
  return bytes;
}
