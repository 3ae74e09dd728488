import { writeSync } from "node:fs";

/** For Atomics.wait: the only way to sleep inside a call. */
const bell = new Int32Array(new SharedArrayBuffer(4));

/**
 * Standard error, written to before the call returns. When it takes nothing more (a full pipe that is non-blocking,
 * as Node makes pipes), lines wait for at most `patience` milliseconds; then they are lost, and so are those after
 * them at once, until there is room. What was lost is counted and said. Nothing is ever thrown.
 */
export class StandardError {
  readonly #patience: number;
  readonly #descriptor: number;
  #lost = 0;

  /** Another descriptor than 2 is for tests. */
  constructor(patience: number, descriptor = 2) {
    this.#patience = patience;
    this.#descriptor = descriptor;
  }

  /** Writes whole lines; `report` makes the line that says how many were lost before. */
  write(text: string, report: (lost: number) => string): void {
    const due = this.#lost > 0 ? report(this.#lost) : "";
    if (this.#writeAll(Buffer.from(due + text))) this.#lost = 0;
    else this.#lost += text.split("\n").length - 1;
  }

  #writeAll(bytes: Uint8Array): boolean {
    const limit = Date.now() + (this.#lost > 0 ? 0 : this.#patience);
    for (let done = 0; done < bytes.length; ) {
      try {
        done += writeSync(this.#descriptor, bytes, done);
      } catch (error) {
        const full = error instanceof Error && "code" in error && error.code === "EAGAIN";
        if (!full || Date.now() >= limit) return false;
        Atomics.wait(bell, 0, 0, 1);
      }
    }
    return true;
  }
}
