import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { originOf, type Statement } from "../../grammar/tree.ts";
import type { Range } from "../../src/diagnostics/diagnostic.ts";
import type { Sources } from "../../src/source/sources.ts";
import { readFiles, rendered } from "./cases.ts";

const fragment = fc.oneof(
  fc.constantFrom(
    "{",
    "}",
    '"',
    "'",
    "#",
    "!",
    "\\\n",
    "\n",
    "\r\n",
    " ",
    "\t",
    "$A",
    `\${A}`,
    `\${`,
    "$A=",
    "$B= \\\n",
    `\${B}`,
    "@x ",
    "@^x ",
    "include b.conf\n",
    "include *.conf\n",
    "include {b,c}.conf\n",
    "~SEQ(A,1,3) ",
    "~LST(A,x,y) ",
    "~SEQ(",
    "vrrp_instance",
    "a",
    "\uFEFF",
    "\0",
    `\${_PWD}`,
    "~LST({A,B},{1,2},{3}) ",
    "~SEQ(B, 1, $A) ",
    "~SEQ(",
    "$A= \\\n",
    `\${A x y}`,
    "$1",
    `\${2}`,
    `\${_RANDOM 1 6}`,
    `\${_ENV HOME}`,
    "$_HASH ",
    "\\#",
    "includea c.conf\n",
    "include_check +match\n",
    "random_seed 7\n",
  ),
  fc.string({ unit: "binary", maxLength: 4 }),
);
const text = fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join(""));

/** Inside a line that exists, not before its start nor beyond its end. */
function expectInside(sources: Sources, range: Range): void {
  const line = sources.line(range.file, range.line);
  const endLine = sources.line(range.file, range.endLine);
  expect(line, `${range.file}:${range.line}`).toBeDefined();
  expect(endLine).toBeDefined();
  expect(range.column).toBeGreaterThanOrEqual(1);
  expect(range.column).toBeLessThanOrEqual((line?.length ?? 0) + 1);
  expect(range.endColumn).toBeLessThanOrEqual((endLine?.length ?? 0) + 1);
  expect(range.endLine).toBeGreaterThanOrEqual(range.line);
  if (range.endLine === range.line) expect(range.endColumn).toBeGreaterThanOrEqual(range.column);
}

function* ranges(statements: readonly Statement[], sources: Sources): Generator<Range> {
  for (const { origin, words, block } of statements) {
    yield sources.range(origin);
    for (const word of words) yield sources.range(word.origin);
    if (block) yield* ranges(block, sources);
  }
}

describe("any text", () => {
  it("is read without an exception, every range inside its file", () => {
    fc.assert(
      fc.property(text, text, (main, other) => {
        const outcome = readFiles({ "main.conf": main, "b.conf": other, "c.conf": "c 1\n" }, { id: "x" });
        for (const { id, text } of outcome.lines) {
          // What is worked out again when somebody asks for places is the line that was handed on.
          expect(outcome.sources.text(originOf(id))).toBe(text.replace(/\r$/, ""));
        }
        for (const range of ranges(outcome.statements, outcome.sources)) expectInside(outcome.sources, range);
        for (const { subject, related = [] } of outcome.diagnostics) {
          if (subject) expectInside(outcome.sources, subject);
          for (const { range } of related) expectInside(outcome.sources, range);
        }
        expect(typeof rendered(outcome)).toBe("string");
      }),
      { numRuns: 500 },
    );
  });

  it("gives the same lines for the same seed of the random numbers, others for another", () => {
    const draws = `a \${_RANDOM 0 1000000} \${_RANDOM 0 1000000} \${_RANDOM 3 5}\n`;
    const linesOf = (main: string, randomSeed?: number): readonly string[] =>
      readFiles({ "main.conf": main }, randomSeed === undefined ? {} : { randomSeed }).lines.map(
        ({ text }) => text,
      );
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (one, other) => {
        const lines = linesOf(draws + draws, one);
        expect(linesOf(draws + draws, one)).toEqual(lines);
        expect(linesOf(`random_seed ${one}\n${draws}${draws}`, other).slice(1)).toEqual(lines);
        expect(lines[0]).not.toBe(lines[1]);
        expect(["3", "4", "5"]).toContain(lines[0]?.split(" ")[3]);
        if (one !== other) expect(linesOf(draws, other)[0]).not.toBe(lines[0]);
      }),
    );
  });

  it("gives words that stand where their range says, when nothing was expanded", () => {
    const plain = fc
      .array(fc.constantFrom("a", "bc", " ", "\t", "\n", "{ x", "}", "# c\n", "\r\n"), { maxLength: 40 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(plain, (main) => {
        const { statements, sources } = readFiles({ "main.conf": main });
        const check = (all: readonly Statement[]): void => {
          for (const { words, block = [] } of all) {
            for (const word of words) {
              const { line, column, endColumn } = sources.range(word.origin);
              expect(sources.line("main.conf", line)?.slice(column - 1, endColumn - 1)).toBe(word.text);
            }
            check(block);
          }
        };
        check(statements);
      }),
    );
  });
});
