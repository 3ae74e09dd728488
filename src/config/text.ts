import type { Kind } from "../schema/kind.ts";

/** Stands in place of a secret, in dumps, plans and logs. */
export const MASK = "********";

/** Words that the reader takes as they are. */
const PLAIN = /^[^\s"'\\{}#!\0]+$/;
/** What would be read as a directive at the start of a line. */
const DIRECTIVE = /^(?:[@~$]|include)/;

/** A word of a line without escapes: in double quotes when it needs them. It holds no double quote itself. */
function quotePlain(word: string): string {
  return PLAIN.test(word) || /^[^\s"\\{}#!\0]+$/.test(word) ? word : `"${word}"`;
}

/**
 * A word of a line with escapes, so that it reads the same by the rule of scripts, and has the same end by the rule of
 * lines: a double quote is written `\042`, which ends no quoted text.
 */
function quoteEscaped(word: string): string {
  if (PLAIN.test(word)) return word;
  const escaped = word.replaceAll(/["\\\x00-\x1f\x7f]/g, (character) =>
    character === "\\" ? "\\\\" : `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
  return `"${escaped}"`;
}

/** The words of a value as they stand in a configuration. */
export function valueText(kind: Kind<unknown>, value: unknown): string {
  return kind
    .format(value)
    .map(kind.escaped ? quoteEscaped : quotePlain)
    .join(" ");
}

/** The same for a line of its own. */
export function lineText(kind: Kind<unknown>, value: unknown): string {
  const text = valueText(kind, value);
  const [first = ""] = text.split(" ", 1);
  return DIRECTIVE.test(first) ? `"${first}"${text.slice(first.length)}` : text;
}
