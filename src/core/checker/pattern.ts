/** What a regular expression made of some bytes; `partial`: what follows them decides, from `start` on. */
type PatternMatch =
  | { readonly type: "match" | "partial"; readonly start: number }
  | { readonly type: "no-match" }
  /** It took too much; `text` says of what. */
  | { readonly type: "error"; readonly text: string };

/** A regular expression of PCRE2 that can be run. */
export interface CompiledPattern {
  /** How many bytes before a match it may look at. */
  readonly lookbehind: number;
  /** It is about characters of UTF-8 rather than bytes. */
  readonly isUtf: boolean;
  /** Looks for the first match that starts at `from` or later; bytes may follow the last one. */
  match(subject: Uint8Array, from: number): PatternMatch;
}

/** A regular expression as configured. */
interface PatternSource {
  readonly source: string;
  /** By their names in pcre2api. */
  readonly options: readonly string[];
  /** Bytes of stack for machine code: at first, and at most. */
  readonly stack?: { readonly start: number; readonly maximum: number } | undefined;
}

/** Compiles for checkers; undefined, after whoever it belongs to has said why, for what cannot be run here. */
export type PatternCompiler = (pattern: PatternSource) => CompiledPattern | undefined;
