import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/config/compile.ts";
import { format, formatFile } from "../../src/config/format.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";
import { nodeHost } from "../../src/source/node-host.ts";
import { OverlayHost } from "../../src/source/overlay-host.ts";
import { configText } from "../schema/samples.ts";
import { compileText, meaningOf } from "./compile-text.ts";

/** `HOLDFAST_REGENERATE=1` writes what is produced; the result is reviewed like code. */
const REGENERATE = process.env.HOLDFAST_REGENERATE === "1" && process.env.CI === undefined;
const FOLDER = new URL("../../fixtures/format/", import.meta.url);
const CORPUS = new URL("../../../shared/corpus/files/", import.meta.url);
const SEED = Number(process.env.HOLDFAST_SEED ?? Date.now() % 2 ** 31);

/** The formatted text; fails with the reason when there is none. */
function formatted(text: string): string {
  const result = format(text);
  if ("problem" in result) throw new Error(`line ${result.problem.line}: ${result.problem.reason}`);
  return result.text;
}

describe("cases of fixtures/format", () => {
  it.each(readdirSync(FOLDER).filter((name) => name.endsWith(".case")))("%s", (name) => {
    const text = readFileSync(new URL(name, FOLDER), "utf8");
    const [about = "", before = "", after = ""] = text.split(/^==== \w+\n/m);
    const result = formatted(before);
    if (REGENERATE) {
      writeFileSync(new URL(name, FOLDER), `${about}==== config\n${before}==== format\n${result}`);
      return;
    }
    expect(result).toBe(after);
    expect(formatted(after)).toBe(after);
  });
});

describe("a file's form", () => {
  it("has newlines only, no byte order mark, and ends in one newline", () => {
    expect(formatted("\uFEFFglobal_defs {\r\n  router_id a\r\n}")).toBe(
      "global_defs {\n    router_id a\n}\n",
    );
    expect(formatted("")).toBe("");
    expect(formatted("\n \t\n")).toBe("");
  });

  it("keeps no-break spaces, which are characters of words to keepalived", () => {
    expect(formatted("vrrp_script s {\n\u00a0\u00a0interval  3\u00a0\n}\n")).toBe(
      "vrrp_script s {\n    \u00a0\u00a0interval 3\u00a0\n}\n",
    );
  });

  it("keeps the blank line that ends a definition", () => {
    const text = "$X= \\\n    a \\\n\nb c\n";
    expect(formatted(text)).toBe(text);
  });

  it.each([
    ["vrrp_instance A {\n  priority 1\n}\n}\n", 4, "the `}` here closes nothing"],
    ["a\nvrrp_instance A {\n  x {\n }\n", 2, "the block that opens here is never closed"],
    ['vrrp_instance A {\n  script "x\n}\n', 2, "the quoted text has no end"],
    ["$X=eth0\nvrrp_instance A {\n interface $X\n}\n}\n", 5, "the `}` here closes nothing"],
    ["a\0b\n", 1, "the line holds a NUL byte"],
  ])("is refused where the structure is broken: %j", (text, line, reason) => {
    expect(format(text)).toEqual({ problem: { line, reason } });
  });

  it("takes into account what other files define", () => {
    const host = new MemoryHost({ "/c/a.conf": "include b.conf\nx $Q  y\n", "/c/b.conf": '$Q="\n' });
    expect(formatFile(host, "/c/a.conf")).toEqual({
      problem: { line: 1, reason: "another form might change what the file means" },
    });
    expect(formatFile(host, "/c/none.conf")).toEqual({ problem: { line: 0, reason: "no such file" } });
  });
});

describe(`formatting is idempotent and keeps the Config (HOLDFAST_SEED=${SEED})`, { timeout: 60_000 }, () => {
  const same = (text: string): void => {
    const once = formatted(text);
    expect(formatted(once)).toBe(once);
    expect(meaningOf(compileText(once).config)).toEqual(meaningOf(compileText(text).config));
  };

  it("of whatever the schema can say", () => {
    fc.assert(fc.property(configText, same), { seed: SEED, numRuns: 100 });
  });

  it("of the same with other white space, comments, definitions and conditions", () => {
    const noise = fc.array(
      fc.tuple(
        fc.nat(),
        fc.constantFrom("  ", "\t", "\n\n", " # note\n", "! note\n", "\n$X=1\n", "\n@a priority 7\n", "\r\n"),
      ),
      { maxLength: 12 },
    );
    const places = (text: string): readonly number[] =>
      [...text.matchAll(/[{}]?\n/g)].map(({ index }) => index);
    fc.assert(
      fc.property(configText, noise, (text, parts) => {
        let result = text;
        for (const [where, part] of parts) {
          const all = places(result);
          const at = all[where % Math.max(1, all.length)] ?? 0;
          result = result.slice(0, at) + part + result.slice(at);
        }
        const made = format(result);
        if ("text" in made) same(result);
        else expect(made.problem.reason).not.toContain("another form");
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  it("of words and braces in any order, or refuses", () => {
    const words = fc.constantFrom(
      ...[
        "vrrp_instance",
        "{",
        "}",
        "\n",
        "\n",
        " ",
        '"',
        "'",
        "\\",
        "$X",
        "$X=",
        "@a ",
        "~SEQ(x,3) ",
        "# c",
        "a!b",
      ],
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (parts) => {
        const text = parts.join("");
        if ("text" in format(text)) same(text);
      }),
      { seed: SEED, numRuns: 1500 },
    );
  });
});

describe.skipIf(!existsSync(CORPUS))("the corpus of real configurations", () => {
  it("is formatted but for broken files, and means the same", () => {
    const refused: string[] = [];
    for (const name of readdirSync(CORPUS)) {
      const { pathname } = new URL(name, CORPUS);
      const result = formatFile(nodeHost, pathname);
      if ("problem" in result) {
        refused.push(result.problem.reason);
        continue;
      }
      const changed = new OverlayHost(nodeHost, new Map([[nodeHost.identity(pathname), result.text]]));
      expect(formatFile(changed, pathname), name).toEqual(result);
      const [before, after] = [compile(nodeHost, pathname), compile(changed, pathname)];
      expect(meaningOf(after.config), name).toEqual(meaningOf(before.config));
    }
    expect(refused.length).toBeLessThan(5);
    expect(refused).not.toContain("another form might change what the file means");
  });
});
