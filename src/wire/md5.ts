import { BlockDigest } from "./block-digest.ts";

const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** RFC 1321 §3.4: T[i] is the integer part of 2^32 times abs(sin(i + 1)). */
const SINES = Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0);

/** RFC 1321 §3.4: the round's function and the word it takes in step `i`. */
function mix(round: number, i: number, b: number, c: number, d: number): [value: number, word: number] {
  if (round === 0) return [(b & c) | (~b & d), i];
  if (round === 1) return [(d & b) | (~d & c), (5 * i + 1) % 16];
  if (round === 2) return [b ^ c ^ d, (3 * i + 5) % 16];
  return [c ^ (b | ~d), (7 * i) % 16];
}

/** RFC 1321 §3.3. */
const INITIAL = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);

/** MD5 (RFC 1321) without buffering more than one block: the digest of HTTP_GET, for folders without node:crypto. */
export class Md5 extends BlockDigest {
  constructor() {
    super(INITIAL, true);
  }

  /** An independent digest that has been fed the same. */
  copy(): Md5 {
    return new Md5().continueFrom(this);
  }

  protected override compress(): void {
    const words = new DataView(this.block.buffer);
    let [a = 0, b = 0, c = 0, d = 0] = this.state;
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const [value, word] = mix(round, i, b, c, d);
      const sum = (a + value + (SINES[i] ?? 0) + words.getInt32(4 * word, true)) | 0;
      const shift = SHIFTS[round]?.[i % 4] ?? 0;
      [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
    }
    for (const [index, word] of [a, b, c, d].entries()) this.state[index] = (this.state[index] ?? 0) + word;
  }
}
