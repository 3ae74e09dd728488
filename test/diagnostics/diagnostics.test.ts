import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CODES } from "../../src/diagnostics/codes.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { orderDiagnostics } from "../../src/diagnostics/order.ts";
import { renderJson } from "../../src/diagnostics/render-json.ts";
import { type Palette, renderDiagnostic, renderText } from "../../src/diagnostics/render-text.ts";
import { editDistance, suggest } from "../../src/diagnostics/suggest.ts";

function at(line: number, column: number, endColumn = column + 1, file = "a.conf"): Diagnostic["subject"] {
  return { file, line, column, endLine: line, endColumn };
}

function diagnostic(more: Partial<Diagnostic>): Diagnostic {
  return { code: "unknown-keyword", severity: "error", summary: "unknown keyword", ...more };
}

/** The line of carets under a line of text, with the line. */
function frame(text: string, column: number, endColumn: number): string[] {
  const subject = { file: "a", line: 1, column, endLine: 1, endColumn };
  return renderDiagnostic(diagnostic({ subject }), { lineOf: () => text })
    .split("\n")
    .slice(3, 5);
}

describe("codes", () => {
  it("lists every code that a stage reports", () => {
    const root = fileURLToPath(new URL("../../", import.meta.url));
    const used = new Set<string>();
    for (const folder of ["src", "grammar"]) {
      for (const name of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
        if (!name.endsWith(".ts")) continue;
        const text = readFileSync(join(root, folder, name), "utf8");
        for (const [, code = ""] of text.matchAll(/\bcode: "([a-z0-9-]+)",\s*severity/g)) used.add(code);
      }
    }
    expect(used.size).toBeGreaterThan(10);
    expect([...used].filter((code) => !(code in CODES))).toEqual([]);
  });

  it("never lets an error be suppressed, and says what each code means", () => {
    for (const [code, info] of Object.entries(CODES)) {
      expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(info.explanation).toMatch(/^[A-Z~].*\.$/);
      expect(info.suppressible).toBe(info.severity !== "error");
    }
  });
});

