/** Ethernet II frames: destination, source, type, payload. */

export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_IPV6 = 0x86dd;
export const ETHERNET_BROADCAST: Uint8Array = new Uint8Array(6).fill(0xff);

const HEADER = 14;

export interface EthernetFrame {
  readonly destination: Uint8Array;
  readonly source: Uint8Array;
  /** EtherType. */
  readonly type: number;
  /** May carry padding after what its own lengths say. */
  readonly payload: Uint8Array;
}

export function encodeEthernet(frame: EthernetFrame): Uint8Array {
  const bytes = new Uint8Array(HEADER + frame.payload.length);
  bytes.set(frame.destination, 0);
  bytes.set(frame.source, 6);
  bytes[12] = frame.type >> 8;
  bytes[13] = frame.type & 0xff;
  bytes.set(frame.payload, HEADER);
  return bytes;
}

/** Undefined when shorter than a header. Fields point into `bytes`. */
export function decodeEthernet(bytes: Uint8Array): EthernetFrame | undefined {
  if (bytes.length < HEADER) return undefined;
  return {
    destination: bytes.subarray(0, 6),
    source: bytes.subarray(6, 12),
    type: ((bytes[12] ?? 0) << 8) | (bytes[13] ?? 0),
    payload: bytes.subarray(HEADER),
  };
}

/** "02:00:00:00:00:01". */
export function formatMac(mac: Uint8Array): string {
  return Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}
