import { bytesToIp } from "../values/ip.ts";

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
