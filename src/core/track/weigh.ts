import type { TrackStatus } from "./script-tracker.ts";

/** Weights beyond this make nothing more of a priority. */
const GREATEST_CHANGE = 253;

interface TrackedObject {
  /** "interface eth1", "script chk": for the message when it is the reason of a fault. */
  readonly what: string;
  readonly weight: number;
  /** Turns up and down around for weight 0, and the direction of the change for others. */
  readonly reverse: boolean;
  /** How it came to what it is, in words that follow its name: "failed 3 of 3". Its status when absent. */
  readonly how?: string | undefined;
}

/** Something that is up or down. Weight 0: being down is a fault. */
interface TrackedStatus extends TrackedObject {
  readonly status: TrackStatus;
  /** What is unknown will be known in a moment: whatever the weight, that is waited for. */
  readonly soon?: true;
}

/** Something that has a number, which is multiplied with the weight. Weight 0: any number but 0 is a fault. */
interface TrackedNumber extends TrackedObject {
  /** Undefined until it has been read. */
  readonly value: number | undefined;
}

/** One tracked object: how it is, and what that is worth. */
export type Tracked = TrackedStatus | TrackedNumber;

/** What the tracked objects come to together. */
export interface Weighed {
  /** The first fault, in words; undefined when there is none. */
  readonly fault: string | undefined;
  /** Something that could be a fault has not been heard of yet. */
  readonly waiting: boolean;
  /** To be added to the configured priority. */
  readonly change: number;
  /** What makes the change, one after the other: "script chk failed 3 of 3 -> -50". */
  readonly causes: readonly string[];
}

/** What one tracked object comes to. */
type Opinion =
  | { readonly type: "change"; readonly change: number }
  | { readonly type: "fault" }
  | { readonly type: "waiting" };

const change = (by: number): Opinion => ({ type: "change", change: by });
const FAULT: Opinion = { type: "fault" };
const WAITING: Opinion = { type: "waiting" };
const NOTHING = change(0);

/**
 * The manual's table of weights: a positive weight is added while the object is up, a negative one while it is down;
 * `reverse` subtracts instead. What is unknown changes nothing.
 */
function opinionOfStatus({ status, weight, reverse, soon }: TrackedStatus): Opinion {
  if (status === "unknown" && soon) return WAITING;
  if (weight === 0) {
    if (status === "unknown") return WAITING;
    return (status === "down") === reverse ? NOTHING : FAULT;
  }
  const counts = weight > 0 ? status === "up" : status === "down";
  if (!counts) return NOTHING;
  return change(reverse ? -weight : weight);
}

/** The product of number and weight; less than -253 is a fault, and more than 253 counts as that. */
function opinionOfNumber({ value, weight, reverse }: TrackedNumber): Opinion {
  if (value === undefined) return WAITING;
  if (weight === 0) return (value === 0) === reverse ? FAULT : NOTHING;
  const product = value * (reverse ? -weight : weight);
  return product < -GREATEST_CHANGE ? FAULT : change(Math.min(product, GREATEST_CHANGE));
}

const howOf = (tracked: Tracked): string =>
  tracked.how ?? ("status" in tracked ? tracked.status : `is ${tracked.value}`);

const signed = (number: number): string => (number > 0 ? `+${number}` : `${number}`);

/** Sums up tracked objects. */
export function weigh(tracked: Iterable<Tracked>): Weighed {
  let fault: string | undefined;
  let waiting = false;
  let sum = 0;
  const causes: string[] = [];
  for (const each of tracked) {
    const opinion = "status" in each ? opinionOfStatus(each) : opinionOfNumber(each);
    if (opinion.type === "waiting") waiting = true;
    else if (opinion.type === "fault") fault ??= `${each.what} ${howOf(each)}`;
    else if (opinion.change !== 0) {
      sum += opinion.change;
      causes.push(`${each.what} ${howOf(each)} -> ${signed(opinion.change)}`);
    }
  }
  return { fault, waiting, change: sum, causes };
}

/** The priority in force: the address owner's is never changed, everybody else's stays within 1 and 254. */
export function effectivePriority(configured: number, change: number): number {
  return configured === 255 ? 255 : Math.min(254, Math.max(1, configured + change));
}
