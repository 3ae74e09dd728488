import { monotonicMicros, Timer } from "../../../native/timer.ts";
import type { Closables } from "../closables.ts";
import type { ClockPort } from "../ports.ts";

/** The monotonic clock, and one timer descriptor for its alarm. */
export class LinuxClock implements ClockPort {
  readonly #closables: Closables;
  #timer: Timer | undefined;
  #callback: () => void = () => {};

  constructor(closables: Closables) {
    this.#closables = closables;
  }

  now(): number {
    return monotonicMicros();
  }

  alarm(at: number | undefined): void {
    if (at === undefined) this.#timer?.disarm();
    else this.#open().arm(at);
  }

  onAlarm(callback: () => void): void {
    this.#callback = callback;
  }

  #open(): Timer {
    if (this.#timer) return this.#timer;
    const timer = new Timer(() => this.#callback());
    this.#timer = timer;
    this.#closables.add(() => timer.close());
    return timer;
  }
}
