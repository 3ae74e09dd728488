/** A digest that is fed piece by piece; `bytes` or `hex` may be called once, at the end. */
export interface Digest {
  update(bytes: Uint8Array): void;
  bytes(): Uint8Array;
  /** Lower-case hexadecimal. */
  hex(): string;
}

const BLOCK = 64;

/** What MD5 and SHA-256 have in common: blocks of 64 bytes, a state of 32-bit words, and how the last block is filled. */
export abstract class BlockDigest implements Digest {
  protected readonly block = new Uint8Array(BLOCK);
  protected readonly state: Int32Array;
  /** Words and length are written with the low byte first. */
  readonly #littleEndian: boolean;
  #length = 0;

  protected constructor(initial: Int32Array, littleEndian: boolean) {
    this.state = initial.slice();
    this.#littleEndian = littleEndian;
  }

  /** Works the full block into the state. */
  protected abstract compress(): void;

  /** Goes on from where another digest of the same kind is. */
  protected continueFrom(other: BlockDigest): this {
    this.state.set(other.state);
    this.block.set(other.block);
    this.#length = other.#length;
    return this;
  }

  update(bytes: Uint8Array): void {
    let offset = 0;
    while (offset < bytes.length) {
      const used = this.#length % BLOCK;
      const taken = Math.min(BLOCK - used, bytes.length - offset);
      this.block.set(bytes.subarray(offset, offset + taken), used);
      this.#length += taken;
      offset += taken;
      if (this.#length % BLOCK === 0) this.compress();
    }
  }

  bytes(): Uint8Array {
    // RFC 1321 §3.1–3.2, FIPS 180-4 §5.1.1: a one bit, zeros up to 56 modulo 64 bytes, the length in bits as 64 bits.
    const bits = this.#length * 8;
    const padding = new Uint8Array(((119 - (this.#length % BLOCK)) % BLOCK) + 9);
    padding[0] = 0x80;
    const [low, high] = [bits % 2 ** 32, Math.floor(bits / 2 ** 32)];
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, this.#littleEndian ? low : high, this.#littleEndian);
    view.setUint32(padding.length - 4, this.#littleEndian ? high : low, this.#littleEndian);
    this.update(padding);
    const digest = new Uint8Array(4 * this.state.length);
    const words = new DataView(digest.buffer);
    for (const [index, word] of this.state.entries()) words.setInt32(4 * index, word, this.#littleEndian);
    return digest;
  }

  hex(): string {
    return Array.from(this.bytes(), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}
