import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/config/compile.ts";
import { dumpConf } from "../../src/config/dump-conf.ts";
import { dumpJson } from "../../src/config/dump-json.ts";
import { nodeHost } from "../../src/source/node-host.ts";
import { compileText, meaningOf } from "./compile-text.ts";

/** Real configurations, beside the project and no part of it: these tests are for who has them. */
const CORPUS = new URL("../../../shared/corpus/", import.meta.url);
const FILES = new URL("files/", CORPUS);
const present = existsSync(FILES);

/** Exit status of `keepalived -t` 2.4.3 by file name. */
function verdicts(): Map<string, number> {
  const lines = readFileSync(new URL("verdicts.tsv", CORPUS), "utf8").trim().split("\n");
  return new Map(
    lines.map((line) => {
      const [name = "", , status = ""] = line.split("\t");
      return [name, Number(status)];
    }),
  );
}

describe.skipIf(!present)("the corpus of real configurations", () => {
  const names = present ? readdirSync(FILES) : [];

  it.each(names)("%s compiles, and its dump compiles to the same", (name) => {
    const { config, diagnostics } = compile(nodeHost, new URL(name, FILES).pathname);
    for (const { subject, summary } of diagnostics) {
      expect(summary).not.toBe("");
      if (subject) expect(subject.line).toBeGreaterThan(0);
    }
    for (const defaults of [false, true]) {
      JSON.stringify(dumpJson(config, { defaults }));
      const dumped = dumpConf(config, { defaults, secrets: true });
      const again = compileText(dumped).config;
      expect(dumpConf(again, { defaults, secrets: true })).toBe(dumped);
      expect(meaningOf(again)).toEqual(meaningOf(config));
    }
  });

  it("has no error in the samples of keepalived that keepalived accepts", () => {
    const accepted = [...(present ? verdicts() : [])].filter(
      ([name, status]) => name.startsWith("acassen__") && status === 0,
    );
    expect(accepted.length).toBeGreaterThan(10);
    for (const [name] of accepted) {
      const { diagnostics, usable } = compile(nodeHost, new URL(name, FILES).pathname);
      expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(usable).toBe(true);
    }
  });

  it("is not usable where keepalived refuses it, for want of a value", () => {
    for (const [name, status] of present ? verdicts() : []) {
      if (status !== 2) continue;
      const { diagnostics } = compile(nodeHost, new URL(name, FILES).pathname);
      const known = diagnostics.some(({ code }) => code === "missing-value" || code === "not-implemented");
      expect(known, name).toBe(true);
    }
  });
});
