import { describe, expect, it } from "vitest";
import type { CapturedAdvert } from "./capture.ts";
import { longestOverlap, masterDownInterval, reigns, skewTime } from "./mastership.ts";

const SECOND = 1_000_000;

/** Adverts of one router, one second apart. */
function adverts(source: string, from: number, count: number, last = 100): CapturedAdvert[] {
  return Array.from({ length: count }, (_, index) => ({
    at: from + index * SECOND,
    source,
    destination: "224.0.0.18",
    ttl: 255,
    version: 2,
    vrid: 1,
    priority: index === count - 1 ? last : 100,
    interval: SECOND,
    addresses: [],
    authType: 0,
    password: undefined,
    checksumsGood: true,
    sourceMac: "",
  }));
}

describe("reigns in a capture", () => {
  it("end with silence or a farewell, and begin anew afterwards", () => {
    const seen = [...adverts("a", 0, 3), ...adverts("b", 6 * SECOND, 2, 0), ...adverts("a", 8 * SECOND, 2)];
    expect(reigns(seen, SECOND)).toEqual([
      { source: "a", from: 0, to: 2 * SECOND, resigned: false },
      { source: "b", from: 6 * SECOND, to: 7 * SECOND, resigned: true },
      { source: "a", from: 8 * SECOND, to: 9 * SECOND, resigned: false },
    ]);
  });

  it("are not made of a farewell alone", () => {
    expect(reigns(adverts("a", 0, 1, 0), SECOND)).toEqual([]);
    expect(reigns([...adverts("a", 0, 2, 0), ...adverts("a", 3 * SECOND, 1, 0)], SECOND)).toHaveLength(1);
  });

  it("overlap for as long as both advertise", () => {
    const both = [...adverts("a", 0, 5), ...adverts("b", 2.5 * SECOND, 4)].sort((a, b) => a.at - b.at);
    expect(longestOverlap(reigns(both, SECOND))).toBe(1.5 * SECOND);
    const inTurn = [...adverts("a", 0, 3), ...adverts("b", 5 * SECOND, 3)];
    expect(longestOverlap(reigns(inTurn, SECOND))).toBe(0);
  });
});

describe("the protocol's times", () => {
  it("scale the skew with the interval in version 3 only", () => {
    expect(skewTime(2, 2 * SECOND, 100)).toBe(609_375);
    expect(skewTime(3, 100_000, 100)).toBe(60_937);
    expect(masterDownInterval(3, 100_000, 100)).toBe(360_937);
    expect(masterDownInterval(2, SECOND, 254)).toBe(3_007_812);
  });
});
