import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "holdfast-start-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Prints the modules of Node that a program has loaded, on standard error, when it ends. */
const LISTS_MODULES =
  'process.on("exit", () => require("node:fs").writeSync(2, process.moduleLoadList.join("\\n")));\n';

describe("the start of holdfast validate", () => {
  it("loads none of the modules that take long and that it does not need", () => {
    const [hook, file] = [join(folder, "hook.cjs"), join(folder, "x.conf")];
    writeFileSync(hook, LISTS_MODULES);
    writeFileSync(file, "global_defs {\n}\n");
    const args = ["--require", hook, "dist/holdfast.cjs", "validate", file];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(stdout).toBe(`${file}: no problems\n`);
    const loaded = stderr.split("\n").map((line) => line.replace(/^NativeModule /, ""));
    expect(loaded).toContain("vm");
    for (const module of ["net", "stream", "child_process", "os", "crypto"])
      expect(loaded).not.toContain(module);
  });
});
