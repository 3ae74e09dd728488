import type { Place, ServerFarm } from "./server-farm.ts";

type Pair = readonly [Place, Place];

/** Pairs of places, so that several cases run at once without building networks anew. */
export class PlacePool {
  readonly #free: Pair[] = [];
  readonly #waiting: ((pair: Pair) => void)[] = [];

  constructor(farm: ServerFarm, pairs: number) {
    for (let i = 0; i < pairs; i++) this.#free.push([farm.director(`theirs${i}`), farm.director(`ours${i}`)]);
  }

  /** Waits for a pair, and has it back when the work is done. */
  async use<T>(work: (places: Pair) => Promise<T>): Promise<T> {
    const pair = this.#free.pop() ?? (await new Promise<Pair>((resolve) => this.#waiting.push(resolve)));
    try {
      return await work(pair);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(pair);
      else this.#free.push(pair);
    }
  }
}
