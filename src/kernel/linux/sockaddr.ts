import { familyOf, ipToBytes } from "../../values/ip.ts";
import { LITTLE_ENDIAN, viewOf } from "../../wire/byte-order.ts";

/** Socket addresses as the kernel has them: family in host order first. */

export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_NETLINK = 16;
export const AF_PACKET = 17;

export const familyNumber = (address: string): number => (familyOf(address) === 4 ? AF_INET : AF_INET6);

/** sockaddr_in or sockaddr_in6. `scope`: the interface index of a link-local address. Throws RangeError. */
export function inetAddress(address: string, port: number, scope = 0): Uint8Array {
  const ip = ipToBytes(address);
  if (!ip) throw new RangeError(`${address} is no IP address`);
  const bytes = new Uint8Array(ip.length === 4 ? 16 : 28);
  const view = viewOf(bytes);
  view.setUint16(0, ip.length === 4 ? AF_INET : AF_INET6, LITTLE_ENDIAN);
  view.setUint16(2, port, false);
  bytes.set(ip, ip.length === 4 ? 4 : 8);
  if (ip.length === 16) view.setUint32(24, scope, LITTLE_ENDIAN);
  return bytes;
}

/** sockaddr_nl: the kernel chooses our port; `groups` as bits. */
export function netlinkAddress(groups: number): Uint8Array {
  const bytes = new Uint8Array(12);
  viewOf(bytes).setUint16(0, AF_NETLINK, LITTLE_ENDIAN);
  viewOf(bytes).setUint32(8, groups, LITTLE_ENDIAN);
  return bytes;
}

/** sockaddr_ll for sending complete frames out of an interface. */
export function packetAddress(ifindex: number): Uint8Array {
  const bytes = new Uint8Array(20);
  viewOf(bytes).setUint16(0, AF_PACKET, LITTLE_ENDIAN);
  viewOf(bytes).setInt32(4, ifindex, LITTLE_ENDIAN);
  return bytes;
}
