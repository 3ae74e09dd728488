/** What a line is made of. */
export type PieceKind = "word" | "open" | "close";

const TAB = 9;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const BANG = 33;
const QUOTE = 34;
const HASH = 35;
const DOLLAR = 36;
const SINGLE_QUOTE = 39;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;

const DELICATE = /["'\\]/;

/** isspace() of C's locale, and NUL, which the source stage reports. */
function isSpace(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= CARRIAGE_RETURN) || code === 0;
}

/**
 * Splits a line, or what stands from one offset of a text to another, into words and braces, as keepalived 2.2.7 was seen to (test/grammar/words.test.ts): words end at
 * white space, at a double quote, at a brace; a double-quoted text is a word of its own, even when it touches
 * another; single quotes and backslashes are ordinary characters; `#` and `!` outside quotes start a comment, also
 * in the middle of a word. `${…}` that no definition replaced stays part of its word.
 *
 * One object is reused for all lines: `reset`, then `next` until it returns undefined.
 */
export class LineScanner {
  /** Offset of the piece in the text, opening quote included. */
  start = 0;
  /** One past the last character of the piece, closing quote included. */
  end = 0;
  quoted = false;
  /** The word holds quotes or backslashes, which leave more than one way to read it (escaped-words.ts). */
  delicate = false;
  /** The line ended inside a quoted word; the word is what there was. */
  unterminated = false;
  private line = "";
  private position = 0;
  private limit = 0;
  private comments = true;

  reset(text: string, comments: boolean, from = 0, to = text.length): void {
    this.line = text;
    this.position = from;
    this.limit = to;
    this.comments = comments;
    this.unterminated = false;
  }

  /** The current piece without its quotes. */
  text(): string {
    if (!this.quoted) return this.line.slice(this.start, this.end);
    return this.line.slice(this.start + 1, this.unterminated ? this.end : this.end - 1);
  }

  next(): PieceKind | undefined {
    const { line, limit } = this;
    let at = this.position;
    while (at < limit && isSpace(line.charCodeAt(at))) at++;
    if (at >= limit) return undefined;
    this.start = at;
    this.quoted = false;
    this.delicate = false;
    const first = line.charCodeAt(at);
    if (first === OPEN || first === CLOSE) {
      this.position = this.end = at + 1;
      return first === OPEN ? "open" : "close";
    }
    if (first === QUOTE) return this.quotedWord(at);
    const end = this.endOfWord(at);
    if (end === at) return undefined; // a comment
    this.position = this.end = end;
    return "word";
  }

  private quotedWord(at: number): PieceKind {
    const close = this.find(QUOTE, at + 1);
    this.quoted = true;
    this.delicate = true;
    this.unterminated = close < 0;
    this.position = this.end = close < 0 ? this.limit : close + 1;
    return "word";
  }

  /** Where a character stands in the line; -1 when it does not. */
  private find(code: number, from: number): number {
    for (let at = from; at < this.limit; at++) if (this.line.charCodeAt(at) === code) return at;
    return -1;
  }

  private endOfWord(from: number): number {
    const { line, limit } = this;
    let at = from;
    while (at < limit) {
      const code = line.charCodeAt(at);
      if (code <= QUOTE + 1) {
        if (isSpace(code) || code === QUOTE) break;
        if (this.comments && (code === BANG || code === HASH)) break;
      } else if (code === OPEN || code === CLOSE) {
        break;
      } else if (code === DOLLAR && at + 1 < limit && line.charCodeAt(at + 1) === OPEN) {
        const close = this.find(CLOSE, at);
        if (close > 0) {
          if (DELICATE.test(line.slice(at, close))) this.delicate = true;
          at = close;
        }
      } else if (code === SINGLE_QUOTE || code === BACKSLASH) {
        this.delicate = true;
      }
      at++;
    }
    return at;
  }
}
