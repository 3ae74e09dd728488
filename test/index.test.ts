import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createContext, Script } from "node:vm";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, diff, emptyConfig, format } from "../src/index.ts";

const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));
const MAIN = "etc/keepalived.conf";
const FILES = {
  [MAIN]: "include conf.d/*.conf\n",
  "etc/conf.d/a.conf":
    "@here vrrp_instance A {\n  interface eth0\n virtual_router_id 5\n virtual_ipaddress { 10.0.0.1 }\n}\n",
};

describe("the library", () => {
  it("compiles texts, formats them, and plans a reload", () => {
    expect(compile(FILES, MAIN).diagnostics.map(({ code }) => code)).toContain("unexpected-close");
    const { config, diagnostics } = compile(FILES, MAIN, { id: "here" });
    expect(diagnostics).toEqual([]);
    expect(config.vrrp_instance[0]).toMatchObject({ name: "A", virtual_router_id: 5, priority: 100 });
    const kinds = diff(emptyConfig(), config).changes.map(({ kind }) => kind);
    expect(kinds).toContain("create");
    expect(diff(config, config).changes.every(({ kind }) => kind === "keep")).toBe(true);
    expect(format("a {\nb  c\n}")).toEqual({ text: "a {\n    b c\n}\n" });
  });

  it("reads through a host of one's own, and checks against facts", () => {
    const text = FILES["etc/conf.d/a.conf"];
    const host = {
      read: (path: string) => (path === "x" ? { text } : { problem: "no such file" }),
      list: () => [],
      identity: (path: string) => path,
    };
    const interfaces = { lo: { addresses: ["127.0.0.1/8"], flags: ["up", "loopback"] } };
    const kernel = { release: "", features: {} };
    const facts = { interfaces, users: {}, groups: {}, searchPath: [], files: {}, kernel };
    const { diagnostics } = compile(host, "x", { id: "here", facts });
    expect(diagnostics.map(({ code }) => code)).toEqual(["no-such-interface"]);
    expect(compile({}, "x").diagnostics.map(({ code }) => code)).toEqual(["unreadable-file"]);
  });
});

describe("the library as a bundle", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-library-"));
  let code = "";
  let imports: readonly string[] = [];

  beforeAll(async () => {
    const bundle = await rolldown({
      input: join(PROJECT, "src/index.ts"),
      platform: "browser",
      logLevel: "warn",
    });
    const { output } = await bundle.generate({ format: "iife", name: "holdfast" });
    await bundle.close();
    code = output[0].code;
    imports = output.flatMap((file) =>
      file.type === "chunk" ? [...file.imports, ...file.dynamicImports] : [],
    );
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("imports nothing of Node, and runs where there is only the language", () => {
    expect(imports).toEqual([]);
    expect(code.includes("node:")).toBe(false);
    const context = createContext({ TextEncoder, TextDecoder, files: FILES, main: MAIN });
    new Script(`${code}\nthis.holdfast = holdfast;`).runInContext(context);
    const result = new Script(
      "JSON.stringify([holdfast.compile(files, main, { id: 'here' }).config.vrrp_instance[0].name, holdfast.format('a  b')])",
    ).runInContext(context);
    expect(JSON.parse(result)).toEqual(["A", { text: "a b\n" }]);
  });

  it("has types that a program without Node's can use", { timeout: 120_000 }, async () => {
    // @ts-expect-error a script of the build, without types
    const { emitTypes } = await import("../scripts/emit-types.mjs");
    const home = join(folder, "node_modules/holdfast");
    mkdirSync(home, { recursive: true });
    emitTypes(join(PROJECT, "src/index.ts"), join(home, "dist/types"));
    execFileSync("cp", [join(PROJECT, "package.json"), home]);
    writeFileSync(
      join(folder, "good.ts"),
      `import { compile, diff, emptyConfig, type Plan } from "holdfast";
       const { config } = compile({ a: "" }, "a");
       export const plan: Plan = diff(emptyConfig(), config);
       export const priorities: number[] = config.vrrp_instance.map(({ priority }) => priority);
       // @ts-expect-error a number
       export const wrong: string = config.vrrp_instance[0]?.priority ?? 1;`,
    );
    const compilerOptions = { noEmit: true, strict: true, module: "nodenext", lib: ["es2023"], types: [] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["good.ts"] }));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const tsc = join(PROJECT, "node_modules/typescript/bin/tsc");
    expect(execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" })).toBe("");
  });
});
