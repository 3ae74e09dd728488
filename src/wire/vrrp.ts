import { bytesToIp, ipToBytes } from "../values/ip.ts";
import { addWords, foldChecksum } from "./checksum.ts";

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
}

/** Why a received VRRP message is no advert. Each is a counter of the virtual router (RFC 8347, RFC 2787). */
export type AdvertErrorKind = "length" | "version" | "type" | "checksum" | "auth-type" | "interval";

/** A refused message: what is wrong with it, and whose it was meant to be as far as that can be told. */
export interface AdvertError {
  readonly error: AdvertErrorKind;
  /** In keepalived's words, without the instance: "Invalid VRRPv2 checksum". */
  readonly detail: string;
  /** Undefined when not even the first two bytes are there. */
  readonly virtualRouterId?: number;
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

/**
 * The VRRP message of an advert, checksum in place. Version 2 sums the message with its authentication data
 * (RFC 3768 §5.3.8), version 3 also the pseudo-header, for IPv4 as keepalived does by default (RFC 9568 §5.2.8).
 * Throws RangeError for what no message can carry: an address of the wrong family, more than 255 addresses.
 */
export function encodeAdvert(advert: VrrpAdvert, source: string, destination: string): Uint8Array {
  const { version, addresses } = advert;
  if (addresses.length > 255) throw new RangeError(`an advert holds 255 addresses, not ${addresses.length}`);
  const width = destination.includes(":") ? 16 : 4;
  if (version === 2 && width !== 4) throw new RangeError("VRRP version 2 is for IPv4 only");
  const bytes = new Uint8Array(HEADER + addresses.length * width + (version === 2 ? AUTH_DATA : 0));
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
  const checksum = foldChecksum(addWords(pseudoHeader(version, source, destination, bytes.length), bytes));
  bytes[6] = checksum >> 8;
  bytes[7] = checksum & 0xff;
  return bytes;
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

/** RFC 8200 §8.1, and by analogy for IPv4: addresses, length, protocol. Nothing for version 2. */
function pseudoHeader(version: number, source: string, destination: string, length: number): number {
  if (version === 2) return 0;
  const width = destination.includes(":") ? 16 : 4;
  const addresses = addWords(addWords(0, addressBytes(source, width)), addressBytes(destination, width));
  return addresses + length + IPPROTO_VRRP;
}

/**
 * Reads the VRRP message of a packet, whatever it holds: RFC 9568 §7.1 and RFC 3768 §7.1 as far as they need no
 * knowledge of the instance. The checksum is verified over all of the payload. Never throws on any payload.
 */
export function decodeAdvert(payload: Uint8Array, path: AdvertPath): VrrpAdvert | AdvertError {
  const [versionAndType = 0, virtualRouterId = 0, priority = 0, count = 0, fifth = 0, sixth = 0] = payload;
  if (payload.length < HEADER) return tooShort(payload, HEADER, path.family);
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
  const expected = HEADER + count * width + (version === 2 ? AUTH_DATA : 0);
  if (payload.length < expected) return tooShort(payload, expected, path.family);
  const sum = pseudoHeader(version, path.source, path.destination, payload.length);
  if (foldChecksum(addWords(sum, payload)) !== 0)
    return refuse("checksum", `Invalid VRRPv${version} checksum`);
  const addresses = readAddresses(payload, count, width);
  if (version === 3) {
    const interval = (((fifth & 0x0f) << 8) | sixth) * CENTISECOND;
    if (interval === 0) return refuse("interval", "advertisement interval of 0");
    return { version, virtualRouterId, priority, interval, addresses };
  }
  if (fifth > AUTH_AH) return refuse("auth-type", `Invalid auth type: ${fifth}`);
  const advert = {
    version: 2,
    virtualRouterId,
    priority,
    interval: sixth * SECOND,
    addresses,
    authType: fifth,
  } as const;
  return fifth === 1 ? { ...advert, password: readPassword(payload, expected) } : advert;
}

function tooShort(payload: Uint8Array, expected: number, family: 4 | 6): AdvertError {
  const outside = family === 4 ? IPV4_HEADER : 0;
  const detail = `vrrp packet too short, length ${payload.length + outside} and expect ${expected + outside}`;
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
