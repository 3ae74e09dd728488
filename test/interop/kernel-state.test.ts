import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compareKernelStates, compareReload } from "./kernel-state.ts";
import { isKept, KEPT_DIFFERENCES } from "./kernel-state-differences.ts";
import { randomRouter, reloadedRouter } from "./random-router.ts";

/** The same seeds in every run of CI, so that a failure is the change's; others, or more of them, by hand. */
const SEED = Number(process.env.HOLDFAST_SEED ?? 1);
const RUNS = Number(process.env.HOLDFAST_RUNS ?? 8);
const FOLDER = new URL("../../fixtures/kernel-state/", import.meta.url);

describe("the kernel after start, as master and after stop is as keepalived leaves it", () => {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".conf"));
  it.each(names)("%s", async (name) => {
    const expected = { started: [], master: [], stopped: [], ...KEPT_DIFFERENCES[name] };
    const found = await compareKernelStates(
      readFileSync(new URL(name, FOLDER), "utf8"),
      (moment, lines) => lines.join("\n") === expected[moment].join("\n"),
    );
    expect(found).toEqual(expected);
  });
});

describe(`so it is for ${RUNS} configurations that nobody wrote, HOLDFAST_SEED=${SEED}`, () => {
  it.each(Array.from({ length: RUNS }, (_, index) => SEED + index))("seed %i", async (seed) => {
    const config = randomRouter(seed);
    const found = await compareKernelStates(config, (_, lines) => lines.every(isKept));
    const rest = Object.entries(found).flatMap(([moment, lines]) =>
      lines.filter((line) => !isKept(line)).map((line) => `${moment}: ${line}`),
    );
    expect(rest, config).toEqual([]);
  });
});

describe(`a reload comes to where a start does, for ${RUNS} configurations, HOLDFAST_SEED=${SEED}`, () => {
  it.each(Array.from({ length: RUNS }, (_, index) => SEED + index))("seed %i", async (seed) => {
    const [before, after] = [randomRouter(seed), reloadedRouter(seed)];
    const found = await compareReload(before, after);
    expect(found, `${before}\n=== reloaded ===\n${after}`).toEqual({ master: [], stopped: [] });
  });
});
