import { describe, expect, it } from "vitest";
import { BfdCheck } from "../../../src/core/checker/bfd-check.ts";
import { FileCheck } from "../../../src/core/checker/file-check.ts";

const service = "[10.0.1.1]:tcp:80";

/** "up +5", "down +0" after each number in turn. */
function states(weight: number, reverse: boolean, numbers: readonly number[]): string[] {
  const [value = 0, ...rest] = numbers;
  const checker = new FileCheck({ service, file: "f", weight, reverse, value });
  const state = () => `${checker.up ? "up" : "down"} ${checker.weightChange}`;
  return [
    state(),
    ...rest.map((next) => {
      checker.handle({ type: "number", value: next });
      return state();
    }),
  ];
}

describe("FILE_CHECK", () => {
  it("multiplies the number of the file, in reverse with the sign turned", () => {
    expect(states(1, false, [0, 5, -5])).toEqual(["up 0", "up 5", "up -5"]);
    expect(states(-2, false, [5, -5])).toEqual(["up -10", "up 10"]);
    expect(states(2, true, [5, -5])).toEqual(["up -10", "up 10"]);
  });

  it("takes any number but 0 as a fault with weight 0, and 0 in reverse", () => {
    expect(states(0, false, [0, 5, -5, 0])).toEqual(["up 0", "down 0", "down 0", "up 0"]);
    expect(states(0, true, [0, 5, -5, 0])).toEqual(["down 0", "up 0", "up 0", "down 0"]);
  });

  it("takes a product that is no weight as the greatest, or as a fault", () => {
    const most = 2_147_483_647;
    expect(states(most, false, [1, -1, 2, -2, 0])).toEqual([
      `up ${most}`,
      `up ${-most}`,
      `up ${most}`,
      "down 0",
      "up 0",
    ]);
    expect(states(-most, true, [-2, 2_147_483_647])).toEqual(["down 0", `up ${most}`]);
  });

  it("tells of what changes, and of nothing else", () => {
    const checker = new FileCheck({ service, file: "f", weight: 0, reverse: false, value: 0 });
    expect(checker.handle({ type: "start" })).toEqual([]);
    expect(checker.handle({ type: "number", value: 0 })).toEqual([]);
    const fault = "([10.0.1.1]:tcp:80): tracked file f now FAULT state";
    expect(checker.handle({ type: "number", value: 3 })).toEqual([
      { type: "log", level: "warn", message: fault },
      { type: "verdict", up: false, reason: fault },
    ]);
    expect(checker.handle({ type: "number", value: 4 })).toEqual([]);
    const weighing = new FileCheck({ service, file: "f", weight: 2, reverse: false, value: 0 });
    expect(weighing.handle({ type: "number", value: 3 })).toEqual([{ type: "weight" }]);
    expect([weighing.deadline(), weighing.hasRun]).toEqual([undefined, true]);
  });
});

describe("BFD_CHECK", () => {
  it("is what is assumed until its session is heard of, and what that is from then on", () => {
    const checker = new BfdCheck({ service, session: "b", up: false });
    expect([checker.up, checker.hasRun, checker.deadline()]).toEqual([false, false, undefined]);
    const told = (up: boolean) => checker.handle({ type: "session", up });
    expect(told(false)).toEqual([
      { type: "log", level: "warn", message: "BFD check of [b] RS([10.0.1.1]:tcp:80) is DOWN" },
      { type: "verdict", up: false, reason: "b" },
    ]);
    expect(told(false)).toEqual([]);
    expect(told(true)[0]).toMatchObject({ message: "BFD check of [b] RS([10.0.1.1]:tcp:80) is UP" });
    expect([checker.up, checker.hasRun]).toEqual([true, true]);
    expect(checker.handle({ type: "timer" })).toEqual([]);
  });
});
