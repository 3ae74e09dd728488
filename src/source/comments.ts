import { concatMapped, type MappedText, sliceMapped } from "./mapped-text.ts";
import { bounds, trimmedEnd } from "./white-space.ts";

const BACKSLASH = 92;
const BANG = 33;
const HASH = 35;
const QUOTE = 34;
const MAY_CHANGE = /[#!\\]/;

/** What a comment takes from a line. */
interface Cut {
  /** Where the comment starts, or the end of the text. */
  readonly end: number;
  /** Backslashes that kept a `#` or `!` from starting a comment, and go now. */
  readonly backslashes: readonly number[];
}

const NO_BACKSLASHES: readonly number[] = [];

/**
 * `#` and `!` start a comment anywhere but in double quotes; a backslash takes the next character's meaning and
 * goes itself when that is `#` or `!` outside quotes (seen with 2.2.7 and 2.4.3).
 */
function cutOf(text: string): Cut {
  let quoted = false;
  let backslashes: number[] | undefined;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) {
      const next = text.charCodeAt(at + 1);
      if (!quoted && (next === HASH || next === BANG)) {
        backslashes ??= [];
        backslashes.push(at);
      }
      at++;
    } else if (code === QUOTE) quoted = !quoted;
    else if (!quoted && (code === HASH || code === BANG)) {
      return { end: at, backslashes: backslashes ?? NO_BACKSLASHES };
    }
  }
  return { end: text.length, backslashes: backslashes ?? NO_BACKSLASHES };
}

/** Without its comment and the white space before it. */
export function withoutCommentText(text: string): string {
  if (!MAY_CHANGE.test(text)) return text;
  const { end, backslashes } = cutOf(text);
  if (end === text.length && backslashes.length === 0) return text;
  let result = "";
  let from = 0;
  for (const at of backslashes) {
    result += text.slice(from, at);
    from = at + 1;
  }
  return trimmedEnd(result + text.slice(from, end));
}

/** Does a comment start somewhere in the text? */
export function hasComment(text: string): boolean {
  return MAY_CHANGE.test(text) && cutOf(text).end < text.length;
}

/** `withoutCommentText` of a text that remembers its places. */
export function withoutComment(mapped: MappedText): MappedText {
  if (!MAY_CHANGE.test(mapped.text)) return mapped;
  const { end, backslashes } = cutOf(mapped.text);
  if (end === mapped.text.length && backslashes.length === 0) return mapped;
  const parts: MappedText[] = [];
  let from = 0;
  for (const at of backslashes) {
    parts.push(sliceMapped(mapped, from, at));
    from = at + 1;
  }
  parts.push(sliceMapped(mapped, from, end));
  const result = concatMapped(...parts);
  return sliceMapped(result, 0, bounds(result.text)[1]);
}
