import { AH_LENGTH, IPPROTO_AH, sealWithAuthenticationHeader } from "./authentication-header.ts";
import { IPV4_HEADER, ipv4Packet } from "./ipv4.ts";
import { encodeAdvert, renewChecksum6, type VrrpAdvert } from "./vrrp.ts";
import { sign, TRAILER_LENGTH, type TrailerSequence } from "./vrrp-trailer.ts";

/** IP protocol number of VRRP. */
export const IPPROTO_VRRP = 112;

/** What makes an advert authentic beyond its own fields; different in every advert. Keys are compared by identity. */
export type AdvertSeal =
  | { readonly type: "ah"; readonly key: Uint8Array; readonly sequence: number }
  | {
      readonly type: "trailer";
      readonly keyId: number;
      /** Undefined: the code stays zero, which nobody accepts. */
      readonly key: Uint8Array | undefined;
      readonly sequence: TrailerSequence;
    };

/** Where an advert goes. */
export interface PacketPath {
  readonly source: string;
  readonly destination: string;
  /** TTL; with IPv6 the socket has it. */
  readonly hops: number;
}

/** Whether an address is one that a group of hosts listens to. */
export function isMulticast(address: string): boolean {
  return address.includes(":") ? address.startsWith("ff") : /^2(2[4-9]|3\d)\./.test(address);
}

/**
 * An advert as a raw socket takes it: with IPv4 from the IP header on, with IPv6 from the VRRP header on. What a seal
 * of this type needs has its place; `sealPacket` fills it. Throws RangeError as encodeAdvert does.
 */
export function buildPacket(
  advert: VrrpAdvert,
  { source, destination, hops }: PacketPath,
  seal?: AdvertSeal["type"],
): Uint8Array {
  const message = encodeAdvert(advert, source, destination);
  const behind = seal === "trailer" ? TRAILER_LENGTH : 0;
  if (destination.includes(":")) {
    const bytes = new Uint8Array(message.length + behind);
    bytes.set(message);
    return bytes;
  }
  const before = seal === "ah" ? AH_LENGTH : 0;
  const protocol = seal === "ah" ? IPPROTO_AH : IPPROTO_VRRP;
  const packet = ipv4Packet({ source, destination, ttl: hops, protocol }, before + message.length + behind);
  packet.set(message, IPV4_HEADER + before);
  return packet;
}

/** Makes a built packet authentic, in place; as often as it is sent. */
export function sealPacket(
  packet: Uint8Array,
  advert: VrrpAdvert,
  { source, destination }: PacketPath,
  seal: AdvertSeal,
): void {
  if (seal.type === "ah") {
    sealWithAuthenticationHeader(packet, seal.key, seal.sequence, !isMulticast(destination));
    return;
  }
  const ipv6 = destination.includes(":");
  const message = ipv6 ? packet : packet.subarray(IPV4_HEADER);
  const { version, virtualRouterId } = advert;
  const binding = { family: ipv6 ? 6 : 4, version, virtualRouterId, source } as const;
  sign(message, seal.keyId, seal.key, seal.sequence, binding);
  if (ipv6) renewChecksum6(message, source, destination);
}
