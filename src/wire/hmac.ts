import type { Digest } from "./block-digest.ts";

/** A digest whose state can be kept: both SHA-256 and MD5 work on blocks of 64 bytes. */
interface Resumable extends Digest {
  copy(): Resumable;
}

const BLOCK = 64;

/** HMAC (RFC 2104) with one key: both pads are digested once, so that a message costs its own length. */
export class Hmac {
  readonly #inner: Resumable;
  readonly #outer: Resumable;

  /** `fresh` makes an empty digest. */
  constructor(fresh: () => Resumable, key: Uint8Array) {
    const short = key.length > BLOCK ? digestOf(fresh(), key) : key;
    this.#inner = padded(fresh(), short, 0x36);
    this.#outer = padded(fresh(), short, 0x5c);
  }

  /** The whole code of a message in pieces. */
  code(pieces: Iterable<Uint8Array>): Uint8Array {
    const inner = this.#inner.copy();
    for (const piece of pieces) inner.update(piece);
    const outer = this.#outer.copy();
    outer.update(inner.bytes());
    return outer.bytes();
  }
}

function digestOf(digest: Resumable, bytes: Uint8Array): Uint8Array {
  digest.update(bytes);
  return digest.bytes();
}

function padded(digest: Resumable, key: Uint8Array, pad: number): Resumable {
  const block = new Uint8Array(BLOCK).fill(pad);
  for (const [index, byte] of key.entries()) block[index] = byte ^ pad;
  digest.update(block);
  return digest;
}

/** Whether the first bytes are those of a code; takes as long when the first differs as when the last does. */
export function sameCode(bytes: Uint8Array, code: Uint8Array): boolean {
  let difference = 0;
  for (const [index, byte] of bytes.entries()) difference |= byte ^ (code[index] ?? 256);
  return difference === 0;
}
