import { ipToBytes } from "../../values/ip.ts";

/** Negative, zero or positive as address `a` is lower than, equal to or higher than `b` of the same family. */
function compareAddresses(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [ipToBytes(a), ipToBytes(b)];
  if (left === undefined || right === undefined) return 0;
  for (const [index, byte] of left.entries()) {
    const difference = byte - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A router's claim to be master. */
export interface Claim {
  readonly priority: number;
  /** Primary address: the source of its adverts. */
  readonly source: string;
}

/** What an advert means to a master: RFC 9568 §6.4.3, (645) to (680). */
export type Verdict = "higher-priority" | "higher-address" | "lower";

/** Who wins between the sender of an advert and us, when both are masters. */
export function judge(theirs: Claim, ours: Claim): Verdict {
  if (theirs.priority > ours.priority) return "higher-priority";
  const equal = theirs.priority === ours.priority;
  return equal && compareAddresses(theirs.source, ours.source) > 0 ? "higher-address" : "lower";
}
