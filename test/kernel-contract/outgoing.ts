import type { OutgoingPacket } from "../../src/kernel/ports.ts";
import { IPV4_HEADER, ipv4Packet } from "../../src/wire/ipv4.ts";

/** An IPv4 packet for a raw socket, with this payload. */
export function packetTo(
  destination: string,
  payload: readonly number[],
  more: { source?: string; protocol?: number; ttl?: number } = {},
): OutgoingPacket {
  const header = { source: "192.0.2.2", destination, ttl: 255, protocol: 112, ...more };
  const data = ipv4Packet(header, payload.length);
  data.set(payload, IPV4_HEADER);
  return { data, destination };
}
