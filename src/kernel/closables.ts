import type { Closable } from "./ports.ts";

/** What a kernel has handed out and must release at its end. */
export class Closables implements Closable {
  readonly #live = new Set<Closable>();

  /** Remembers `one` until its close(), and returns what to hand out instead of it: close() of that is idempotent. */
  add(close: () => void): Closable {
    const one: Closable = {
      close: () => {
        if (this.#live.delete(one)) close();
      },
    };
    this.#live.add(one);
    return one;
  }

  close(): void {
    for (const one of this.#live) one.close();
  }
}
