import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { cacheOf, loadProgram } from "../../src/cli/program-loader.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-loader-"));
const main = join(folder, "main.cjs");
let copies = 0;
let copy = folder;
afterAll(() => {
  for (const used of [folder, copy]) rmSync(used, { recursive: true, force: true });
});

/** A module as the bundle has it. */
function write(name: string, text: string): void {
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${text}\n})`;
  writeFileSync(join(folder, name), wrapped);
}

const script = (modules: ReturnType<typeof loadProgram>, file: string) => modules.get(file)?.script;

/** Keeps what was compiled, as the build does. */
function keep(modules: ReturnType<typeof loadProgram>): void {
  for (const [file, module] of modules) {
    mkdirSync(dirname(cacheOf(file)), { recursive: true });
    writeFileSync(cacheOf(file), module.script.createCachedData());
  }
}

/** Loads a copy: V8 would remember what it compiled under the same name in this process. */
function elsewhere(): readonly [string, ReturnType<typeof loadProgram>] {
  cpSync(folder, copy, { recursive: true });
  const file = join(copy, "main.cjs");
  return [file, loadProgram(file)];
}

beforeEach(() => {
  for (const used of [folder, copy]) rmSync(used, { recursive: true, force: true });
  copy = `${folder}-${++copies}`;
  mkdirSync(folder);
  write("main.cjs", 'exports.sum = require("./one.cjs").value + require("./two.cjs").value;');
  write(
    "one.cjs",
    'exports.value = 1; require("./two.cjs").seen.push(require("node:path").basename(__filename));',
  );
  write("two.cjs", "exports.value = 2; exports.seen = [];");
});

describe("loadProgram", () => {
  it("runs the modules, each once, and writes nothing", () => {
    const modules = loadProgram(main);
    expect(modules.get(main)?.exports).toEqual({ sum: 3 });
    expect(modules.get(join(folder, "two.cjs"))?.exports).toEqual({ value: 2, seen: ["one.cjs"] });
    expect(readdirSync(folder).sort()).toEqual(["main.cjs", "one.cjs", "two.cjs"]);
  });

  it("reports modules that the program loads later", async () => {
    write("main.cjs", 'queueMicrotask(() => require("./two.cjs"));');
    const modules = loadProgram(main);
    expect([...modules.keys()]).toEqual([main]);
    await Promise.resolve();
    expect([...modules.keys()]).toEqual([main, join(folder, "two.cjs")]);
  });

  it("uses the code that was kept", () => {
    keep(loadProgram(main));
    const [file, modules] = elsewhere();
    expect(script(modules, file)?.cachedDataRejected).toBe(false);
    expect(modules.get(file)?.exports).toEqual({ sum: 3 });
  });

  it("compiles again what V8 refuses: another text, another version, no cache at all", () => {
    keep(loadProgram(main));
    write("two.cjs", "exports.value = 20; exports.seen = [];");
    const bytes = readFileSync(cacheOf(main));
    bytes.writeUInt32LE((bytes.readUInt32LE(4) ^ 1) >>> 0, 4); // the hash of V8's version
    writeFileSync(cacheOf(main), bytes);
    rmSync(cacheOf(join(folder, "one.cjs")));
    const [file, modules] = elsewhere();
    expect(script(modules, file)?.cachedDataRejected).toBe(true);
    expect(script(modules, join(copy, "two.cjs"))?.cachedDataRejected).toBe(true);
    expect(modules.get(file)?.exports).toEqual({ sum: 21 });
    expect(existsSync(cacheOf(join(copy, "one.cjs")))).toBe(false);
  });

  it("does not take what another version of Node or another processor has kept", () => {
    expect(cacheOf(main)).toContain(process.version);
    expect(cacheOf(main)).toContain(process.arch);
  });
});
