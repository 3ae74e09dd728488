import type { Micros } from "../../values/time.ts";

/** Least time between adverts that are kept apart, microseconds: below it each would wake the process for little. */
const LEAST = 10_000;
/** Most moments that adverts of one interval are spread over: every one wakes each backup, too. */
const MOMENTS = 4;

/**
 * Keeps the adverts of many masters apart. Those that begin to count in one instant, at a start or a takeover, would for
 * ever after be due in one instant: a crowd that overruns the receive buffers of others, and that one late moment makes
 * late as a whole. So the next adverts of all but the first come up to half an interval early; sooner than due is what no
 * backup minds.
 */
export class Stagger {
  #instant: Micros | undefined;
  #place = 0;

  /** By how much the next advert of an instance that begins to count now comes before its interval is over. */
  next(now: Micros, interval: Micros): Micros {
    this.#place = now === this.#instant ? this.#place + 1 : 0;
    this.#instant = now;
    const moments = Math.min(MOMENTS, Math.floor(interval / 2 / LEAST));
    return moments > 1 ? (this.#place % moments) * Math.floor(interval / 2 / moments) : 0;
  }
}
