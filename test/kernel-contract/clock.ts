import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../lab/process.ts";
import { type KernelUnderTest, settle } from "./host.ts";

export function clockContract(start: () => KernelUnderTest): void {
  describe("clock", () => {
    let host: KernelUnderTest;
    beforeEach(() => {
      host = start();
    });
    afterEach(() => host.close());

    it("alarms once, not before its time", async () => {
      const { clock } = host.kernel;
      const alarms: number[] = [];
      clock.onAlarm(() => alarms.push(clock.now()));
      const due = clock.now() + 20_000;
      clock.alarm(due);
      await eventually("the alarm", () => alarms.length > 0);
      await settle();
      expect(alarms).toHaveLength(1);
      expect(alarms[0]).toBeGreaterThanOrEqual(due);
    });

    it("re-arms, disarms, and takes the past for now", async () => {
      const { clock } = host.kernel;
      let count = 0;
      clock.onAlarm(() => count++);
      clock.alarm(clock.now() + 10_000);
      clock.alarm(clock.now() - 10_000);
      await eventually("the alarm", () => count === 1);
      clock.alarm(clock.now() + 10_000);
      clock.alarm(undefined);
      await settle();
      expect(count).toBe(1);
    });
  });
}