describe("text", () => {
  it("shows line, carets, detail, suggestions and related places", () => {
    const lines = ["vrrp_instance A {", "  priorty 100", "}"];
    const text = renderText(
      [
        diagnostic({
          summary: "unknown keyword `priorty`",
          detail: "vrrp_instance has no such keyword.",
          subject: at(2, 3, 10),
          suggestions: ["priority", "preempt"],
          related: [
            {
              range: { file: "a.conf", line: 1, column: 1, endLine: 1, endColumn: 14 },
              message: "in this block",
            },
          ],
        }),
      ],
      { lineOf: (_, line) => lines[line - 1] },
    );
    expect(text).toBe(
      [
        "error[unknown-keyword]: unknown keyword `priorty`",
        " --> a.conf:2:3",
        "  |",
        "2 |   priorty 100",
        "  |   ^^^^^^^",
        "  = vrrp_instance has no such keyword.",
        "  = did you mean `priority` or `preempt`?",
        "note: in this block",
        " --> a.conf:1:1",
        "  |",
        "1 | vrrp_instance A {",
        "  | ^^^^^^^^^^^^^",
        "",
        "1 error",
        "",
      ].join("\n"),
    );
  });

  it("keeps carets under the word after tabs, wide and combining characters", () => {
    expect(frame("\tab\tc", 5, 6)).toEqual(["1 |     ab    c", "  |           ^"]);
    expect(frame("主从 x", 4, 5)).toEqual(["1 | 主从 x", "  |      ^"]);
    expect(frame("e\u0301 x", 4, 5)).toEqual(["1 | e\u0301 x", "  |   ^"]);
    expect(frame("a 主从", 3, 5)).toEqual(["1 | a 主从", "  |   ^^^^"]);
    expect(frame("a\x1b[31m", 1, 2)).toEqual(["1 | a␛[31m", "  | ^"]);
  });

  it("cuts long lines around the subject", () => {
    const [line = "", carets = ""] = frame(`${"x".repeat(5000)} here ${"y".repeat(5000)}`, 5002, 5006);
    expect(line.length).toBeLessThan(130);
    expect(line.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe("here");
  });

  it("has no frame where the text is not known, and no place where there is none", () => {
    const options = { lineOf: () => undefined };
    expect(renderDiagnostic(diagnostic({ subject: at(7, 1) }), options)).toBe(
      "error[unknown-keyword]: unknown keyword\n --> a.conf:7:1\n",
    );
    expect(renderText([], options)).toBe("");
    expect(
      renderText([diagnostic({ severity: "warning" }), diagnostic({ severity: "note" })], options),
    ).toMatch(/\n1 warning, 1 note\n$/);
  });

  it("colours with the palette it is given", () => {
    const mark = (name: string) => (text: string) => `<${name}>${text}</>`;
    const palette: Palette = {
      error: mark("error"),
      warning: mark("warning"),
      note: mark("note"),
      frame: mark("frame"),
      summary: mark("summary"),
    };
    const text = renderDiagnostic(diagnostic({ subject: at(1, 1, 2) }), { lineOf: () => "x", palette });
    expect(text).toContain("<error>error[unknown-keyword]</><summary>: unknown keyword</>");
    expect(text).toContain("<error>^</>");
  });
});

describe("order", () => {
  it("is by file as they appear, line and column; the same thing is said once", () => {
    const ordered = orderDiagnostics([
      diagnostic({ subject: at(3, 1, 2, "b") }),
      diagnostic({ subject: at(9, 1, 2, "a") }),
      diagnostic({ subject: at(3, 1, 2, "b"), detail: "again" }),
      diagnostic({ subject: at(2, 5, 6, "b") }),
      diagnostic({ code: "unreadable-file" }),
      diagnostic({ subject: at(2, 1, 2, "b") }),
    ]);
    expect(
      ordered.map(({ subject }) => subject && `${subject.file}:${subject.line}:${subject.column}`),
    ).toEqual([undefined, "b:2:1", "b:2:5", "b:3:1", "a:9:1"]);
  });
});

describe("JSON", () => {
  it("spreads the subject and counts", () => {
    const text = renderJson([
      diagnostic({ subject: at(2, 3, 10), suggestions: ["priority"] }),
      diagnostic({ code: "x" }),
    ]);
    expect(JSON.parse(text)).toEqual({
      version: 1,
      diagnostics: [
        { code: "x", severity: "error", summary: "unknown keyword" },
        {
          code: "unknown-keyword",
          severity: "error",
          summary: "unknown keyword",
          file: "a.conf",
          line: 2,
          column: 3,
          endLine: 2,
          endColumn: 10,
          suggestions: ["priority"],
        },
      ],
      summary: { errors: 2, warnings: 0, notes: 0 },
    });
  });
});

describe("suggestions", () => {
  const names = [
    "priority",
    "preempt",
    "preempt_delay",
    "nopreempt",
    "interface",
    "virtual_ipaddress",
    "state",
    "garp_master_delay",
  ];

  it.each([
    ["priorty", ["priority"]],
    ["pirority", ["priority"]],
    ["Priority", ["priority"]],
    ["virtual-ipaddres", ["virtual_ipaddress"]],
    ["premept", ["preempt"]],
    ["garp_master", ["garp_master_delay"]],
    ["x", []],
    ["completely_other", []],
  ])("%s", (written, expected) => {
    expect(suggest(written, names)).toEqual(expected);
  });

  it("counts a swap of neighbours as one edit and stops at the limit", () => {
    expect(editDistance("ab", "ba", 2)).toBe(1);
    expect(editDistance("kitten", "sitting", 3)).toBe(3);
    expect(editDistance("kitten", "sitting", 2)).toBe(3);
  });
});
