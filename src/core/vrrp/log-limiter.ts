import { type Micros, SECOND } from "../../values/time.ts";

interface Quiet {
  since: Micros;
  withheld: number;
}

/** Microseconds in which a message of one kind stands in the log once. */
const PERIOD = 10 * SECOND;

/**
 * Keeps messages that a neighbour can cause at will from filling the log: of each kind one in ten seconds, the next
 * with the number that were withheld.
 */
export class LogLimiter {
  readonly #kinds = new Map<string, Quiet>();

  /** The message to log, or undefined when it is to be withheld. */
  admit(kind: string, message: string, now: Micros): string | undefined {
    const quiet = this.#kinds.get(kind);
    if (quiet === undefined) {
      this.#kinds.set(kind, { since: now, withheld: 0 });
      return message;
    }
    if (now - quiet.since < PERIOD) {
      quiet.withheld += 1;
      return undefined;
    }
    const { withheld } = quiet;
    quiet.since = now;
    quiet.withheld = 0;
    return withheld === 0 ? message : `${message} (and ${withheld} more before)`;
  }
}
