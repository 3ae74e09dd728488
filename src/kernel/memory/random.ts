import { advance, numberOf } from "../../values/mulberry32.ts";

/** A seeded generator of numbers in [0, 1): the same seed gives the same sequence. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = advance(state);
    return numberOf(state) / 2 ** 32;
  };
}
