/** What a capture says about who was master when. Times are microseconds. */
import type { CapturedAdvert } from "./capture.ts";

/** A router's time as master, as the wire shows it: from its first advert to its last. */
export interface Reign {
  readonly source: string;
  readonly from: number;
  readonly to: number;
  /** It ended with an advert of priority 0. */
  readonly resigned: boolean;
}

/**
 * Cuts the adverts into reigns. A reign ends with priority 0, or when the router is silent for longer than
 * two intervals: a master that is alive is never that late.
 */
export function reigns(adverts: readonly CapturedAdvert[], interval: number): Reign[] {
  const open = new Map<string, Reign>();
  const done: Reign[] = [];
  for (const { at, source, priority } of adverts) {
    const reign = open.get(source);
    const resigned = priority === 0;
    const silent = reign === undefined || reign.resigned || at - reign.to > 2 * interval;
    // A farewell with no reign before it: the kernel kept it in its ARP queue while the link was down.
    if (silent && resigned) continue;
    if (!silent) {
      open.set(source, { ...reign, to: at, resigned });
      continue;
    }
    if (reign !== undefined) done.push(reign);
    open.set(source, { source, from: at, to: at, resigned });
  }
  return [...done, ...open.values()].sort((a, b) => a.from - b.from);
}

/** The longest time for which two routers were masters together; 0 when there was none. */
export function longestOverlap(spans: readonly Reign[]): number {
  let longest = 0;
  for (const one of spans) {
    for (const other of spans) {
      if (one.source === other.source) continue;
      longest = Math.max(longest, Math.min(one.to, other.to) - Math.max(one.from, other.from));
    }
  }
  return longest;
}

/** Time that a backup waits after its priority's adverts stop: RFC 9568 §6.1, Skew_Time. */
export function skewTime(version: 2 | 3, interval: number, priority: number): number {
  // RFC 3768 §6.1 has the skew in seconds whatever the interval; RFC 9568 scales it with the interval.
  return Math.floor(((256 - priority) * (version === 2 ? 1_000_000 : interval)) / 256);
}

/** RFC 9568 §6.1, Master_Down_Interval. */
export function masterDownInterval(version: 2 | 3, interval: number, priority: number): number {
  return 3 * interval + skewTime(version, interval, priority);
}
