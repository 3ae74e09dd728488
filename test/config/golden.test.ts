import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Compiled, compile } from "../../src/config/compile.ts";
import { dumpConf } from "../../src/config/dump-conf.ts";
import { CODES } from "../../src/diagnostics/codes.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";

/** `HOLDFAST_REGENERATE=1` writes what is produced; the result is reviewed like code. */
const REGENERATE = process.env.HOLDFAST_REGENERATE === "1" && process.env.CI === undefined;
const FOLDER = new URL("../../fixtures/config/", import.meta.url);
const NAMES = readdirSync(FOLDER).filter((name) => name.endsWith(".case"));

/** A case file: a sentence, then `==== name` sections: config, diagnostics, dump, and defaults where it matters. */
function sectionsOf(name: string): Map<string, string> {
  const parts = readFileSync(new URL(name, FOLDER), "utf8").split(/^==== (\w+)\n/m);
  const sections = new Map([["about", parts[0] ?? ""]]);
  for (let i = 1; i < parts.length; i += 2) sections.set(parts[i] ?? "", parts[i + 1] ?? "");
  return sections;
}

function compileCase(sections: Map<string, string>): Compiled {
  return compile(new MemoryHost({ "/x.conf": sections.get("config") ?? "" }), "/x.conf");
}

function line({ code, severity, summary, subject, related = [], suggestions = [] }: Diagnostic): string {
  const place = subject ? `${subject.line}:${subject.column}-${subject.endColumn}` : "-";
  const also = related.map(({ range, message }) => `\n    ${range.line}:${range.column} ${message}`).join("");
  const meant = suggestions.length > 0 ? `\n    did you mean ${suggestions.join(", ")}?` : "";
  return `${place} ${severity}[${code}] ${summary}${also}${meant}\n`;
}

describe("compilations of fixtures/config", () => {
  it.each(NAMES)("%s", (name) => {
    const sections = sectionsOf(name);
    const { config, diagnostics, usable } = compileCase(sections);
    const wanted = sections.has("defaults") || name === "inheritance.case";
    const actual = new Map([
      ["diagnostics", `${usable ? "" : "not usable\n"}${diagnostics.map(line).join("")}`],
      ["dump", dumpConf(config, { secrets: true })],
      ...(wanted ? [["defaults", dumpConf(config, { defaults: true })] as const] : []),
    ]);
    if (REGENERATE) {
      const text = [...actual].map(([key, value]) => `==== ${key}\n${value}`).join("");
      const input = `${sections.get("about")}==== config\n${sections.get("config")}`;
      writeFileSync(new URL(name, FOLDER), input + text);
    } else {
      expect(Object.fromEntries(actual)).toEqual(
        Object.fromEntries([...sections].filter(([key]) => actual.has(key))),
      );
    }
  });

  it.runIf(!REGENERATE)("cover every code of decoder and checks", () => {
    const seen = new Set(
      NAMES.flatMap((name) => compileCase(sectionsOf(name)).diagnostics.map(({ code }) => code)),
    );
    // Those of the host are in host-checks.test.ts, those of the source stage and the grammar in their own folders.
    const codes = Object.keys(CODES);
    const ours = codes.slice(codes.indexOf("deprecated"), codes.indexOf("insecure-script"));
    expect(ours.filter((code) => !seen.has(code))).toEqual([]);
  });
});
