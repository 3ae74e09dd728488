import { addon, type NativeTimer } from "./addon.ts";
import { requireFunction, requireInteger } from "./check.ts";

/** CLOCK_MONOTONIC in integer microseconds. */
export function monotonicMicros(): number {
  return addon().monotonicMicros();
}

/** CLOCK_REALTIME in integer microseconds: what the kernel stamps packets with. */
export function realtimeMicros(): number {
  return addon().realtimeMicros();
}

/**
 * One timer descriptor on CLOCK_MONOTONIC. Keeps the process alive only while armed. Throws when the kernel gives no
 * descriptor (EMFILE), which no caller can work without.
 */
export class Timer {
  readonly #native: NativeTimer;

  constructor(callback: () => void) {
    requireFunction(callback, "callback");
    this.#native = new (addon().Timer)();
    const result = this.#native.open(callback);
    if (result < 0) throw new Error(`timerfd_create: errno ${-result}`);
  }

  /**
   * Calls back once when monotonic time reaches `at` (microseconds); a time in the past is due now. Replaces. With a
   * `lead` the process wakes that many microseconds before and waits for the moment: it comes punctually, for a
   * processor that is busy so long.
   */
  arm(at: number, lead = 0): void {
    requireInteger(at, "at");
    requireInteger(lead, "lead");
    this.#native.arm(Math.max(0, at), lead);
  }

  disarm(): void {
    this.#native.arm(-1, 0);
  }

  /** Idempotent. */
  close(): void {
    this.#native.close();
  }
}
