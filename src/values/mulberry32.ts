/**
 * The steps of mulberry32, the seeded generator of everything here that has to come out the same again: a seed is the
 * first state. Pure, so that a sequence can be replayed from any of its states. Not for secrets.
 */

/** The state after this one. */
export function advance(state: number): number {
  return (state + 0x6d2b79f5) >>> 0;
}

/** The number that a state stands for: an unsigned one of 32 bits. */
export function numberOf(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) >>> 0;
}
