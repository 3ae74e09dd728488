import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Places, PlainLines, type SourcePart } from "../../grammar/line.ts";
import { parseStatements } from "../../grammar/statements.ts";
import type { Statement } from "../../grammar/tree.ts";

const SEED = Number(process.env.HOLDFAST_SEED ?? Date.now() % 2 ** 31);

const nowhere: Places = {
  range: (origin) => ({ file: "x", line: origin, column: 0, endLine: 0, endColumn: 0 }),
  related: () => [],
};

function parse(parts: Iterable<SourcePart>): { statements: readonly Statement[]; faults: readonly string[] } {
  const faults: string[] = [];
  const statements = [
    ...parseStatements(parts, nowhere, ({ code, subject }) => faults.push(`${code} ${subject?.line}`)),
  ];
  return { statements, faults };
}

function* eachLine(text: string): Generator<SourcePart> {
  const lines = new PlainLines(text, 0, text.length, 1);
  for (let line = lines.take(); line; line = lines.take()) yield line;
}

function together(text: string): ReturnType<typeof parse> {
  return parse([new PlainLines(text, 0, text.length, 1)]);
}

/** Statements with every origin where it is, shared blocks written out. */
function spread(statements: readonly Statement[] | undefined, by = 0): unknown {
  return statements?.map(({ words, origin, source, block, end, shift = 0 }) => ({
    words: words.map((word) => ({ ...word, origin: word.origin + by })),
    origin: origin + by,
    source,
    block: spread(block, by + shift),
    end: end === undefined ? undefined : end + by,
  }));
}

function shared(statements: readonly Statement[]): number {
  return statements.reduce((sum, { block, shift }) => sum + (shift ? 1 : shared(block ?? [])), 0);
}

const SERVER = "  real_server 10.0.0.N {\n    weight 1 # one\n    CHECK {\n      path 'a'\n    }\n  }\n";

describe(`blocks that stand again (HOLDFAST_SEED=${SEED})`, () => {
  it("are shared with the first one, with origins of their own", () => {
    const text = `v {\n${SERVER}${SERVER.replace("N", "2")}}\nx {\n${SERVER}}\n`;
    const { statements, faults } = together(text);
    expect(faults).toEqual([]);
    expect(statements[0]?.block?.[1]?.block).toBe(statements[0]?.block?.[0]?.block);
    expect(statements[1]?.block?.[0]?.block).toBe(statements[0]?.block?.[0]?.block);
    expect(spread(statements)).toEqual(spread(parse(eachLine(text)).statements));
  });

  it("are read again where something is wrong in them, to say so again", () => {
    const text = 'v {\n  a {\n    b "c\n  }\n}\n'.repeat(3);
    const { statements, faults } = together(text);
    expect(faults).toHaveLength(3);
    expect(shared(statements)).toBe(0);
    expect(together("v {\n  {\n  }\n}\n".repeat(2)).faults).toHaveLength(2);
  });

  it("need the line of their words, and the end of the line of their last brace", () => {
    expect(shared(together("v\n{\n  a\n}\n".repeat(2)).statements)).toBe(0);
    expect(shared(together("v {\n  a\n} b\n".repeat(2)).statements)).toBe(0);
    expect(shared(together("v {\n  a\n} # b\n".repeat(2)).statements)).toBe(1);
    expect(shared(together("v {\n  a\n}\nv {\n  a\n}").statements)).toBe(0);
  });

  it("give the statements that each line by itself gives", () => {
    const line = fc.constantFrom(
      "a {",
      "b {",
      "a",
      "b x",
      "}",
      "} }",
      "{",
      "} # c",
      'a "',
      "a { b }",
      "a { b {",
      "",
      "}}",
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.array(line, { maxLength: 6 }), (some, more) => {
        const one = `${some.join("\n")}\n`;
        const text = `${one}${one}x {\n${one}}\n${more.join("\n")}\n${one}`;
        const [left, right] = [together(text), parse(eachLine(text))];
        expect(left.faults).toEqual(right.faults);
        expect(spread(left.statements)).toEqual(spread(right.statements));
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });
});
