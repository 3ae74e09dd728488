import type { Diagnostic, Fix, Range } from "../diagnostics/diagnostic.ts";
import { editDistance } from "../diagnostics/suggest.ts";
import { blocksKnowing, schemaBlocks } from "../schema/blocks.ts";
import type { AnyRow } from "../schema/row.ts";

/** The text of a line of a file, from 1. */
export type LineOf = (file: string, line: number) => string | undefined;

/** A new text for what a diagnostic is about; undefined where that is not certain. */
type Replace = (written: string, diagnostic: Diagnostic) => string | undefined;

const LONGEST_PASSWORD = 8;
const KEYWORD = /^[A-Za-z_][\w-]*$/;

/** Do the two spellings take the same value and do the same with it? */
function interchangeable(old: AnyRow, target: AnyRow | undefined): boolean {
  if (old.shape === "flag") return target?.shape === "flag" && old.sets === target.sets;
  if (old.shape === "leaf") return target?.shape === "leaf" && old.kind.name === target.kind.name;
  return old.shape === target?.shape;
}

/** Deprecated keywords that another can simply stand for, wherever they are known; the others with nothing. */
function deprecatedKeywords(): Map<string, string> {
  const found = new Map<string, string>();
  for (const { schema } of schemaBlocks()) {
    for (const [keyword, row] of Object.entries(schema.rows)) {
      if (row.replacedBy === undefined || row.synonym) continue;
      const sound = interchangeable(row, schema.rows[row.replacedBy]);
      const agrees = (found.get(keyword) ?? row.replacedBy) === row.replacedBy;
      found.set(keyword, sound && agrees ? row.replacedBy : "");
    }
  }
  return found;
}

let deprecated: Map<string, string> | undefined;

function replaceDeprecated(written: string): string | undefined {
  deprecated ??= deprecatedKeywords();
  return deprecated.get(written) || undefined;
}

/** A slip of the keys: one letter in short words, two in long ones, or only the case. */
function replaceMisspelt(written: string, { suggestions = [] }: Diagnostic): string | undefined {
  const [meant, other] = suggestions;
  if (meant === undefined || other !== undefined || !KEYWORD.test(written)) return undefined;
  if (meant.toLowerCase() === written.toLowerCase()) return meant;
  const slips = written.length < 4 ? 0 : written.length < 8 ? 1 : 2;
  return editDistance(written, meant, slips) <= slips ? meant : undefined;
}

/** The part of a password that is sent; quotes stay. */
function cutPassword(written: string): string | undefined {
  const [, quote = "", password = ""] = /^("?)([^"\\$]*)\1$/.exec(written) ?? [];
  const bytes = new TextEncoder().encode(password);
  if (bytes.length <= LONGEST_PASSWORD) return undefined;
  const cut = new TextDecoder().decode(bytes.subarray(0, LONGEST_PASSWORD)).replace(/\uFFFD+$/, "");
  return `${quote}${cut}${quote}`;
}

const REPLACE: Readonly<Record<string, Replace>> = {
  "byte-order-mark": (written) => (written === "\uFEFF" ? "" : undefined),
  deprecated: replaceDeprecated,
  "invalid-choice": replaceMisspelt,
  "password-truncated": cutPassword,
  "unknown-keyword": (written, diagnostic) =>
    blocksKnowing(written).length > 0 ? undefined : replaceMisspelt(written, diagnostic),
  "unknown-option": replaceMisspelt,
};

function titleOf(code: string, written: string, text: string): string {
  if (code === "byte-order-mark") return "remove the byte order mark";
  if (code === "password-truncated") return `cut the password to ${LONGEST_PASSWORD} characters`;
  return `write ${text} instead of ${written}`;
}

function fixOf(diagnostic: Diagnostic, range: Range, lineOf: LineOf): Fix | undefined {
  const replace = REPLACE[diagnostic.code];
  if (!replace || range.line !== range.endLine) return undefined;
  const written = lineOf(range.file, range.line)?.slice(range.column - 1, range.endColumn - 1);
  // A `$` is the use of a definition: what is wrong stands elsewhere, and may be right for other uses.
  if (written === undefined || written.includes("$")) return undefined;
  const text = replace(written, diagnostic);
  if (text === undefined || text === written) return undefined;
  return { title: titleOf(diagnostic.code, written, text), edits: [{ range, text }] };
}

/** The diagnostics, with a fix where it is certain what would be right. */
export function withFixes(diagnostics: readonly Diagnostic[], lineOf: LineOf): readonly Diagnostic[] {
  return diagnostics.map((diagnostic) => {
    const { subject } = diagnostic;
    const fix = diagnostic.fix ?? (subject && fixOf(diagnostic, subject, lineOf));
    return fix && fix !== diagnostic.fix ? { ...diagnostic, fix } : diagnostic;
  });
}
