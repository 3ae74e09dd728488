import { bytesToIp, ipToBytes } from "../values/ip.ts";
import { addWords, foldChecksum } from "./checksum.ts";
import { TRAILER_LENGTH } from "./vrrp-trailer.ts";

/** A VRRP advertisement as data (RFC 9568 §5.2 for version 3, RFC 3768 §5.3 for version 2). */
export interface VrrpAdvert {
  readonly version: 2 | 3;
  readonly virtualRouterId: number;
  /** 0 when the master resigns. */
  readonly priority: number;
  /** Advertisement interval in microseconds; version 2 carries whole seconds, version 3 centiseconds. */
  readonly interval: number;
  /** Addresses in packet order, canonical. */
  readonly addresses: readonly string[];
  /** Version 2 only: 0 none, 1 simple password, 2 AH. */
  readonly authType?: number;
  /** Version 2 simple password, up to 8 bytes, one character a byte (see simplePassword). */
  readonly password?: string;
  /** How the checksum of version 3 over IPv4 counts the pseudo-header when it is sent; "packet" when absent. */
  readonly checksum?: ChecksumRule;
}

/**
 * What the checksum of version 3 over IPv4 covers besides the message: the pseudo-header of the packet (keepalived,
 * and what RFC 5798 was mostly taken to say), nothing (RFC 9568 §5.2.8), or a pseudo-header with another destination
 * (keepalived up to 1.3.6 had the multicast group there, in unicast packets, too).
 */
export type ChecksumRule = "packet" | "message" | { readonly destination: string };

/** Why a received VRRP message is no advert. Each is a counter of the virtual router (RFC 8347, RFC 2787). */
export type AdvertErrorKind = "length" | "version" | "type" | "checksum" | "auth-type" | "interval";

/** An advert whose checksum is not that of its packet, and what its message sums up to, folded. */
export interface OddAdvert {
  readonly advert: VrrpAdvert;
  readonly sum: number;
}

/** A refused message: what is wrong with it, and whose it was meant to be as far as that can be told. */
export interface AdvertError {
  readonly error: AdvertErrorKind;
  /** In keepalived's words, without the instance: "Invalid VRRPv2 checksum". */
  readonly detail: string;
  /** Undefined when not even the first two bytes are there. */
  readonly virtualRouterId?: number;
  /** Version 3 over IPv4 with nothing wrong but the checksum, which an older rule may explain: see followsRule. */
  readonly odd?: OddAdvert;
}

/** Where a message came from and went to: the pseudo-header of its checksum. */
export interface AdvertPath {
  readonly source: string;
  readonly destination: string;
  readonly family: 4 | 6;
}

/** IP protocol number of VRRP. */
const IPPROTO_VRRP = 112;
const ADVERTISEMENT = 1;
const HEADER = 8;
const AUTH_DATA = 8;
const AUTH_AH = 2;
const SECOND = 1_000_000;
const CENTISECOND = 10_000;
/** Length of the IPv4 header that keepalived counts in its messages. */
const IPV4_HEADER = 20;

/** A configured password as it stands in adverts: the first 8 bytes of its UTF-8, one character for each. */
export function simplePassword(text: string): string {
  const bytes = new TextEncoder().encode(text).subarray(0, AUTH_DATA);
  return String.fromCharCode(...bytes);
}

/** Length of an advert's message without trailer. */
export function messageLength(version: 2 | 3, family: 4 | 6, addresses: number): number {
  return HEADER + addresses * (family === 4 ? 4 : 16) + (version === 2 ? AUTH_DATA : 0);
}

/**
 * The VRRP message of an advert, checksum in place. Version 2 sums the message with its authentication data
 * (RFC 3768 §5.3.8), version 3 also the pseudo-header, for IPv4 as `checksum` has it.
 * Throws RangeError for what no message can carry: an address of the wrong family, more than 255 addresses.
 */
export function encodeAdvert(advert: VrrpAdvert, source: string, destination: string): Uint8Array {
  const { version, addresses } = advert;
  if (addresses.length > 255) throw new RangeError(`an advert holds 255 addresses, not ${addresses.length}`);
  const width = destination.includes(":") ? 16 : 4;
  if (version === 2 && width !== 4) throw new RangeError("VRRP version 2 is for IPv4 only");
  const bytes = new Uint8Array(messageLength(version, width === 4 ? 4 : 6, addresses.length));
  bytes[0] = (version << 4) | ADVERTISEMENT;
  bytes[1] = advert.virtualRouterId;
  bytes[2] = advert.priority;
  bytes[3] = addresses.length;
  if (version === 2) {
    bytes[4] = advert.authType ?? 0;
    bytes[5] = Math.min(255, Math.round(advert.interval / SECOND));
  } else {
    const centiseconds = Math.min(0xfff, Math.round(advert.interval / CENTISECOND));
    bytes[4] = centiseconds >> 8;
    bytes[5] = centiseconds & 0xff;
  }
  for (const [index, address] of addresses.entries()) {
    bytes.set(addressBytes(address, width), HEADER + index * width);
  }
  if (version === 2) writePassword(bytes, advert.password ?? "");
  const rule = version === 2 ? "message" : (advert.checksum ?? "packet");
  writeChecksum(bytes, ruledSum(rule, source, destination, bytes.length));
  return bytes;
}

function writeChecksum(bytes: Uint8Array, pseudoHeader: number): void {
  bytes[6] = 0;
  bytes[7] = 0;
  const checksum = foldChecksum(addWords(pseudoHeader, bytes));
  bytes[6] = checksum >> 8;
  bytes[7] = checksum & 0xff;
}

