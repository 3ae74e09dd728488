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
function spread(statements: readonly Statement[] | undefined, by = 0): readonly unknown[] | undefined {
  return statements?.map(({ words, origin, source, opening, block, end, shift = 0 }) => ({
    words: words.map((word) => ({ ...word, origin: word.origin + by })),
    origin: origin + by,
    source,
    block: block && [
      ...(spread(opening?.statements, by + (opening?.shift ?? 0)) ?? []),
      ...(spread(block, by + shift) ?? []),
    ],
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

  it("are shared by the lines that they begin with, when they go on in another way", () => {
    const text = `v 1 {\n  a b\n  c "d"\n${SERVER}}\nv 2 {\n  a b\n  c "d"\n${SERVER.replace("N", "2")}}\n`;
    const { statements } = together(text);
    const [first, second] = statements;
    expect(first?.opening).toBeUndefined();
    expect(second?.opening?.statements).toEqual(first?.block?.slice(0, 2));
    expect(second?.block).toHaveLength(1);
    expect(spread(statements)).toEqual(spread(parse(eachLine(text)).statements));
    // One that stands again with all that is in it has the opening of the other.
    const [, before, again] = together(`${text}${text.slice(text.indexOf("v 2"))}`).statements;
    expect(again?.opening?.statements).toBe(before?.opening?.statements);
    expect(again?.opening?.shift).not.toBe(before?.opening?.shift);
  });

  it.each([
    [
      "a brace on a line of its own belongs to the words above",
      "v {\n  a\n  b\n",
      "c {\n}\n}\n",
      "{\n}\n}\n",
    ],
    ["so does one behind an empty line", "v {\n  a\n  b\n", "c {\n}\n}\n", "\n{\n}\n}\n"],
    ["and behind a comment", "v {\n  a\n", "c {\n}\n}\n", "# {\n{\n}\n}\n"],
    ["the lines go on", "v {\n  a\n", "c {\n}\n}\n", "b\nc {\n}\n}\n"],
    ["the block ends where lines stop", "v {\n  a\n", "c {\n}\n}\n", ""],
    ["a quote has no end", 'v {\n  a "b\n', "c {\n}\n}\n", "d {\n}\n}\n"],
  ])("do not begin alike where %s", (_, opening, first, second) => {
    const text = `${opening}${first}${opening}${second}`;
    const [left, right] = [together(text), parse(eachLine(text))];
    expect(left.statements.some((statement) => statement.opening)).toBe(false);
    expect(left.faults).toEqual(right.faults);
    expect(spread(left.statements)).toEqual(spread(right.statements));
  });

  it("give the statements that each line by itself gives, when they begin alike", () => {
    const line = fc.constantFrom("a", "b x", 'c "d e"', 'a "', "", "  # x {", "{", "b {", "}");
    const lines = (most: number) => fc.array(line, { maxLength: most }).map((some) => some.join("\n"));
    fc.assert(
      fc.property(lines(3), fc.array(lines(4), { maxLength: 4 }), (opening, tails) => {
        const text = tails.map((tail) => `v {\n${opening}\n${tail}\nx {\n}\n}\n`).join("");
        const [left, right] = [together(text), parse(eachLine(text))];
        expect(left.faults).toEqual(right.faults);
        expect(spread(left.statements)).toEqual(spread(right.statements));
      }),
      { seed: SEED, numRuns: 1000 },
    );
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
