import type { Severity } from "./diagnostic.ts";

/** What is known of a code before it is ever reported. */
export interface CodeInfo {
  /** Usual severity; a diagnostic may carry a milder or stricter one where its stage has a reason. */
  readonly severity: Severity;
  /** One sentence for `docs/diagnostics.md` and SARIF rules. */
  readonly explanation: string;
  /** `# holdfast-ignore CODE` may silence it. Errors never are. */
  readonly suppressible: boolean;
}

function error(explanation: string): CodeInfo {
  return { severity: "error", explanation, suppressible: false };
}

function warning(explanation: string): CodeInfo {
  return { severity: "warning", explanation, suppressible: true };
}

/** Every code that any stage reports, by stage; a test asserts that none is missing. */
export const CODES: Readonly<Record<string, CodeInfo>> = {
  // Source: files, conditions, definitions.
  "byte-order-mark": warning("The file starts with a byte order mark, which keepalived takes for text."),
  continuation: warning("A line outside a definition ends in a backslash, which keepalived reads as text."),
  "definition-not-replaced": warning("A defined name is written where keepalived does not replace it."),
  "expansion-too-large": error("Definitions or repetitions produce more text than any configuration needs."),
  "include-cycle": error("A file includes itself, directly or through others."),
  "include-no-match": warning("No file matches the pattern of an include."),
  "include-unreadable": warning("An included file cannot be read."),
  "invalid-repetition": error("A ~SEQ or ~LST is written wrongly."),
  "invalid-utf8": warning("The file is not UTF-8; the bytes that are not became replacement characters."),
  "not-implemented": warning("Known to keepalived, but this version of Holdfast does nothing with it yet."),
  "nul-byte": error("A line holds a NUL byte."),
  "recursive-definition": error("A definition uses itself."),
  "undefined-definition": warning("A name is used as a definition, but none is above it."),
  "unreadable-file": error("The configuration file cannot be read."),
  // Grammar: words and braces.
  "unclosed-block": error("A block is still open where the configuration ends."),
  "unexpected-close": error("A closing brace closes nothing."),
  "unexpected-open": error("A block opens without a keyword before it."),
  "unterminated-quote": error("A quoted text has no end on its line."),
};
