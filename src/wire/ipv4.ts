import { bytesToIp, ipToBytes } from "../values/ip.ts";

/** What a raw IPv4 socket delivers, its header read (RFC 791 §3.1). */
export interface Ipv4Packet {
  /** Canonical addresses. */
  readonly source: string;
  readonly destination: string;
  readonly ttl: number;
  readonly protocol: number;
  /** View of what follows the header, as long as the header says. */
  readonly payload: Uint8Array;
}

/** Reads the header of an IPv4 packet; undefined when it is none or is cut short. Options are skipped. */
export function decodeIpv4Packet(packet: Uint8Array): Ipv4Packet | undefined {
  const [first = 0, , lengthHigh = 0, lengthLow = 0] = packet;
  const headerLength = (first & 0x0f) * 4;
  const totalLength = (lengthHigh << 8) | lengthLow;
  if (packet.length < 20 || first >> 4 !== 4 || headerLength < 20) return undefined;
  if (totalLength < headerLength || totalLength > packet.length) return undefined;
  return {
    source: bytesToIp(packet.subarray(12, 16)),
    destination: bytesToIp(packet.subarray(16, 20)),
    ttl: packet[8] ?? 0,
    protocol: packet[9] ?? 0,
    payload: packet.subarray(headerLength, totalLength),
  };
}

/** What goes into the header of a packet that a raw socket with IP_HDRINCL sends. */
export interface Ipv4Header {
  readonly source: string;
  readonly destination: string;
  readonly ttl: number;
  readonly protocol: number;
}

/** Length of a header without options. */
export const IPV4_HEADER = 20;
/** Precedence "internetwork control" (RFC 791 §3.1), as routing protocols send. */
const INTERNETWORK_CONTROL = 0xc0;

/**
 * A packet with room for `length` bytes of payload behind its header. Identification and header checksum stay 0: the
 * kernel sets them, the identification only where it is 0. Throws RangeError for an address that is none of IPv4.
 */
export function ipv4Packet({ source, destination, ttl, protocol }: Ipv4Header, length: number): Uint8Array {
  const packet = new Uint8Array(IPV4_HEADER + length);
  packet[0] = 0x45;
  packet[1] = INTERNETWORK_CONTROL;
  packet[2] = packet.length >> 8;
  packet[3] = packet.length & 0xff;
  packet[8] = ttl;
  packet[9] = protocol;
  for (const [at, address] of [
    [12, source],
    [16, destination],
  ] as const) {
    const bytes = ipToBytes(address);
    if (bytes?.length !== 4) throw new RangeError(`${address} is no IPv4 address`);
    packet.set(bytes, at);
  }
  return packet;
}
