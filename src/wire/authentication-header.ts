import { viewOf } from "./byte-order.ts";
import { Hmac, sameCode } from "./hmac.ts";
import { Md5 } from "./md5.ts";

/**
 * The IP Authentication Header of RFC 2402 as VRRPv2 used it (RFC 2338 §5.3.6) and keepalived does: HMAC-MD5-96
 * (RFC 2403) with the password as key, the sender's address as security parameters index.
 */

/** IP protocol numbers. */
export const IPPROTO_AH = 51;
const IPPROTO_VRRP = 112;

/** Length of the header: 12 bytes and 12 of integrity check value. */
export const AH_LENGTH = 24;
const IPV4_HEADER = 20;
const CODE_AT = 12;
const CODE_LENGTH = 12;

/** What an Authentication Header says. */
export interface AuthenticationHeader {
  readonly nextHeader: number;
  /** Security parameters index. */
  readonly index: number;
  readonly sequence: number;
}

/** Reads the header that `bytes` begin with; undefined when they are too short for it. */
export function readAuthenticationHeader(bytes: Uint8Array): AuthenticationHeader | undefined {
  if (bytes.length < AH_LENGTH) return undefined;
  const view = viewOf(bytes);
  return { nextHeader: view.getUint8(0), index: view.getUint32(4), sequence: view.getUint32(8) };
}

const keyed = new WeakMap<Uint8Array, Hmac>();

function codeOf(key: Uint8Array, pieces: Iterable<Uint8Array>): Uint8Array {
  const known = keyed.get(key);
  const hmac = known ?? new Hmac(() => new Md5(), key);
  if (known === undefined) keyed.set(key, hmac);
  return hmac.code(pieces);
}

/**
 * The integrity check value of an IPv4 packet with an Authentication Header behind `headerLength` bytes. Fields that
 * may change on the way count as zero (RFC 2402 §3.3.3.1): type of service, flags and fragment offset, checksum.
 * keepalived lets the TTL of multicast packets count, which is always 255, and that of unicast packets not.
 */
function integrityCode(
  packet: Uint8Array,
  headerLength: number,
  key: Uint8Array,
  unicast: boolean,
): Uint8Array {
  const immutable = packet.slice(0, headerLength + AH_LENGTH);
  immutable[1] = 0;
  immutable.fill(0, 6, 8);
  if (unicast) immutable[8] = 0;
  immutable.fill(0, 10, 12);
  immutable.fill(0, headerLength + CODE_AT, headerLength + AH_LENGTH);
  return codeOf(key, [immutable, packet.subarray(headerLength + AH_LENGTH)]);
}

/** Whether the packet's integrity check value is that of somebody who has the key. */
export function isAuthentic(packet: Uint8Array, key: Uint8Array, unicast: boolean): boolean {
  const headerLength = ((packet[0] ?? 0) & 0x0f) * 4;
  if (packet.length < headerLength + AH_LENGTH) return false;
  const code = integrityCode(packet, headerLength, key, unicast);
  const from = headerLength + CODE_AT;
  return sameCode(packet.subarray(from, from + CODE_LENGTH), code);
}

/**
 * Fills the Authentication Header that lies between a 20 byte IPv4 header and the VRRP message of `packet`, in place.
 * The identification has to be set, because it counts; here it follows the sequence number and is never 0.
 */
export function sealWithAuthenticationHeader(
  packet: Uint8Array,
  key: Uint8Array,
  sequence: number,
  unicast: boolean,
): void {
  const view = viewOf(packet);
  view.setUint16(4, sequence % 0xffff || 0xffff);
  packet[IPV4_HEADER] = IPPROTO_VRRP;
  packet[IPV4_HEADER + 1] = AH_LENGTH / 4 - 2;
  packet.copyWithin(IPV4_HEADER + 4, 12, 16);
  view.setUint32(IPV4_HEADER + 8, sequence);
  const code = integrityCode(packet, IPV4_HEADER, key, unicast);
  packet.set(code.subarray(0, CODE_LENGTH), IPV4_HEADER + CODE_AT);
}
