import { describe, expect, it } from "vitest";
import { monotonicMicros, realtimeMicros, Timer } from "../../native/timer.ts";
import { eventually } from "../lab/process.ts";

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

describe("realtimeMicros", () => {
  it("is the time of day, in whole microseconds", () => {
    const before = Date.now() * 1_000;
    const now = realtimeMicros();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThan((Date.now() + 1) * 1_000);
    expect(Number.isInteger(now)).toBe(true);
  });
});

describe("Timer", () => {
  it("counts the same clock as process.hrtime", () => {
    const before = Number(process.hrtime.bigint() / 1000n);
    const now = monotonicMicros();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Number(process.hrtime.bigint() / 1000n));
    expect(Number.isInteger(now)).toBe(true);
  });

  it("fires once, not before its time", async () => {
    const fired: number[] = [];
    const timer = new Timer(() => fired.push(monotonicMicros()));
    const due = monotonicMicros() + 3_500;
    timer.arm(due);
    await eventually("the alarm", () => fired.length > 0);
    await pause(30);
    timer.close();
    expect(fired).toHaveLength(1);
    expect(fired[0]).toBeGreaterThanOrEqual(due);
  });

  it("wakes before its time, and fires then", async () => {
    const fired: number[] = [];
    const timer = new Timer(() => fired.push(monotonicMicros()));
    const due = monotonicMicros() + 5_000;
    timer.arm(due, 3_000);
    await eventually("the alarm", () => fired.length > 0);
    await pause(30);
    expect(fired).toHaveLength(1);
    const soon = monotonicMicros() + 1_000;
    timer.arm(soon, 5_000);
    await eventually("the next alarm", () => fired.length > 1);
    await pause(30);
    timer.close();
    expect(fired).toHaveLength(2);
    expect(fired[0]).toBeGreaterThanOrEqual(due);
    expect(fired[1]).toBeGreaterThanOrEqual(soon);
  });

  it("replaces on re-arming, fires at once for the past, and not at all when disarmed or closed", async () => {
    let count = 0;
    const timer = new Timer(() => count++);
    timer.arm(monotonicMicros() + 5_000);
    timer.arm(0);
    await eventually("the alarm", () => count > 0);
    await pause(20);
    expect(count).toBe(1);
    timer.arm(monotonicMicros() + 5_000);
    timer.disarm();
    await pause(20);
    expect(count).toBe(1);
    timer.arm(monotonicMicros() + 5_000);
    timer.close();
    timer.close();
    await pause(20);
    expect(count).toBe(1);
  });
});
