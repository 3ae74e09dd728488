import { ipToBytes } from "../values/ip.ts";
import { viewOf } from "./byte-order.ts";
import { Hmac, sameCode } from "./hmac.ts";
import { Sha256 } from "./sha256.ts";

/**
 * The trailer of keepalived's auth_hmac (draft-cassen-vrrp-auth-hmac): 28 bytes behind the VRRP message, with a
 * sequence number made of the sender's time and the first 128 bits of an HMAC-SHA256.
 */
export const TRAILER_LENGTH = 28;
const CODE_LENGTH = 16;
const CODE_AT = TRAILER_LENGTH - CODE_LENGTH;
/** The only scheme there is. */
export const HMAC_SHA256 = 1;
/** Where the checksum of a VRRP message lies: it counts as zero. */
const CHECKSUM_AT = 6;

/**
 * A sequence number of 64 bits in two halves: seconds since 1970, and below them 16 bits of fraction of a second with
 * 16 bits of counter. Both unsigned.
 */
export interface TrailerSequence {
  readonly seconds: number;
  readonly rest: number;
}

/** What a trailer says in front of its code. */
export interface Trailer {
  readonly scheme: number;
  readonly keyId: number;
  /** 0 when sent. */
  readonly reserved: number;
  readonly sequence: TrailerSequence;
}

/** A message's place in the world, bound into its code: another's message cannot be passed off as one's own. */
export interface TrailerBinding {
  readonly family: 4 | 6;
  readonly version: 2 | 3;
  readonly virtualRouterId: number;
  readonly source: string;
}

const keyed = new WeakMap<Uint8Array, Hmac>();

function hmacOf(key: Uint8Array): Hmac {
  const known = keyed.get(key);
  if (known !== undefined) return known;
  const made = new Hmac(() => new Sha256(), key);
  keyed.set(key, made);
  return made;
}

const NO_CHECKSUM = new Uint8Array(2);
const NO_CODE = new Uint8Array(CODE_LENGTH);

/** Family, version, VRID, zero, and the source address in 16 bytes. */
function pseudoHeader({ family, version, virtualRouterId, source }: TrailerBinding): Uint8Array {
  const bytes = new Uint8Array(20);
  bytes.set([family, version, virtualRouterId]);
  bytes.set(ipToBytes(source) ?? [], 4);
  return bytes;
}

/** The code of a message that ends with a trailer. */
function codeOf(message: Uint8Array, key: Uint8Array, binding: TrailerBinding): Uint8Array {
  return hmacOf(key).code([
    pseudoHeader(binding),
    message.subarray(0, CHECKSUM_AT),
    NO_CHECKSUM,
    message.subarray(CHECKSUM_AT + 2, message.length - CODE_LENGTH),
    NO_CODE,
  ]);
}

/** Reads the trailer at the end of a message. */
export function readTrailer(message: Uint8Array): Trailer | undefined {
  const start = message.length - TRAILER_LENGTH;
  if (start < 0) return undefined;
  const view = viewOf(message);
  return {
    scheme: view.getUint8(start),
    keyId: view.getUint8(start + 1),
    reserved: view.getUint16(start + 2),
    sequence: { seconds: view.getUint32(start + 4), rest: view.getUint32(start + 8) },
  };
}

/** Whether the code at the end of a message is that of somebody who has the key. */
export function isSignedWith(message: Uint8Array, key: Uint8Array, binding: TrailerBinding): boolean {
  return sameCode(message.subarray(message.length - CODE_LENGTH), codeOf(message, key, binding));
}

/**
 * Fills the last 28 bytes of a message, in place. The checksum may be written before or after. Without key the code
 * is zero, which nobody accepts.
 */
export function sign(
  message: Uint8Array,
  keyId: number,
  key: Uint8Array | undefined,
  sequence: TrailerSequence,
  binding: TrailerBinding,
): void {
  const start = message.length - TRAILER_LENGTH;
  const view = viewOf(message);
  view.setUint8(start, HMAC_SHA256);
  view.setUint8(start + 1, keyId);
  view.setUint16(start + 2, 0);
  view.setUint32(start + 4, sequence.seconds);
  view.setUint32(start + 8, sequence.rest);
  const code = key === undefined ? NO_CODE : codeOf(message, key, binding);
  message.set(code.subarray(0, CODE_LENGTH), start + CODE_AT);
}

/** Whether sequence `a` comes after `b`: serial number arithmetic (RFC 1982) over 64 bits, across the wrap. */
export function comesAfter(a: TrailerSequence, b: TrailerSequence): boolean {
  const seconds = (a.seconds - b.seconds) | 0;
  return seconds === 0 ? a.rest > b.rest : seconds > 0;
}

/** The sequence number that follows. */
export function successor({ seconds, rest }: TrailerSequence): TrailerSequence {
  return rest === 0xffff_ffff ? { seconds: (seconds + 1) >>> 0, rest: 0 } : { seconds, rest: rest + 1 };
}

/** The sequence number of a time, microseconds since 1970, its counter 0. */
export function sequenceAt(time: number): TrailerSequence {
  const seconds = Math.floor(time / 1_000_000);
  const fraction = Math.floor(((time - seconds * 1_000_000) * 0x10000) / 1_000_000);
  return { seconds: seconds >>> 0, rest: fraction * 0x10000 };
}
