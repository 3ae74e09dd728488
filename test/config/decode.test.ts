import { describe, expect, it } from "vitest";
import { parseStatements } from "../../grammar/statements.ts";
import { Decoder } from "../../src/config/decode.ts";
import { type Draft, emptyDraft, shapeOf } from "../../src/config/shape.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import type { Fault } from "../../src/schema/kind.ts";
import { integer, word } from "../../src/schema/kinds.ts";
import { block, blocks, defineBlock, flag, leaf, list, repeated } from "../../src/schema/row.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";
import { readSource } from "../../src/source/read-source.ts";

const since = "1.0.0";
const inner = defineBlock({
  keyword: "inner",
  header: { name: word, number: integer(0, 9) },
  rows: {
    must: leaf(word, { required: true, doc: "Must be there.", since }),
    may: leaf(word, { doc: "May be there.", since }),
  },
});
const outer = defineBlock({
  keyword: "",
  header: {},
  rows: {
    once: leaf(integer(1, 10), { default: 5, doc: "Once.", since }),
    first: leaf(word, { firstWins: true, doc: "The first counts.", since }),
    often: repeated(word, { doc: "Often.", since }),
    on: flag({ doc: "On.", since }),
    bare: flag({ bare: true, doc: "Bare.", since }),
    not_on: flag({ sets: false, replacedBy: "on", synonym: true, doc: "The contrary of on.", since }),
    old: leaf(integer(1, 10), { replacedBy: "once", doc: "Older.", since }),
    names: list(word, { inline: true, doc: "Names.", since }),
    inner: blocks(inner, { doc: "Inner blocks.", since }),
    single: block(
      defineBlock({
        keyword: "single",
        header: {},
        rows: { a: leaf(word, { doc: "A.", since }), b: leaf(word, { doc: "B.", since }) },
      }),
      { doc: "One block.", since },
    ),
  },
});

/** Decodes a text by the schema above; faults as `origin code`, by line. */
function decode(text: string): { readonly draft: Draft; readonly faults: readonly string[] } {
  const structural: Diagnostic[] = [];
  const { lines, sources } = readSource(new MemoryHost({ "/x": text }), "/x", {}, (one) =>
    structural.push(one),
  );
  const faults: string[] = [];
  const report = (fault: Fault, origin: number) => faults.push(`${sources.range(origin).line} ${fault.code}`);
  const decoder = new Decoder(report, (statement) => statement.words);
  const shape = shapeOf(outer);
  const draft = emptyDraft(shape, 0);
  for (const statement of parseStatements(lines, sources, (one) => structural.push(one))) {
    decoder.statement(statement, shape, "", draft);
  }
  expect(structural).toEqual([]);
  return { draft, faults };
}

describe("decode", () => {
  it("starts with every property, and remembers what was written", () => {
    const { draft } = decode("once 7\n");
    expect(Object.keys(draft)).toEqual([...Object.keys(outer.rows), "$"]);
    expect(draft).toMatchObject({ once: 7, often: [], on: false, names: [], inner: [], single: undefined });
    expect(Object.keys(draft.$.of)).toEqual(["once"]);
  });

  it("takes the last of a keyword, or the first where that counts", () => {
    const { draft, faults } = decode("once 7\nonce 8\nfirst a\nfirst b\n");
    expect(draft).toMatchObject({ once: 8, first: "a" });
    expect(faults).toEqual(["2 repeated-keyword", "4 duplicate-keyword"]);
  });

  it("leaves the default where a value is wrong, as if it had been written", () => {
    const { draft, faults } = decode("once 11\n");
    expect(draft.once).toBe(5);
    expect(Object.keys(draft.$.of)).toEqual(["once"]);
    expect(faults).toEqual(["1 out-of-range"]);
  });

  it("collects repeated keywords and lists, with an origin for each", () => {
    const { draft, faults } = decode("often a\nnames x { y z }\noften b\nnames {\n  w\n}\n");
    expect(draft).toMatchObject({ often: ["a", "b"], names: ["x", "y", "z", "w"] });
    expect([draft.$.of.often, draft.$.of.names].map((origins) => [origins].flat().length)).toEqual([2, 4]);
    expect(faults).toEqual([]);
    expect(decode("once 1\n").draft.often).toEqual([]);
  });

  it.each([
    ["on\n", true],
    ["on off\n", false],
    ["not_on\n", false],
    ["not_on no\n", true],
    ["on yes\n", true],
  ])("reads the flag %j", (text, on) => {
    expect(decode(text)).toMatchObject({ draft: { on }, faults: [] });
  });

  it("does not let a bare flag be switched off", () => {
    expect(decode("bare off\n")).toMatchObject({ draft: { bare: true }, faults: ["1 extra-words"] });
  });

  it("sets the keyword that replaced an older one", () => {
    expect(decode("old 3\n")).toMatchObject({ draft: { once: 3, old: undefined }, faults: ["1 deprecated"] });
  });

  it("keeps blocks that have their header and what they must have", () => {
    const { draft, faults } = decode(`inner a 1 { must x }
inner b 2 { may x }
inner c
{ must x }
inner d ten { must x }
inner e 5 six { must x }
`);
    expect(draft.inner).toMatchObject([
      { name: "a", number: 1, must: "x" },
      { name: "e", number: 5, must: "x" },
    ]);
    expect(faults).toEqual(["2 missing-keyword", "3 missing-value", "5 invalid-number", "6 extra-words"]);
  });

  it("merges the statements of a block that there is once", () => {
    expect(decode("single { a 1 }\nsingle { b 2 }\n")).toMatchObject({
      draft: { single: { a: "1", b: "2" } },
      faults: [],
    });
  });

  it("skips unknown blocks whole", () => {
    expect(decode("what { ever { once 3 } }\nonce 4\n")).toMatchObject({
      draft: { once: 4 },
      faults: ["1 unknown-keyword"],
    });
  });
});
