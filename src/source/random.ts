/** The numbers of `${_RANDOM}`: any 32-bit state; each draw gives the next state. Pure, so that a line can be replayed. */
export interface Draw {
  /** From the smallest to the largest number asked for, both included. */
  readonly value: number;
  readonly state: number;
}

/**
 * Draws a whole number by mulberry32. The same seed gives the same configuration on every machine; the numbers are
 * not those that keepalived draws, which come from its C library.
 */
export function draw(state: number, smallest: number, largest: number): Draw {
  const next = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(next ^ (next >>> 15), next | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  const fraction = ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  return { value: smallest + Math.floor(fraction * (largest - smallest + 1)), state: next };
}
