import { describe, expect, it } from "vitest";
import type { TrackStatus } from "../../../src/core/track/script-tracker.ts";
import { effectivePriority, type Tracked, weigh } from "../../../src/core/track/weigh.ts";

const tracked = (status: TrackStatus, weight: number, reverse = false): Tracked => ({
  what: "script chk",
  status,
  weight,
  reverse,
});

describe("weigh", () => {
  // The table of the manual, and what keepalived 2.2.7 logs for it.
  it.each([
    [10, false, 10, 0],
    [10, true, -10, 0],
    [-10, false, 0, -10],
    [-10, true, 0, 10],
  ])("weight %i, reverse %s: %i when up, %i when down", (weight, reverse, up, down) => {
    expect(weigh([tracked("up", weight, reverse)])).toMatchObject({ change: up, fault: undefined });
    expect(weigh([tracked("down", weight, reverse)])).toMatchObject({ change: down, fault: undefined });
    expect(weigh([tracked("unknown", weight, reverse)])).toMatchObject({ change: 0, waiting: false });
  });

  it("makes a fault of weight 0 that is down, or with reverse up", () => {
    expect(weigh([tracked("down", 0)]).fault).toBe("script chk down");
    expect(weigh([tracked("up", 0)]).fault).toBeUndefined();
    expect(weigh([tracked("up", 0, true)]).fault).toBe("script chk up");
    expect(weigh([tracked("down", 0, true)]).fault).toBeUndefined();
  });

  it("waits for what could be a fault and is not known", () => {
    expect(weigh([tracked("unknown", 0)])).toMatchObject({
      fault: undefined,
      waiting: true,
      change: 0,
    });
  });

  it("waits for what will be known in a moment, whatever its weight", () => {
    const soon = { what: "process p", status: "unknown", weight: 5, reverse: false, soon: true } as const;
    expect(weigh([soon])).toMatchObject({ waiting: true, change: 0 });
  });

  it("names the causes of a change", () => {
    const failed = { ...tracked("down", -50), what: "script chk_haproxy", how: "failed 3 of 3" };
    expect(weigh([failed, tracked("up", 7), tracked("up", -9)]).causes).toEqual([
      "script chk_haproxy failed 3 of 3 -> -50",
      "script chk up -> +7",
    ]);
    expect(weigh([{ ...failed, weight: 0 }]).fault).toBe("script chk_haproxy failed 3 of 3");
  });

  it("adds up", () => {
    expect(weigh([tracked("up", 20), tracked("down", -5), tracked("down", 7)]).change).toBe(15);
    expect(weigh([]).change).toBe(0);
  });
});

describe("weigh, with numbers", () => {
  const number = (value: number | undefined, weight: number, reverse = false): Tracked => ({
    what: "file f",
    value,
    weight,
    reverse,
  });

  // What keepalived 2.4.3 makes of the same files.
  it.each([
    [10, 2, false, 20],
    [-20, 2, false, -40],
    [1000, 1, false, 253],
    [-253, 1, false, -253],
    [50, 1, true, -50],
    [-254, 1, true, 253],
    [16, -1, false, -16],
    [0, -3, false, 0],
  ])("%i times %i, reverse %s: %i", (value, weight, reverse, expected) => {
    expect(weigh([number(value, weight, reverse)])).toEqual({
      fault: undefined,
      waiting: false,
      change: expected,
      causes: expected === 0 ? [] : [`file f is ${value} -> ${expected > 0 ? "+" : ""}${expected}`],
    });
  });

  it.each([
    [-1000, 1, false],
    [254, -1, false],
    [254, 1, true],
    [1, 0, false],
    [-3, 0, false],
    [0, 0, true],
  ])("%i times %i, reverse %s is a fault", (value, weight, reverse) => {
    expect(weigh([number(value, weight, reverse)]).fault).toBe(`file f is ${value}`);
  });

  it.each([
    [0, false],
    [1, true],
  ])("%i with weight 0, reverse %s is none", (value, reverse) => {
    expect(weigh([number(value, 0, reverse)]).fault).toBeUndefined();
  });

  it("limits each of them, not their sum", () => {
    expect(weigh([number(1000, 1), number(200, -1)]).change).toBe(53);
  });

  it("waits for a file that has not been read", () => {
    expect(weigh([number(undefined, 4)]).waiting).toBe(true);
  });
});

describe("effectivePriority", () => {
  it.each([
    [100, 20, 120],
    [100, -120, 1],
    [100, 200, 254],
    [255, -50, 255],
    [254, 1, 254],
  ])("%i changed by %i is %i", (configured, change, expected) => {
    expect(effectivePriority(configured, change)).toBe(expected);
  });
});
