import type { Micros } from "../../values/time.ts";
import type { VrrpState } from "./contract.ts";

/** One transition, and what led to it, the nearest cause first. */
export interface Transition {
  /** Monotonic microseconds. */
  readonly at: Micros;
  readonly from: VrrpState;
  readonly to: VrrpState;
  readonly causes: readonly string[];
}

/** Transitions of each instance that are kept. */
const KEPT = 50;

/** What an instance went through lately, and why. */
export class Chronicle {
  readonly #transitions: Transition[] = [];

  /** Oldest first. */
  get transitions(): readonly Transition[] {
    return this.#transitions;
  }

  /** Keeps a transition, and returns it in one line. */
  record(transition: Transition): string {
    this.#transitions.push(transition);
    if (this.#transitions.length > KEPT) this.#transitions.shift();
    const { from, to, causes } = transition;
    return `${from} to ${to} because ${causes.join("; ")}`;
  }
}
