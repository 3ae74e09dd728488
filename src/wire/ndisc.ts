import { ipToBytes } from "../values/ip.ts";
import { addWords, foldChecksum } from "./checksum.ts";
import { ETHERTYPE_IPV6, encodeEthernet } from "./ethernet.ts";

/** Neighbour Discovery for IPv6 over Ethernet (RFC 4861). */

const ICMPV6 = 58;
const NEIGHBOUR_ADVERTISEMENT = 136;
const TARGET_LINK_LAYER_ADDRESS = 2;
const ROUTER = 0x80;
const OVERRIDE = 0x20;
/** RFC 4861 §7.1.2: a packet with another hop limit may come from beyond the link, and is dropped. */
const HOP_LIMIT = 255;

const IPV6_HEADER = 40;
const PAYLOAD = 32;
const ICMP = IPV6_HEADER;
const TARGET = ICMP + 8;
const OPTION = TARGET + 16;
/** ff02::1, and the Ethernet address that it maps to (RFC 2464 §7). */
const ALL_NODES = ipToBytes("ff02::1") ?? new Uint8Array(16);
const ALL_NODES_MAC = new Uint8Array([0x33, 0x33, 0, 0, 0, 1]);

/**
 * A complete frame with an unsolicited neighbour advertisement (RFC 4861 §7.2.6, RFC 9568 §6.4.1): from the address
 * itself to all nodes, with the Override flag. `router`: the sender forwards packets. Throws RangeError when the
 * address is not IPv6 or the MAC not Ethernet's.
 */
export function unsolicitedNeighbourAdvert(mac: Uint8Array, address: string, router: boolean): Uint8Array {
  const target = ipToBytes(address);
  if (target?.length !== 16) throw new RangeError(`neighbour advertisements are for IPv6, not ${address}`);
  if (mac.length !== 6) throw new RangeError(`an Ethernet address has 6 bytes, not ${mac.length}`);
  const packet = new Uint8Array(IPV6_HEADER + PAYLOAD);
  packet[0] = 0x60;
  packet[5] = PAYLOAD;
  packet[6] = ICMPV6;
  packet[7] = HOP_LIMIT;
  packet.set(target, 8);
  packet.set(ALL_NODES, 24);
  packet[ICMP] = NEIGHBOUR_ADVERTISEMENT;
  packet[ICMP + 4] = OVERRIDE | (router ? ROUTER : 0);
  packet.set(target, TARGET);
  packet[OPTION] = TARGET_LINK_LAYER_ADDRESS;
  packet[OPTION + 1] = 1; // in units of 8 bytes
  packet.set(mac, OPTION + 2);
  const checksum = foldChecksum(pseudoHeader(packet) + addWords(0, packet, ICMP));
  packet[ICMP + 2] = checksum >> 8;
  packet[ICMP + 3] = checksum & 0xff;
  return encodeEthernet({ destination: ALL_NODES_MAC, source: mac, type: ETHERTYPE_IPV6, payload: packet });
}

/** The sum of the pseudo-header (RFC 8200 §8.1): both addresses, length and protocol. */
function pseudoHeader(packet: Uint8Array): number {
  return addWords(PAYLOAD + ICMPV6, packet, 8, IPV6_HEADER);
}
