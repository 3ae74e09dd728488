import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { type SuppressOptions, suppress } from "../../src/diagnostics/suppress.ts";

function warning(code: string, line: number, more: Partial<Diagnostic> = {}): Diagnostic {
  const subject = { file: "a.conf", line, column: 1, endLine: line, endColumn: 5 };
  return { code, severity: "warning", summary: code, subject, ...more };
}

/** What stays, as `line:code`, and what goes, with its reason. */
function outcome(text: string, diagnostics: readonly Diagnostic[], options: SuppressOptions = {}): unknown {
  const { kept, suppressed } = suppress(diagnostics, [{ path: "a.conf", text }], options);
  return {
    kept: kept.map(({ code, subject }) => `${subject?.line}:${code}`),
    gone: suppressed.map(
      ({ diagnostic, reason = "" }) => `${diagnostic.subject?.line}:${diagnostic.code} ${reason}`,
    ),
  };
}

describe("holdfast-ignore", () => {
  it("is for its own line", () => {
    const text = "a\nb # holdfast-ignore deprecated because\nc\n";
    expect(
      outcome(
        text,
        [1, 2, 3].map((line) => warning("deprecated", line)),
      ),
    ).toEqual({
      kept: ["1:deprecated", "3:deprecated"],
      gone: ["2:deprecated because"],
    });
  });

  it("alone on a line, is for the next statement, over comments and blank lines", () => {
    const text = "a\n  ! holdfast-ignore: deprecated , extra-words\n\n# note\n  b\nc\n";
    const all = [warning("deprecated", 5), warning("extra-words", 5), warning("deprecated", 6)];
    expect(outcome(text, all)).toEqual({
      kept: ["6:deprecated"],
      gone: ["5:deprecated ", "5:extra-words "],
    });
  });

  it("above the first statement, is for the whole file, and for no other", () => {
    const text = "# about\n# holdfast-ignore deprecated\n\na\nb\n";
    const other = { file: "b.conf", line: 5, column: 1, endLine: 5, endColumn: 2 };
    const all = [
      warning("deprecated", 4),
      warning("deprecated", 5),
      warning("deprecated", 5, { subject: other }),
    ];
    expect(outcome(text, all)).toEqual({
      kept: ["5:deprecated"],
      gone: ["4:deprecated ", "5:deprecated "],
    });
  });

  it("never silences an error, and says so", () => {
    const text = "a\nb # holdfast-ignore unknown-keyword\n";
    const { kept } = suppress(
      [warning("unknown-keyword", 2, { severity: "error" })],
      [{ path: "a.conf", text }],
    );
    expect(kept.map(({ code, severity }) => [code, severity])).toEqual([
      ["unknown-keyword", "error"],
      ["unused-suppression", "note"],
    ]);
    expect(kept[1]?.detail).toContain("no comment silences");
    expect(kept[1]?.subject).toEqual({ file: "a.conf", line: 2, column: 21, endLine: 2, endColumn: 36 });
  });

  it("is reported when it names nothing, or nothing that is known", () => {
    const text = "a\nb # holdfast-ignore\nc # holdfast-ignore nonsense,deprecated\n";
    const { kept } = suppress([warning("deprecated", 3)], [{ path: "a.conf", text }]);
    expect(kept.map(({ code, summary }) => [code, summary])).toEqual([
      ["invalid-suppression", "holdfast-ignore names no code"],
      ["invalid-suppression", "there is no code nonsense"],
    ]);
    expect(kept[1]?.subject?.column).toBe(21);
  });

  it("is a comment, and nothing in quotes", () => {
    const text = 'a "# holdfast-ignore deprecated"\nb "x" # see "y": holdfast-ignore deprecated\n';
    expect(outcome(text, [warning("deprecated", 1), warning("deprecated", 2)])).toEqual({
      kept: ["1:deprecated"],
      gone: ["2:deprecated "],
    });
  });

  it("may be unused where its code could not be reported, or where that is silenced itself", () => {
    const text = "a\nb # holdfast-ignore deprecated, unused-suppression\nc # holdfast-ignore no-such-user\n";
    expect(outcome(text, [], { possible: (code) => code !== "no-such-user" })).toEqual({
      kept: [],
      gone: ["2:unused-suppression "],
    });
  });
});

it("codes that are off are left out everywhere, errors not", () => {
  const all = [
    warning("deprecated", 1),
    warning("deprecated", 2, { severity: "error" }),
    warning("extra-words", 3),
  ];
  const text = "a # holdfast-ignore extra-words\nb\nc\n";
  expect(outcome(text, all, { off: new Set(["deprecated", "unused-suppression"]) })).toEqual({
    kept: ["2:deprecated", "3:extra-words"],
    gone: ["1:deprecated ", "1:unused-suppression "],
  });
});
