import { type Micros, SECOND } from "../../values/time.ts";
import type { Definition } from "./definition.ts";
import type { InstanceLog } from "./instance-log.ts";

/** Whether a backup puts up with a master of lower priority: nopreempt, and preempt_delay from the first one heard. */
export class Preemption {
  /** Until when a lower priority master is put up with; undefined while none was heard. */
  #until: Micros | undefined;
  readonly #log: InstanceLog;

  constructor(log: InstanceLog) {
    this.#log = log;
  }

  /** No longer a backup. */
  reset(): void {
    this.#until = undefined;
  }

  /** A master of at least our priority was heard. */
  cancel(): void {
    if (this.#until === undefined) return;
    this.#until = undefined;
    this.#log.info("stop preempt delay");
  }

  /** Whether a master of lower priority that was just heard is left alone for now. */
  putsUp({ preempt, preemptDelay }: Definition, now: Micros): boolean {
    if (!preempt) return true;
    if (preemptDelay === 0) return false;
    if (this.#until === undefined) {
      this.#until = now + preemptDelay;
      this.#log.info(`start preempt delay (${(preemptDelay / SECOND).toFixed(6)})`);
    }
    return now < this.#until;
  }
}
