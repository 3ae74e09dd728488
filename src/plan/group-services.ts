import type { VirtualServerGroup } from "../config/config.ts";
import { familyOf } from "../values/ip.ts";
import { ipToNumber } from "../values/ip-range.ts";

type Entry = VirtualServerGroup["entries"][number];

/** Addresses of one family and port. */
interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

/** What an entry shares with those that can stand in for a part of it. */
function kindOf(entry: Entry): string {
  if (entry.type === "fwmark") return `fwmark ${entry.family ?? ""}`;
  return `${familyOf(entry.type === "range" ? entry.from : entry.address)} ${entry.port}`;
}

function intervalOf(entry: Entry): Interval {
  if (entry.type === "fwmark") return { first: BigInt(entry.fwmark), last: BigInt(entry.fwmark) };
  const [from, to] = entry.type === "range" ? [entry.from, entry.to] : [entry.address, entry.address];
  return { first: ipToNumber(from), last: ipToNumber(to) };
}

function intervalsByKind(entries: readonly Entry[]): Map<string, Interval[]> {
  const intervals = new Map<string, Interval[]>();
  for (const entry of entries) {
    const kind = kindOf(entry);
    const same = intervals.get(kind) ?? [];
    same.push(intervalOf(entry));
    intervals.set(kind, same);
  }
  for (const same of intervals.values())
    same.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  return intervals;
}

/** Whether the intervals, in order of their first, leave out any of `wanted`. */
function leaveOut(intervals: readonly Interval[], wanted: Interval): boolean {
  let next = wanted.first;
  for (const { first, last } of intervals) {
    if (first > next) break;
    if (last >= next) next = last + 1n;
  }
  return next <= wanted.last;
}

/** Whether an address with its port, or a mark, that some entries of a group stand for is not among those of others. */
export function losesService(before: readonly Entry[], after: readonly Entry[]): boolean {
  const now = intervalsByKind(after);
  return before.some((entry) => leaveOut(now.get(kindOf(entry)) ?? [], intervalOf(entry)));
}
