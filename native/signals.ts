import { addon, type NativeSignal } from "./addon.ts";
import { requireFunction, requireInteger } from "./check.ts";

/** The number of SIGRTMIN + `offset`: 36 for SIGRTMIN+2 with glibc, whose first two are its own. */
export function realTimeSignal(offset: number): number {
  requireInteger(offset, "offset");
  const { firstRealTimeSignal, lastRealTimeSignal } = addon();
  const number = firstRealTimeSignal + offset;
  if (offset < 0 || number > lastRealTimeSignal)
    throw new RangeError(`there is no real-time signal ${offset}`);
  return number;
}

/** SIGRTMAX. */
export function lastRealTimeSignal(): number {
  return addon().lastRealTimeSignal;
}

/**
 * Subscriptions to signals by number, real-time ones included. Callbacks come from the loop, like any event. No
 * signal is blocked and no child inherits anything. Does not keep the process alive.
 */
export class Signals {
  readonly #active = new Set<NativeSignal>();

  /** Returns 0 or -errno (EINVAL for a number that cannot be caught). Several callbacks per signal may live. */
  on(signal: number, callback: (signal: number) => void): number {
    requireInteger(signal, "signal");
    requireFunction(callback, "callback");
    const native = new (addon().Signal)();
    const result = native.start(signal, callback);
    if (result >= 0) this.#active.add(native);
    return result;
  }

  /** Ends all subscriptions; the previous dispositions return. Idempotent. */
  close(): void {
    for (const native of this.#active) native.close();
    this.#active.clear();
  }
}
