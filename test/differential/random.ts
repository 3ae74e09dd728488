import { advance, numberOf } from "../../src/values/mulberry32.ts";

/** Numbers that one seed decides, for generators (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An unsigned number of 32 bits. */
  next(): number {
    this.#state = advance(this.#state);
    return numberOf(this.#state);
  }

  /** 0 … limit - 1. */
  below(limit: number): number {
    return this.next() % limit;
  }

  /** Both bounds included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True in so many of a hundred cases. */
  percent(chance: number): boolean {
    return this.below(100) < chance;
  }

  pick<T>(choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)];
    if (chosen === undefined) throw new RangeError("nothing to pick from");
    return chosen;
  }

  /** Some of the choices, in their order. */
  some<T>(choices: readonly T[], most: number): T[] {
    const wanted = new Set<number>();
    const count = Math.min(this.below(most + 1), choices.length);
    while (wanted.size < count) wanted.add(this.below(choices.length));
    return choices.filter((_, index) => wanted.has(index));
  }
}
