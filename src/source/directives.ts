import { LineScanner } from "../../grammar/scanner.ts";

/** `@id ` and `@^id ` at the start of a line. */
export const CONDITION = /^@(\^?)(\S*)\s*/;
/** `$NAME=`, which must start the line and have no space before the `=`. */
export const DEFINITION = /^\$([A-Za-z_]\w*)=/;
/** The include family; the rest of the line is the pattern. */
export const INCLUDE = /^include([abmrw]?)\s+(?=\S)/;
/** `~SEQ(…)`, `~SEQx(…)`, `~LST(…)`. */
export const REPETITION = /^~(SEQx?|LST)\s*\(([^)]*)\)\s*/;
/** What is taken for a repetition, rightly written or not. */
export const STARTS_REPETITION = /^~(?:SEQ|LST)/;
/** A line that is one use and nothing else. */
export const WHOLE_USE = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(\s[^{}]*)?\})$/;
/** Statements that change how the text after them is read. */
export const SETTING = /^(include_check|random_seed)(?=\s|$)/;
/** A line that goes on in the next one, if it belongs to a definition. */
export const CONTINUED = /\\\s*$/;
/** A line that starts a definition, conditional or not. */
export const STARTS_DEFINITION = /^(?:@\S*\s+)?\$[A-Za-z_]\w*=/;
/** What only a line as it stands in a file may start with in 2.4.3, not one that a definition brought in. */
export const DIRECTIVE_START = /^(?:@|~(?:SEQ|LST)|\$[A-Za-z_]\w*=)/;

const DIRECTIVE = /^\s*(?:[@~]|\$[A-Za-z_]\w*=|include[abmrw]?\s|include_check|random_seed)/;
const MAY_SPLIT = /[{}]\s*(?:[@~]|\$[A-Za-z_]\w*=|include|random_seed)/;
const NEEDS_WORK = /^\s*[@~]|\$[A-Za-z_{]|(?:^|[{}])\s*(?:include|random_seed|@|~)|\\|\0/;
const scanner = new LineScanner();

/** Cheap test: can the line hold anything that this stage acts on? */
export function mayNeedWork(text: string): boolean {
  return NEEDS_WORK.test(text);
}

/**
 * Where a directive starts after a brace, as in `vrrp_instance V { include v.conf`; undefined when there is none.
 * The braces of a definition's value or of an include pattern belong to it and are not looked at.
 */
export function directiveAfterBrace(text: string): number | undefined {
  if (!MAY_SPLIT.test(text)) return undefined;
  scanner.reset(text, false);
  for (let kind = scanner.next(); kind !== undefined; kind = scanner.next()) {
    if (kind !== "word" && DIRECTIVE.test(text.slice(scanner.end))) return scanner.end;
  }
  return undefined;
}