/** Sums an IPv6 message again after it was changed: there the checksum covers a trailer, too. */
export function renewChecksum6(bytes: Uint8Array, source: string, destination: string): void {
  writeChecksum(bytes, pseudoHeader(source, destination, bytes.length));
}

function writePassword(bytes: Uint8Array, password: string): void {
  const start = bytes.length - AUTH_DATA;
  for (let i = 0; i < AUTH_DATA && i < password.length; i++) bytes[start + i] = password.charCodeAt(i);
}

function addressBytes(address: string, width: 4 | 16): Uint8Array {
  const bytes = ipToBytes(address);
  if (bytes?.length !== width) throw new RangeError(`${address} is no address of ${width} bytes`);
  return bytes;
}

function ruledSum(rule: ChecksumRule, source: string, destination: string, length: number): number {
  if (rule === "message") return 0;
  return pseudoHeader(source, rule === "packet" ? destination : rule.destination, length);
}

/** Whether the checksum of a received advert is right by another rule. */
export function followsRule(
  rule: ChecksumRule,
  { advert, sum }: OddAdvert,
  source: string,
  destination: string,
): boolean {
  const length = messageLength(3, 4, advert.addresses.length);
  return foldChecksum(ruledSum(rule, source, destination, length) + sum) === 0;
}

/** RFC 8200 §8.1, and by analogy for IPv4: addresses, length, protocol. */
function pseudoHeader(source: string, destination: string, length: number): number {
  const width = destination.includes(":") ? 16 : 4;
  const addresses = addWords(addWords(0, addressBytes(source, width)), addressBytes(destination, width));
  return addresses + length + IPPROTO_VRRP;
}

/**
 * Reads the VRRP message of a packet, whatever it holds: RFC 9568 §7.1 and RFC 3768 §7.1 as far as they need no
 * knowledge of the instance. What an older checksum rule may allow is left to the instance. Behind the message there
 * is nothing, or a trailer (vrrp-trailer.ts), which the checksum covers with IPv6 only. Never throws on any payload.
 */
export function decodeAdvert(payload: Uint8Array, path: AdvertPath): VrrpAdvert | AdvertError {
  const [versionAndType = 0, virtualRouterId = 0, priority = 0, count = 0, fifth = 0, sixth = 0] = payload;
  if (payload.length < HEADER) return wrongLength(payload, HEADER, path.family);
  const version = versionAndType >> 4;
  const refuse = (error: AdvertErrorKind, detail: string): AdvertError => ({
    error,
    detail,
    virtualRouterId,
  });
  if (version !== 3 && !(version === 2 && path.family === 4)) {
    const expected = path.family === 4 ? "2 or 3" : "3";
    return refuse("version", `wrong version. Received ${version} and expect ${expected}`);
  }
  const type = versionAndType & 0x0f;
  if (type !== ADVERTISEMENT)
    return refuse("type", `Invalid packet type. ${type} and expect ${ADVERTISEMENT}`);
  const width = path.family === 4 ? 4 : 16;
  const expected = messageLength(version, path.family, count);
  if (payload.length !== expected && payload.length !== expected + TRAILER_LENGTH) {
    return wrongLength(payload, expected, path.family);
  }
  const covered = width === 4 ? payload.subarray(0, expected) : payload;
  const sum = addWords(0, covered);
  const outside = version === 2 ? 0 : pseudoHeader(path.source, path.destination, covered.length);
  const right = foldChecksum(outside + sum) === 0;
  const wrong = refuse("checksum", `Invalid VRRPv${version} checksum`);
  if (!right && (version === 2 || width === 16)) return wrong;
  const addresses = readAddresses(payload, count, width);
  if (version === 2) {
    if (fifth > AUTH_AH) return refuse("auth-type", `Invalid auth type: ${fifth}`);
    const interval = sixth * SECOND;
    const advert = { version, virtualRouterId, priority, interval, addresses, authType: fifth } as const;
    return fifth === 1 ? { ...advert, password: readPassword(payload, expected) } : advert;
  }
  const interval = (((fifth & 0x0f) << 8) | sixth) * CENTISECOND;
  const advert = { version, virtualRouterId, priority, interval, addresses } as const;
  if (!right) return interval === 0 ? wrong : { ...wrong, odd: { advert, sum: ~foldChecksum(sum) & 0xffff } };
  return interval === 0 ? refuse("interval", "advertisement interval of 0") : advert;
}

function wrongLength(payload: Uint8Array, expected: number, family: 4 | 6): AdvertError {
  const outside = family === 4 ? IPV4_HEADER : 0;
  const how = payload.length < expected ? "short" : "long";
  const detail = `vrrp packet too ${how}, length ${payload.length + outside} and expect ${expected + outside}`;
  const virtualRouterId = payload[1];
  return virtualRouterId === undefined
    ? { error: "length", detail }
    : { error: "length", detail, virtualRouterId };
}

function readAddresses(payload: Uint8Array, count: number, width: 4 | 16): string[] {
  const addresses: string[] = [];
  for (let at = HEADER; addresses.length < count; at += width) {
    addresses.push(bytesToIp(payload.subarray(at, at + width)));
  }
  return addresses;
}

/** The 8 bytes that end at `end`, without trailing zeros. */
function readPassword(payload: Uint8Array, end: number): string {
  const bytes = payload.subarray(end - AUTH_DATA, end);
  return String.fromCharCode(...bytes).replace(/\0+$/, "");
}
