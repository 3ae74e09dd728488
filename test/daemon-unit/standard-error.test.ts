import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StandardError } from "../../src/daemon/log/standard-error.ts";
import { execute } from "../lab/process.ts";

let folder: string;
let pipe: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-stderr-"));
  execute(["mkfifo", join(folder, "fifo")]);
  pipe = openSync(join(folder, "fifo"), constants.O_RDWR | constants.O_NONBLOCK);
});
afterEach(() => {
  closeSync(pipe);
  rmSync(folder, { recursive: true, force: true });
});

const LINE = `${"x".repeat(999)}\n`;
const report = (lost: number): string => `${lost} lost\n`;

/** Reads everything that the pipe holds. */
function drain(): string {
  const bytes = Buffer.alloc(1 << 20);
  return bytes.toString("latin1", 0, readSync(pipe, bytes));
}

describe("StandardError", () => {
  it("loses lines of a full pipe without waiting, and says how many once there is room", () => {
    const out = new StandardError(0, pipe);
    const started = performance.now();
    for (let i = 0; i < 10_000; i++) out.write(LINE, report);
    // A millisecond for each would be ten seconds.
    expect(performance.now() - started).toBeLessThan(10_000);
    const kept = drain().split("\n").length - 1;
    out.write("after\n", report);
    expect(drain()).toBe(`${10_000 - kept} lost\nafter\n`);
    out.write("again\n", report);
    expect(drain()).toBe("again\n");
  });

  it("waits for room as long as it has patience, once", () => {
    const out = new StandardError(60, pipe);
    const started = performance.now();
    for (let i = 0; i < 200; i++) out.write(LINE, report);
    const took = performance.now() - started;
    expect(took).toBeGreaterThanOrEqual(55);
    // For each of them it would be eight seconds.
    expect(took).toBeLessThan(5_000);
  });

  it("is silent about a descriptor that is closed", () => {
    const out = new StandardError(60, 9_999);
    expect(() => out.write(LINE, report)).not.toThrow();
  });
});
