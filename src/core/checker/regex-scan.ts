import type { CompiledPattern } from "./pattern.ts";

/** What a regular expression has to find in a response, or must not. */
export interface RegexExpectation {
  readonly pattern: CompiledPattern;
  /** regex_no_match: a match is the failure. */
  readonly inverted: boolean;
  /** Where a match may start, in bytes. */
  readonly earliest: number;
  readonly latest?: number | undefined;
}

/** Most bytes that are looked at, and kept, at once: keepalived's buffer. */
const WINDOW = 4_095;

const NOTHING = new Uint8Array(0);

/**
 * Looks for a regular expression in a response that comes in pieces, as keepalived does: each piece is looked at by
 * itself, and only what may be the beginning of a match is kept for the next one, WINDOW bytes at most. So `^` matches
 * where a piece begins, and nothing matches that depends on the end. The head belongs to the first piece of the body
 * when some of the body comes with it, and is not looked at when none does; offsets count from what was looked at first.
 */
export class RegexScan {
  matched = false;
  /** Why some of it was not looked at; undefined when all was. */
  problem: string | undefined;
  readonly #expected: RegexExpectation;
  #kept: Uint8Array = NOTHING;
  #space: Uint8Array | undefined;
  /** Offset of the first byte that is kept. */
  #base = 0;
  /** How many of the kept bytes only serve lookbehinds. */
  #context = 0;

  constructor(expected: RegexExpectation) {
    this.#expected = expected;
  }

  /** Bytes that the next piece may have. */
  get room(): number {
    return WINDOW - this.#kept.length;
  }

  /** Keeps a piece that is only looked at together with the next one. */
  hold(piece: Uint8Array): void {
    const held = this.#append(piece);
    if (held.length < WINDOW) this.#kept = held;
    else this.#discard(held);
  }

  /** Forgets what is held, as if it had never come. */
  forget(): void {
    this.#kept = NOTHING;
  }

  /** Looks at what is kept and a piece. */
  look(piece: Uint8Array): void {
    if (this.matched) return;
    const { pattern, earliest, latest } = this.#expected;
    const subject = this.#kept.length === 0 ? piece : this.#append(piece);
    const whole = pattern.isUtf ? subject.subarray(0, wholeCharacters(subject)) : subject;
    if (this.#base + whole.length < earliest) {
      this.#keep(subject, Math.max(0, whole.length - pattern.lookbehind), whole.length);
      return;
    }
    if (latest !== undefined && this.#base + this.#context > latest) {
      this.#discard(subject);
      return;
    }
    const result = pattern.match(whole, Math.max(this.#context, earliest - this.#base));
    switch (result.type) {
      case "match":
        this.matched = latest === undefined || this.#base + result.start <= latest;
        break;
      case "partial":
        this.#keep(subject, Math.max(0, result.start - pattern.lookbehind), result.start);
        return;
      case "error":
        this.problem = result.text;
        break;
      case "no-match":
        this.#keep(subject, whole.length, whole.length);
        return;
    }
    this.#discard(subject);
  }

  /** Keeps a subject from `start` on, to look for matches from `from` on. */
  #keep(subject: Uint8Array, start: number, from: number): void {
    if (start === 0 && subject.length >= WINDOW) {
      this.problem = "what may become a match is too long to be kept";
      this.#discard(subject);
      return;
    }
    const kept = subject.subarray(start);
    this.#base += start;
    this.#context = from - start;
    if (kept.length === 0) this.#kept = NOTHING;
    else {
      this.#space ??= new Uint8Array(WINDOW);
      this.#space.set(kept);
      this.#kept = this.#space.subarray(0, kept.length);
    }
  }

  #append(piece: Uint8Array): Uint8Array {
    this.#space ??= new Uint8Array(WINDOW);
    this.#space.set(piece, this.#kept.length);
    return this.#space.subarray(0, this.#kept.length + piece.length);
  }

  #discard(subject: Uint8Array): void {
    this.#base += subject.length;
    this.#context = 0;
    this.#kept = NOTHING;
  }
}

/** How many bytes of UTF-8 come before a character that has not all come yet (RFC 3629 §3). */
function wholeCharacters(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back] ?? 0;
    if (byte < 0x80) return length;
    if (byte >= 0xc0) return byte >= (back === 1 ? 0xc0 : back === 2 ? 0xe0 : 0xf0) ? length - back : length;
  }
  return length;
}
