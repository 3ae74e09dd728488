import type { Micros } from "../values/time.ts";

/**
 * Protocol or policy without I/O. Events in, effects out, both plain data; time is an argument. The driver in
 * src/daemon feeds it, carries out its effects in order, and calls it again no later than its deadline.
 */
export interface Machine<Event, Effect> {
  /** Takes one event at monotonic time `now` and returns what is to be done, in order. */
  handle(event: Event, now: Micros): Effect[];
  /** The monotonic time at which a `{ type: "timer" }` event is due, or undefined while nothing is scheduled. */
  deadline(): Micros | undefined;
}
