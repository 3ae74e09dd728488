/** Numbers of socket types, levels and options (asm-generic/socket.h, linux/in.h, linux/in6.h, linux/netlink.h). */

export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;

export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_ERROR = 4;
export const SO_RCVBUF = 8;
export const SO_PRIORITY = 12;
export const SO_BINDTODEVICE = 25;
export const SO_SNDBUFFORCE = 32;
export const SO_RCVBUFFORCE = 33;
export const SO_MARK = 36;
/** The time of arrival as two 64-bit numbers, seconds and nanoseconds, on every machine. Linux 5.1. */
export const SO_TIMESTAMPNS_NEW = 64;

export const IPPROTO_IP = 0;
export const IP_HDRINCL = 3;
export const IP_RECVERR = 11;
export const IP_BIND_ADDRESS_NO_PORT = 24;
export const IP_MULTICAST_IF = 32;
export const IP_MULTICAST_LOOP = 34;
export const IP_ADD_MEMBERSHIP = 35;
export const IP_MULTICAST_ALL = 49;

export const IPPROTO_IPV6 = 41;
export const IPV6_UNICAST_HOPS = 16;
export const IPV6_MULTICAST_IF = 17;
export const IPV6_MULTICAST_HOPS = 18;
export const IPV6_MULTICAST_LOOP = 19;
export const IPV6_ADD_MEMBERSHIP = 20;
export const IPV6_MULTICAST_ALL = 29;
export const IPV6_RECVERR = 25;
export const IPV6_RECVPKTINFO = 49;
export const IPV6_PKTINFO = 50;
export const IPV6_RECVHOPLIMIT = 51;
export const IPV6_HOPLIMIT = 52;
export const IPV6_TCLASS = 67;

export const SOL_NETLINK = 270;
export const NETLINK_CAP_ACK = 10;
export const NETLINK_GET_STRICT_CHK = 12;

/** An interface name as SO_BINDTODEVICE takes it. */
export function deviceName(name: string): Uint8Array {
  return new Uint8Array([...name].map((letter) => letter.charCodeAt(0)).concat(0));
}
