import {
  PATTERN_OPTIONS,
  Pattern,
  type PatternError,
  type PatternStack,
  patternLibrary,
} from "../../../native/pattern.ts";

/** Bytes of a character of UTF-8 at most. */
const LONGEST_CHARACTER = 4;

/** Where a match starts, or what may become one; or why there is none. */
type Found =
  | { readonly type: "match" | "partial"; readonly start: number }
  | { readonly type: "no-match" }
  | { readonly type: "error"; readonly text: string };

/** A regular expression that can be run; released when nobody holds it. */
export interface RunnablePattern {
  /** Bytes before a match that it may look at. */
  readonly lookbehind: number;
  readonly isUtf: boolean;
  match(subject: Uint8Array, from: number): Found;
}

/** Why a pattern cannot be run: there is no library, or it is no pattern. `offset` in bytes. */
export type PatternFault =
  | { readonly type: "no-library"; readonly text: string }
  | { readonly type: "invalid"; readonly text: string; readonly offset: number };

/** The version of the library that is here; undefined without one. */
export function patternLibraryVersion(): string | undefined {
  const library = patternLibrary();
  return "version" in library ? library.version : undefined;
}

/** Compiles with the names of pcre2api, in lower case, as options; names that are none do not count. */
export function compilePattern(
  source: string,
  options: readonly string[],
  stack?: PatternStack,
): RunnablePattern | PatternFault {
  const known: Readonly<Record<string, number>> = PATTERN_OPTIONS;
  const bits = options.reduce((sum, name) => sum | (known[name] ?? 0), 0);
  const bytes = new TextEncoder().encode(source);
  const pattern = Pattern.compile(bytes, bits, stack);
  if (!(pattern instanceof Pattern)) return faultOf(pattern);
  const { isUtf, lookbehind } = pattern;
  if (!isUtf) return runnable(pattern, lookbehind, isUtf);
  // A page that is not all UTF-8 still has parts that match. Libraries before 10.34 cannot do that.
  const tolerant = Pattern.compile(bytes, bits | PATTERN_OPTIONS.match_invalid_utf, stack);
  return runnable(tolerant instanceof Pattern ? tolerant : pattern, lookbehind * LONGEST_CHARACTER, isUtf);
}

function runnable(pattern: Pattern, lookbehind: number, isUtf: boolean): RunnablePattern {
  return { lookbehind, isUtf, match: (subject, from) => pattern.match(subject, from) };
}

function faultOf(fault: PatternError | "no-library"): PatternFault {
  if (fault !== "no-library") return { type: "invalid", text: fault.text, offset: fault.offset };
  const library = patternLibrary();
  return { type: "no-library", text: "problem" in library ? library.problem : "" };
}
