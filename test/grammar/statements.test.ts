import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Places } from "../../grammar/line.ts";
import { StructureParser } from "../../grammar/parser.ts";
import { parseStatements } from "../../grammar/statements.ts";
import type { Statement } from "../../grammar/tree.ts";

const nowhere: Places = {
  range: (origin) => ({
    file: "x",
    line: Math.floor(origin / 256),
    column: (origin % 256) + 1,
    endLine: 0,
    endColumn: 0,
  }),
  related: () => [],
};

function parse(text: string): { statements: Statement[]; codes: string[] } {
  const codes: string[] = [];
  const lines = text.split("\n").map((line, index) => ({ id: index + 1, text: line }));
  const statements = [
    ...parseStatements(lines, nowhere, ({ code, subject }) =>
      codes.push(`${code} ${subject?.line}:${subject?.column}`),
    ),
  ];
  return { statements, codes };
}

type Shape = readonly [words: readonly string[], block: readonly Shape[] | undefined];

function shape({ words, block }: Statement): Shape {
  return [words.map((word) => word.text), block?.map(shape)];
}

function print([words, block]: Shape): string {
  const head = words.map((word) => `"${word}"`).join(" ");
  return block ? `${head} {\n${block.map(print).join("")}}\n` : `${head}\n`;
}

const word = fc.string({ unit: "binary", maxLength: 8 }).map((text) => text.replace(/["\n]/g, ""));
const words = fc.array(word, { minLength: 1, maxLength: 4 });
const { tree } = fc.letrec<{ tree: Shape }>((tie) => ({
  tree: fc.tuple(
    words,
    fc.option(fc.array(tie("tree"), { maxLength: 3, depthIdentifier: "tree" }), {
      nil: undefined,
      depthIdentifier: "tree",
      depthSize: "small",
    }),
  ),
}));

describe("the grammar", () => {
  it("passes Chevrotain's validation, which is left out at start", () => {
    expect(() => new StructureParser(false)).not.toThrow();
  });
});

describe("statements", () => {
  it("stay whole when their brace stands on a later line, however long they are", () => {
    const inner = Array.from({ length: 200 }, (_, i) => `r${i}\n{\n  x\n}`).join("\n");
    const { statements, codes } = parse(`v\n\n{\n${inner}\n}\nw`);
    expect(codes).toEqual([]);
    expect(statements.map(({ words, block }) => [words[0]?.text, block?.length])).toEqual([
      ["v", 200],
      ["w", undefined],
    ]);
  });

  it("carry the origin of each word and of the line", () => {
    const { statements } = parse('a "b c" {\n  d\n}');
    const [first] = statements;
    expect(first).toEqual({
      origin: 256 + 255,
      source: 'a "b c"',
      words: [
        { text: "a", quoted: false, origin: 256 },
        { text: "b c", quoted: true, origin: 257 },
      ],
      block: [{ origin: 2 * 256 + 255, words: [{ text: "d", quoted: false, origin: 512 }] }],
      end: 3 * 256,
    });
  });

  it("come one top-level statement at a time", () => {
    let taken = 0;
    function* lines(): Generator<{ id: number; text: string }> {
      for (let id = 1; id <= 300_000; id += 3) {
        taken = id;
        yield { id, text: "a {" };
        yield { id: id + 1, text: "b" };
        yield { id: id + 2, text: "}" };
      }
    }
    const [first] = parseStatements(lines(), nowhere, () => undefined);
    expect(first?.block?.length).toBe(1);
    expect(taken).toBeLessThan(1000);
  });

  it("report each mistake in the structure once, where it is, and go on", () => {
    expect(parse("}\na {\n{\nb\n}\n}\n}\nc {\nd {\n")).toEqual({
      statements: expect.any(Array),
      codes: [
        "unexpected-close 1:1",
        "unexpected-open 3:1",
        "unexpected-close 7:1",
        "unclosed-block 9:2",
        "unclosed-block 8:2",
      ],
    });
    expect(parse('a "b\nc "d').codes).toEqual(["unterminated-quote 1:2", "unterminated-quote 2:2"]);
  });

  it("take a block on the next line, also across batches", () => {
    const text = "a\n{\nb\n}\n".repeat(500);
    const { statements, codes } = parse(text);
    expect(codes).toEqual([]);
    expect(statements.map(shape)).toEqual(Array(500).fill([["a"], [[["b"], undefined]]]));
  });

  it("are the same after printing and parsing again", () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 5 }), (trees) => {
        const { statements, codes } = parse(trees.map(print).join(""));
        expect(codes).toEqual([]);
        expect(statements.map(shape)).toEqual(trees);
      }),
    );
  });
});
