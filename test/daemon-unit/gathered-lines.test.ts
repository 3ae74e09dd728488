import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GatheredLines } from "../../src/daemon/log/gathered-lines.ts";
import { relayLines } from "../../src/daemon/log/relay-lines.ts";
import { eventually, execute } from "../lab/process.ts";

let folder: string;
let pipe: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-lines-"));
  execute(["mkfifo", join(folder, "fifo")]);
  pipe = openSync(join(folder, "fifo"), constants.O_RDWR | constants.O_NONBLOCK);
});
afterEach(() => {
  closeSync(pipe);
  rmSync(folder, { recursive: true, force: true });
});

const report = (lost: number): string => `${lost} lost\n`;
const stampOf = (): string => "at ";
const message = (index: number): string => `${index} ${"x".repeat(990)}`;

/** What the pipe holds; nothing when it is empty. */
function drain(): string {
  const bytes = Buffer.alloc(1 << 20);
  try {
    return bytes.toString("latin1", 0, readSync(pipe, bytes));
  } catch {
    return "";
  }
}

describe("GatheredLines", () => {
  it("writes the lines of one turn together, in the next", async () => {
    const out = new GatheredLines(pipe, stampOf, report);
    out.write(30, "one");
    out.write(30, "two");
    expect(drain()).toBe("");
    expect(await eventually("the lines", () => drain() || undefined)).toBe("at one\nat two\n");
  });

  it("loses nothing to a reader that is slow", async () => {
    const out = new GatheredLines(pipe, stampOf, report);
    const all = Array.from({ length: 1_000 }, (_, index) => message(index));
    for (const each of all) out.write(30, each);
    const text = all.map((each) => `at ${each}\n`).join("");
    let read = "";
    await eventually("every line", () => {
      read += drain();
      return read.length >= text.length;
    });
    expect(read).toBe(text);
  });

  it("keeps a few megabytes for a reader that takes nothing, and says how many lines were lost on top", async () => {
    const out = new GatheredLines(pipe, stampOf, report);
    for (let index = 0; index < 10_000; index++) out.write(30, message(index));
    let read = "";
    let afters = 0;
    await eventually(
      "a line after those that were lost",
      () => {
        read += drain();
        if (read.endsWith("at after\n")) return true;
        // Lost like the others until something was taken.
        out.write(30, "after");
        afters += 1;
        return false;
      },
      20_000,
    );
    const lines = read.split("\n").slice(0, -1);
    const kept = lines.findIndex((line) => line.endsWith(" lost"));
    expect(kept).toBeGreaterThan(8_000);
    expect(lines.slice(0, kept)).toEqual(Array.from({ length: kept }, (_, index) => `at ${message(index)}`));
    const passed = lines.slice(kept + 1);
    expect(lines[kept]).toBe(`${10_000 - kept + afters - passed.length} lost`);
    expect(new Set(passed)).toEqual(new Set(["at after"]));
  }, 30_000);

  it("is silent about a descriptor that is closed", async () => {
    const out = new GatheredLines(9_999, stampOf, report);
    out.write(30, "gone");
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    out.write(30, "gone");
  });
});

describe("relayLines", () => {
  it("hands on whole lines, however the stream is cut", async () => {
    const stream = new PassThrough();
    const passed: string[] = [];
    relayLines(stream, (lines) => passed.push(lines));
    for (const piece of ["one\ntw", "o", "\nthree\nfour\n", "fi", "ve"]) stream.write(piece);
    stream.end();
    await new Promise((resolve) => stream.once("end", resolve));
    expect(passed).toEqual(["one\n", "two\nthree\nfour\n", "five\n"]);
  });
});
