import type { DeadlineQueue } from "../timers.ts";
import type { Timer } from "../track/script-tracker.ts";
import type { VrrpEffect } from "./contract.ts";

/** What the router lends its parts: the deadlines that it keeps, and the list of effects that it returns. */
export interface Services {
  readonly timers: DeadlineQueue<Timer>;
  readonly emit: (effect: VrrpEffect) => void;
}
