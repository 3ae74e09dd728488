import { bytesToIp, ipToBytes } from "../values/ip.ts";
import { decodeEthernet, ETHERNET_BROADCAST, ETHERTYPE_ARP, encodeEthernet } from "./ethernet.ts";

/** ARP for IPv4 over Ethernet (RFC 826). */

const REQUEST = 1;

const LENGTH = 28;
/** Hardware type Ethernet, protocol type IPv4, lengths 6 and 4. */
const PREFIX = new Uint8Array([0, 1, 0x08, 0x00, 6, 4]);

export interface ArpPacket {
  /** 1 request, 2 reply. */
  readonly operation: number;
  readonly senderMac: Uint8Array;
  readonly senderAddress: string;
  readonly targetMac: Uint8Array;
  readonly targetAddress: string;
}

/** Throws RangeError when an address is not IPv4. */
export function encodeArp(packet: ArpPacket): Uint8Array {
  const bytes = new Uint8Array(LENGTH);
  bytes.set(PREFIX);
  bytes[7] = packet.operation;
  bytes.set(packet.senderMac, 8);
  bytes.set(ipv4(packet.senderAddress), 14);
  bytes.set(packet.targetMac, 18);
  bytes.set(ipv4(packet.targetAddress), 24);
  return bytes;
}

function ipv4(address: string): Uint8Array {
  const bytes = ipToBytes(address);
  if (bytes?.length !== 4) throw new RangeError(`ARP carries IPv4 addresses, not ${address}`);
  return bytes;
}

/** The packet of an ARP payload (padding ignored), or undefined when it is not IPv4 over Ethernet. */
export function decodeArp(bytes: Uint8Array): ArpPacket | undefined {
  if (bytes.length < LENGTH || PREFIX.some((byte, index) => bytes[index] !== byte)) return undefined;
  return {
    operation: ((bytes[6] ?? 0) << 8) | (bytes[7] ?? 0),
    senderMac: bytes.subarray(8, 14),
    senderAddress: bytesToIp(bytes.subarray(14, 18)),
    targetMac: bytes.subarray(18, 24),
    targetAddress: bytesToIp(bytes.subarray(24, 28)),
  };
}

/**
 * A complete frame that tells the segment who has an address (RFC 5227 §3, RFC 9568 §6.4.1): a broadcast request in
 * which sender and target address are the same.
 */
export function gratuitousArp(mac: Uint8Array, address: string): Uint8Array {
  const payload = encodeArp({
    operation: REQUEST,
    senderMac: mac,
    senderAddress: address,
    targetMac: ETHERNET_BROADCAST,
    targetAddress: address,
  });
  return encodeEthernet({ destination: ETHERNET_BROADCAST, source: mac, type: ETHERTYPE_ARP, payload });
}

/** The ARP packet of a frame, or undefined when it carries something else. */
export function arpOfFrame(frame: Uint8Array): ArpPacket | undefined {
  const ethernet = decodeEthernet(frame);
  return ethernet?.type === ETHERTYPE_ARP ? decodeArp(ethernet.payload) : undefined;
}
