import { expect, it } from "vitest";
import { applyFixes } from "../../src/diagnostics/apply-fixes.ts";
import type { Fix } from "../../src/diagnostics/diagnostic.ts";

function fix(line: number, column: number, endColumn: number, text: string): Fix {
  const range = { file: "a", line, column, endLine: line, endColumn };
  return { title: text, edits: [{ range, text }] };
}

it("applies edits by line and column, whatever their order and line ends", () => {
  const { text, applied } = applyFixes("one two\r\nthree\r\n\u{1f600} x", [
    fix(3, 4, 5, "y"),
    fix(1, 5, 8, "2"),
    fix(2, 1, 6, ""),
  ]);
  expect(text).toBe("one 2\r\n\r\n\u{1f600} y");
  expect(applied).toHaveLength(3);
});

it("leaves out a fix that overlaps an earlier one, as a whole", () => {
  const both: Fix = { title: "both", edits: [...fix(1, 6, 9, "X").edits, ...fix(2, 1, 2, "Y").edits] };
  const { text, applied } = applyFixes("abcdefgh\nz", [fix(1, 1, 7, "_"), both, fix(1, 7, 9, "!")]);
  expect(text).toBe("_!\nz");
  expect(applied.map(({ title }) => title)).toEqual(["_", "!"]);
});

it("makes the same edit once", () => {
  const { text, applied } = applyFixes("ab", [fix(1, 1, 2, "xx"), fix(1, 1, 2, "xx")]);
  expect(text).toBe("xxb");
  expect(applied).toHaveLength(2);
});
