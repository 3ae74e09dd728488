import { advance, numberOf } from "../values/mulberry32.ts";

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
  const next = advance(state);
  const fraction = numberOf(next) / 2 ** 32;
  return { value: smallest + Math.floor(fraction * (largest - smallest + 1)), state: next };
}
