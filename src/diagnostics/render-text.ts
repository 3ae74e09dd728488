import type { Diagnostic, Range, Severity } from "./diagnostic.ts";
import { countDiagnostics, orderDiagnostics } from "./order.ts";

/** How parts of the text are coloured; `plainPalette` leaves them as they are. */
export type Palette = Readonly<Record<Severity | "frame" | "summary", (text: string) => string>>;

const same = (text: string): string => text;

/** No colours. */
export const plainPalette: Palette = { error: same, warning: same, note: same, frame: same, summary: same };

/** What the renderer needs besides the diagnostics. */
export interface TextOptions {
  /** The text of a line (from 1) of a file; undefined when it is not known, then there is no frame. */
  readonly lineOf: (file: string, line: number) => string | undefined;
  readonly palette?: Palette;
}

/** Columns a tab is shown as. */
const TAB = "    ";
/** Columns of a line that are shown; longer ones are cut around the subject. */
const WIDEST = 120;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const ZERO_WIDTH = /[\p{Mn}\p{Me}\u200b-\u200f\ufeff]/u;

/** A character as it is shown: tabs as spaces, control characters by their pictures. */
function shown(char: string): string {
  if (char === "\t") return TAB;
  if (char === "\ufeff") return "";
  const code = char.codePointAt(0) ?? 0;
  if (code < 32) return String.fromCodePoint(0x2400 + code);
  if (code === 127) return "\u2421";
  return code >= 128 && code < 160 ? "\ufffd" : char;
}

/** Terminal columns of a text that went through `shown`. */
function width(text: string): number {
  let columns = 0;
  for (const char of text) columns += ZERO_WIDTH.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return columns;
}

function display(text: string): string {
  return Array.from(text, shown).join("");
}

interface Frame {
  readonly code: string;
  readonly padding: string;
  readonly carets: string;
}

/** The line and what goes under it. `from` and `to` are offsets from 0 in UTF-16 units. */
function frameOf(text: string, from: number, to: number): Frame {
  let start = 0;
  let end = text.length;
  if (width(display(text)) > WIDEST) {
    start = Math.max(0, Math.min(from - 20, text.length - WIDEST));
    end = Math.min(text.length, start + WIDEST);
  }
  const stop = Math.min(Math.max(to, from), end);
  const prefix = start > 0 ? "…" : "";
  const before = prefix + display(text.slice(start, from));
  const code = prefix + display(text.slice(start, end)) + (end < text.length ? "…" : "");
  const carets = "^".repeat(Math.max(1, width(display(text.slice(from, stop)))));
  return { code: code.trimEnd(), padding: " ".repeat(width(before)), carets };
}

function place(range: Range): string {
  return `${range.file}:${range.line}:${range.column}`;
}

function renderRange(range: Range, severity: Severity, options: TextOptions): string[] {
  const { frame, [severity]: accent } = options.palette ?? plainPalette;
  const gutter = " ".repeat(String(range.line).length);
  const lines = [`${gutter}${frame("-->")} ${place(range)}`];
  const text = options.lineOf(range.file, range.line);
  if (text === undefined) return lines;
  const to = range.endLine > range.line ? text.trimEnd().length : range.endColumn - 1;
  const { code, padding, carets } = frameOf(text, range.column - 1, to);
  const bar = frame("|");
  lines.push(`${gutter} ${bar}`);
  lines.push(`${frame(String(range.line))} ${bar} ${code}`.trimEnd());
  lines.push(`${gutter} ${bar} ${padding}${accent(carets)}`);
  return lines;
}

function alternatives(suggestions: readonly string[]): string {
  const quoted = suggestions.map((word) => `\`${word}\``);
  const last = quoted.pop() ?? "";
  return quoted.length > 0 ? `${quoted.join(", ")} or ${last}` : last;
}

/** One diagnostic, newline at the end. */
export function renderDiagnostic(diagnostic: Diagnostic, options: TextOptions): string {
  const palette = options.palette ?? plainPalette;
  const { severity, code, summary, subject, detail, suggestions = [], related = [] } = diagnostic;
  const lines = [`${palette[severity](`${severity}[${code}]`)}${palette.summary(`: ${display(summary)}`)}`];
  const gutter = subject ? " ".repeat(String(subject.line).length) : "";
  if (subject) lines.push(...renderRange(subject, severity, options));
  if (detail !== undefined) lines.push(`${gutter} ${palette.frame("=")} ${detail}`);
  if (suggestions.length > 0) {
    lines.push(`${gutter} ${palette.frame("=")} did you mean ${alternatives(suggestions)}?`);
  }
  for (const { range, message } of related) {
    lines.push(`${palette.note("note")}: ${message}`, ...renderRange(range, "note", options));
  }
  return `${lines.join("\n")}\n`;
}

function counted(count: number, noun: string): string[] {
  return count === 0 ? [] : [`${count} ${noun}${count === 1 ? "" : "s"}`];
}

/** All diagnostics, ordered, a blank line between them, and a line that counts them; empty when there are none. */
export function renderText(diagnostics: readonly Diagnostic[], options: TextOptions): string {
  const ordered = orderDiagnostics(diagnostics);
  if (ordered.length === 0) return "";
  const { errors, warnings, notes } = countDiagnostics(ordered);
  const summary = [
    ...counted(errors, "error"),
    ...counted(warnings, "warning"),
    ...counted(notes, "note"),
  ].join(", ");
  return `${ordered.map((one) => renderDiagnostic(one, options)).join("\n")}\n${summary}\n`;
}
