import type { ClockPort } from "../../kernel/ports.ts";

/** A difference that no rounding makes, microseconds: somebody has set the clock. */
const STEP = 100_000;

/** The time of day against the monotonic clock, and when it was stepped. */
export class TimeOfDay {
  readonly #clock: ClockPort;
  #told: number | undefined;

  constructor(clock: ClockPort) {
    this.#clock = clock;
  }

  /** Microseconds since 1970 at monotonic time 0, where that is news. */
  news(): number | undefined {
    const epoch = Date.now() * 1_000 - this.#clock.now();
    if (this.#told !== undefined && Math.abs(epoch - this.#told) < STEP) return undefined;
    this.#told = epoch;
    return epoch;
  }
}
