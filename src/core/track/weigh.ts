import type { TrackStatus } from "./script-tracker.ts";

/** One tracked object: how it is, and what that is worth. Weight 0: being down is a fault. */
export interface Tracked {
  /** "interface eth1", "script chk": for the message when it is the reason of a fault. */
  readonly what: string;
  readonly status: TrackStatus;
  readonly weight: number;
  /** Turns up and down around for weight 0, and the direction of the change for others. */
  readonly reverse: boolean;
}

/** What the tracked objects come to together. */
export interface Weighed {
  /** The first fault, in words; undefined when there is none. */
  readonly fault: string | undefined;
  /** Something that could be a fault has not been heard of yet. */
  readonly waiting: boolean;
  /** To be added to the configured priority. */
  readonly change: number;
}

/**
 * The manual's table of weights: a positive weight is added while the object is up, a negative one while it is down;
 * `reverse` subtracts instead. What is unknown changes nothing.
 */
function changeOf({ status, weight, reverse }: Tracked): number {
  const counts = weight > 0 ? status === "up" : status === "down";
  if (!counts) return 0;
  return reverse ? -weight : weight;
}

/** Sums up tracked objects. */
export function weigh(tracked: Iterable<Tracked>): Weighed {
  let fault: string | undefined;
  let waiting = false;
  let change = 0;
  for (const each of tracked) {
    if (each.weight !== 0) change += changeOf(each);
    else if (each.status === "unknown") waiting = true;
    else if ((each.status === "down") !== each.reverse) fault ??= `${each.what} ${each.status}`;
  }
  return { fault, waiting, change };
}

/** The priority in force: the address owner's is never changed, everybody else's stays within 1 and 254. */
export function effectivePriority(configured: number, change: number): number {
  return configured === 255 ? 255 : Math.min(254, Math.max(1, configured + change));
}
