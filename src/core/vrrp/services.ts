import type { Micros } from "../../values/time.ts";
import type { DeadlineQueue } from "../timers.ts";
import type { Timer } from "../track/script-tracker.ts";
import type { VrrpEffect } from "./contract.ts";
import type { Stagger } from "./stagger.ts";

/** What the router lends its parts: the deadlines that it keeps, and the list of effects that it returns. */
export interface Services {
  readonly timers: DeadlineQueue<Timer>;
  readonly stagger: Stagger;
  readonly emit: (effect: VrrpEffect) => void;
  /** Microseconds since 1970 at a monotonic time. */
  readonly timeOfDay: (now: Micros) => number;
  /** The contents of a key file; undefined when it could not be read. */
  readonly keyFile: (path: string) => Uint8Array | undefined;
  /** When instances begin to take part: nothing that is heard before counts, and no timer runs. */
  readonly startsAt: () => Micros;
}
