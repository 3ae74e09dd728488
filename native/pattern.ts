import { constants } from "node:os";
import { addon, type NativePattern } from "./addon.ts";
import { requireBytes, requireInteger } from "./check.ts";

/** Options of a pattern, by their names in pcre2api(3) in lower case. */
export const PATTERN_OPTIONS = {
  allow_empty_class: 0x1,
  alt_bsux: 0x2,
  auto_callout: 0x4,
  caseless: 0x8,
  dollar_endonly: 0x10,
  dotall: 0x20,
  dupnames: 0x40,
  extended: 0x80,
  firstline: 0x100,
  match_unset_backref: 0x200,
  multiline: 0x400,
  never_ucp: 0x800,
  never_utf: 0x1000,
  no_auto_capture: 0x2000,
  no_auto_possess: 0x4000,
  no_dotstar_anchor: 0x8000,
  no_start_optimize: 0x1_0000,
  ucp: 0x2_0000,
  ungreedy: 0x4_0000,
  utf: 0x8_0000,
  never_backslash_c: 0x10_0000,
  alt_circumflex: 0x20_0000,
  alt_verbnames: 0x40_0000,
  use_offset_limit: 0x80_0000,
  match_invalid_utf: 0x400_0000,
} as const;

/** PCRE2_PARTIAL_HARD, PCRE2_ERROR_NOMATCH, PCRE2_ERROR_PARTIAL. */
const PARTIAL_HARD = 0x20;
const NO_MATCH = -1;
const PARTIAL = -2;

const GREATEST = 0xffff_ffff;

/** The pattern library of this machine, found when it is first asked for: its version, or why there is none. */
export function patternLibrary(): { readonly version: string } | { readonly problem: string } {
  const version = addon().patternVersion();
  return version === undefined ? { problem: addon().patternProblem() ?? "it does not work" } : { version };
}

/** What a pattern found. `partial`: what follows the end of the subject decides, from `start` on. */
export type PatternResult =
  | { readonly type: "match" | "partial"; readonly start: number; readonly end: number }
  | { readonly type: "no-match" }
  | { readonly type: "error"; readonly number: number; readonly text: string };

/** Why a pattern is none: the library's number and words, and the byte where it gave up. */
export interface PatternError {
  readonly number: number;
  readonly offset: number;
  readonly text: string;
}

/** Bytes of stack for machine code to match with: at first, and at most. */
export interface PatternStack {
  readonly start: number;
  readonly maximum: number;
}

const NO_MATCH_RESULT = { type: "no-match" } as const;

/** A compiled regular expression of PCRE2, over bytes. It goes with the last reference to it, or by close(). */
export class Pattern {
  readonly #native: NativePattern;
  readonly #offsets = new Int32Array(2);

  private constructor(native: NativePattern) {
    this.#native = native;
  }

  /**
   * Compiles; `options` are bits of PATTERN_OPTIONS. Without the library, "no-library". Throws when there is no memory,
   * which no caller can work without.
   */
  static compile(
    source: Uint8Array,
    options: number,
    stack?: PatternStack,
  ): Pattern | PatternError | "no-library" {
    requireBytes(source, "source");
    const { start, maximum } = stack ?? { start: 0, maximum: 0 };
    for (const [name, value] of Object.entries({ options, start, maximum })) {
      requireInteger(value, name);
      if (value < 0 || value > GREATEST)
        throw new TypeError(`${name} must be an unsigned integer of 32 bits`);
    }
    const native = new (addon().Pattern)();
    const fields = new Int32Array(2);
    const result = native.compile(source, options, start, maximum, fields);
    if (result === 0) return new Pattern(native);
    if (result === -constants.errno.ENOSYS) return "no-library";
    if (result !== -constants.errno.EINVAL) throw new Error(`pcre2_compile: errno ${-result}`);
    const [number = 0, offset = 0] = fields;
    return { number, offset, text: addon().patternErrorText(number) };
  }

  /** The most characters that a lookbehind in it goes back. */
  get lookbehind(): number {
    return this.#native.lookbehind();
  }

  /** It is about characters of UTF-8: by option, or by what it begins with. */
  get isUtf(): boolean {
    return (this.#native.options() & PATTERN_OPTIONS.utf) !== 0;
  }

  /** Looks for the first match that starts at `from` or later; what precedes it only serves lookbehinds. */
  match(subject: Uint8Array, from: number): PatternResult {
    requireBytes(subject, "subject");
    requireInteger(from, "from");
    if (from < 0 || from > subject.length) throw new TypeError("from must be within the subject");
    const number = this.#native.match(subject, from, PARTIAL_HARD, this.#offsets);
    if (number === NO_MATCH) return NO_MATCH_RESULT;
    const [start = 0, end = 0] = this.#offsets;
    if (number >= 0) return { type: "match", start, end };
    if (number === PARTIAL) return { type: "partial", start, end };
    return { type: "error", number, text: addon().patternErrorText(number) };
  }

  /** Idempotent. What is closed matches nothing: an error. */
  close(): void {
    this.#native.close();
  }
}
