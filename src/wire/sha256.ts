import { BlockDigest } from "./block-digest.ts";

/** FIPS 180-4 §4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const CONSTANTS = roots(64, Math.cbrt);
/** FIPS 180-4 §5.3.3: the same of the square roots of the first eight. */
const INITIAL = roots(8, Math.sqrt);

function roots(count: number, root: (prime: number) => number): Int32Array {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return Int32Array.from(primes, (prime) => ((root(prime) % 1) * 2 ** 32) | 0);
}

const rotate = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

/** Scratch of one compression; nothing in it outlives the call. */
const schedule = new Int32Array(64);

/** SHA-256 (FIPS 180-4) without buffering more than one block, for folders without node:crypto. */
export class Sha256 extends BlockDigest {
  constructor() {
    super(INITIAL, false);
  }

  /** An independent digest that has been fed the same. */
  copy(): Sha256 {
    return new Sha256().continueFrom(this);
  }

  /** FIPS 180-4 §6.2.2. */
  protected override compress(): void {
    const { state } = this;
    this.expand();
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
    for (let i = 0; i < 64; i++) {
      const high = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const first = (h + high + ((e & f) ^ (~e & g)) + (CONSTANTS[i] ?? 0) + (schedule[i] ?? 0)) | 0;
      const low = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const second = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    const round = [a, b, c, d, e, f, g, h];
    for (let i = 0; i < 8; i++) state[i] = (state[i] ?? 0) + (round[i] ?? 0);
  }

  private expand(): void {
    const { block } = this;
    for (let i = 0; i < 16; i++) {
      const at = 4 * i;
      const [w, x, y, z] = [block[at] ?? 0, block[at + 1] ?? 0, block[at + 2] ?? 0, block[at + 3] ?? 0];
      schedule[i] = (w << 24) | (x << 16) | (y << 8) | z;
    }
    for (let i = 16; i < 64; i++) {
      const [near = 0, far = 0] = [schedule[i - 2], schedule[i - 15]];
      const s1 = rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10);
      const s0 = rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3);
      schedule[i] = s1 + (schedule[i - 7] ?? 0) + s0 + (schedule[i - 16] ?? 0);
    }
  }
}
