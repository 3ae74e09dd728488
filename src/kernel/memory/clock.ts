import type { ClockPort, Closable } from "../ports.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** The alarm of one kernel on virtual time. */
export class VirtualAlarm implements ClockPort, Closable {
  readonly #clock: VirtualClock;
  #callback: () => void = () => {};
  #armed: Closable | undefined;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  alarm(at: number | undefined): void {
    this.close();
    if (at === undefined) return;
    this.#armed = this.#clock.schedule(at, () => {
      this.#armed = undefined;
      this.#callback();
    });
  }

  onAlarm(callback: () => void): void {
    this.#callback = callback;
  }

  close(): void {
    this.#armed?.close();
    this.#armed = undefined;
  }
}
