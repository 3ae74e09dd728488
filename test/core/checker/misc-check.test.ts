/** Verdicts, words and weights are those that keepalived 2.2.7 had for the same exit statuses. */
import { describe, expect, it } from "vitest";
import type { CheckEffect } from "../../../src/core/checker/contract.ts";
import { MiscCheck, type MiscCheckOptions } from "../../../src/core/checker/misc-check.ts";

const SECOND = 1_000_000;
const timing = {
  delayLoop: 3 * SECOND,
  connectTimeout: SECOND,
  retry: 0,
  delayBeforeRetry: SECOND,
  firstDelay: 0,
};
const options: MiscCheckOptions = {
  service: "RS",
  virtualServer: "VS",
  command: { argv: ["/check", "1"] },
  timeout: 2 * SECOND,
  dynamic: false,
  up: true,
  logAllFailures: false,
  random: () => 0,
};

/** How a run ended: an exit status, or in other words. */
type End = number | string;

/** Runs a checker whose program ends at once, as `endAt` says; its effects in words, with the second. */
function course(
  more: Partial<MiscCheckOptions>,
  retry: number,
  seconds: number,
  endAt: (second: number) => End,
) {
  const checker = new MiscCheck({ ...timing, retry }, { ...options, ...more });
  const said: string[] = [];
  let now = 0;
  const take = (effects: readonly CheckEffect[]): void => {
    for (const effect of effects) {
      const second = now / SECOND;
      if (effect.type === "verdict") said.push(`${second} ${effect.up ? "up" : "down"}`);
      if (effect.type === "weight") said.push(`${second} weight ${checker.weight}`);
      if (effect.type === "log")
        said.push(effect.message.replace("Misc check for [RS VS VS] by [/check] ", ""));
      if (effect.type !== "run") continue;
      expect(effect).toEqual({ type: "run", command: options.command, timeout: options.timeout });
      expect(checker.deadline()).toBeUndefined();
      const end = endAt(second);
      const exited =
        typeof end === "number"
          ? { status: end, how: `exited with status ${end}` }
          : { status: undefined, how: end };
      take(checker.handle({ type: "exited", ...exited }, now));
    }
  };
  take(checker.handle({ type: "start" }, now));
  for (let due = checker.deadline(); due !== undefined && due <= seconds * SECOND; due = checker.deadline()) {
    now = due;
    take(checker.handle({ type: "timer" }, now));
  }
  return said;
}

describe("MISC_CHECK", () => {
  it.each<[string, Partial<MiscCheckOptions>, number, End, string[]]>([
    ["0", {}, 0, 0, ["succeeded.", "0 up"]],
    ["1", {}, 0, 1, ["failed with retry disabled (exited with status 1).", "0 down"]],
    ["2", {}, 0, 2, ["failed with retry disabled (exited with status 2).", "0 down"]],
    ["2 as a weight", { dynamic: true }, 0, 2, ["0 weight 0", "succeeded.", "0 up"]],
    ["255 as a weight", { dynamic: true }, 0, 255, ["0 weight 253", "succeeded.", "0 up"]],
    [
      "1, never a weight",
      { dynamic: true },
      0,
      1,
      ["failed with retry disabled (exited with status 1).", "0 down"],
    ],
    ["a signal", {}, 0, "killed by SIGKILL", ["failed with retry disabled (killed by SIGKILL).", "0 down"]],
    ["too long", { dynamic: true }, 1, "timed out", ["timed out after 1 retry.", "0 down"]],
  ])("on exit status %s", (_, more, retry, end, expected) => {
    expect(course(more, retry, 1, () => end)).toEqual(expected);
  });

  it("retries a server that is up, and says so with log_all_failures", () => {
    const said = course({ logAllFailures: true }, 2, 14, (second) => (second >= 3 && second < 10 ? 1 : 0));
    expect(said).toEqual([
      ...["succeeded.", "0 up"],
      "failed, will do 2 retries (exited with status 1).",
      "failed on retry 1/2 (exited with status 1).",
      ...["failed after 2 retries (exited with status 1).", "5 down"],
      ...["succeeded.", "11 up"],
    ]);
  });

  it("goes back to the configured weight with exit status 0, and keeps the last one through a failure", () => {
    const ends = new Map<number, End>([
      [0, 12],
      [3, 5],
      [6, 1],
      [9, 5],
      [12, 0],
    ]);
    expect(course({ dynamic: true }, 0, 12, (second) => ends.get(second) ?? 0)).toEqual([
      ...["0 weight 10", "succeeded.", "0 up"],
      "3 weight 3",
      ...["failed with retry disabled (exited with status 1).", "6 down"],
      ...["succeeded.", "9 up"],
      "12 weight undefined",
    ]);
  });

  it("runs one at a time, from the start of one to the start of the next", () => {
    const checker = new MiscCheck(timing, { ...options, hasRun: true });
    checker.handle({ type: "start" }, 0);
    expect(checker.handle({ type: "timer" }, 0).map(({ type }) => type)).toEqual(["run"]);
    expect(checker.handle({ type: "timer" }, 5 * SECOND)).toEqual([]);
    checker.handle({ type: "exited", status: 0, how: "exited with status 0" }, 1 * SECOND);
    expect(checker.deadline()).toBe(3 * SECOND);
  });
});
