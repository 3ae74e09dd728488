import { describe, expect, it } from "vitest";
import { effectivePriority, type Tracked, weigh } from "../../../src/core/track/weigh.ts";

const tracked = (status: Tracked["status"], weight: number, reverse = false): Tracked => ({
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
    expect(weigh([tracked("unknown", 0)])).toEqual({ fault: undefined, waiting: true, change: 0 });
  });

  it("adds up", () => {
    expect(weigh([tracked("up", 20), tracked("down", -5), tracked("down", 7)]).change).toBe(15);
    expect(weigh([]).change).toBe(0);
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
