import { monotonicMicros, Timer } from "../../../native/timer.ts";
import type { Closables } from "../closables.ts";
import type { ClockPort } from "../ports.ts";

/** A processor that has slept this long, microseconds, wakes slowly: this long before an alarm that is to be punctual. */
const SLEEP = 20_000;
const LEAD = 250;

/** The monotonic clock, and one timer descriptor for its alarm. */
export class LinuxClock implements ClockPort {
  readonly #closables: Closables;
  readonly #isPunctual: boolean;
  #timer: Timer | undefined;
  #callback: () => void = () => {};

  /** `isPunctual`: after a long wait the alarm comes at its moment, not when the processor has woken up. */
  constructor(closables: Closables, isPunctual = false) {
    this.#closables = closables;
    this.#isPunctual = isPunctual;
  }

  now(): number {
    return monotonicMicros();
  }

  alarm(at: number | undefined): void {
    if (at === undefined) this.#timer?.disarm();
    else this.#open().arm(at, this.#isPunctual && at - this.now() > SLEEP ? LEAD : 0);
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
