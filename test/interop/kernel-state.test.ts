import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compareKernelStates } from "./kernel-state.ts";
import { KEPT_DIFFERENCES } from "./kernel-state-differences.ts";

const FOLDER = new URL("../../fixtures/kernel-state/", import.meta.url);

describe("the kernel after start, as master and after stop is as keepalived leaves it", () => {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".conf"));
  it.each(names)("%s", async (name) => {
    const found = await compareKernelStates(readFileSync(new URL(name, FOLDER), "utf8"));
    const none = { started: [], master: [], stopped: [] };
    expect(found).toEqual({ ...none, ...KEPT_DIFFERENCES[name] });
  });
});
