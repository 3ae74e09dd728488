import { createToken, type IToken, Lexer, type TokenType } from "chevrotain";
import type { SourceLine } from "./line.ts";
import { LineScanner } from "./scanner.ts";
import { type Origin, originOf, type Word } from "./tree.ts";

/** The words of one line up to a brace or the end: one token, so that a line costs the parser one step. */
export const Words = createToken({ name: "Words", pattern: Lexer.NA });
export const Open = createToken({ name: "Open", pattern: Lexer.NA });
export const Close = createToken({ name: "Close", pattern: Lexer.NA });
export const vocabulary = [Words, Open, Close];

/** A token made by `LineTokens`. Chevrotain's own positions are not used: the origin says it all. */
export interface LineToken extends IToken {
  readonly origin: Origin;
  /** Empty for braces. */
  readonly words: readonly Word[];
  /** As written, when quotes or backslashes leave more than one way to read it (escaped-words.ts). */
  readonly source?: string;
}

const NO_WORDS: readonly Word[] = [];
const AMBIGUOUS = /["'\\]/;

function token(tokenType: TokenType, origin: Origin, words: readonly Word[], source?: string): LineToken {
  const made = {
    image: "",
    startOffset: 0,
    tokenType,
    tokenTypeIdx: tokenType.tokenTypeIdx ?? 0,
    origin,
    words,
  };
  return source === undefined ? made : { ...made, source };
}

/** Makes tokens of lines. */
export class LineTokens {
  private readonly scanner = new LineScanner();
  private readonly onUnterminated: (origin: Origin, line: SourceLine) => void;

  constructor(onUnterminated: (origin: Origin, line: SourceLine) => void) {
    this.onUnterminated = onUnterminated;
  }

  /** Appends the tokens of a line. Words and braces are numbered together, so that a brace has a place too. */
  append(line: SourceLine, tokens: LineToken[]): void {
    const { scanner } = this;
    scanner.reset(line.text, line.commentFree !== true);
    let words: Word[] = [];
    let from = 0;
    let piece = 0;
    const flush = (to: number): void => {
      if (words.length === 0) return;
      const written = line.text.slice(from, to);
      tokens.push(
        token(Words, originOf(line.id), words, AMBIGUOUS.test(written) ? written.trim() : undefined),
      );
      words = [];
    };
    for (let kind = scanner.next(); kind !== undefined; kind = scanner.next()) {
      const origin = originOf(line.id, piece++);
      if (kind === "word") {
        if (words.length === 0) from = scanner.start;
        words.push({ text: scanner.text(), quoted: scanner.quoted, origin });
        if (scanner.unterminated) this.onUnterminated(origin, line);
      } else {
        flush(scanner.start);
        tokens.push(token(kind === "open" ? Open : Close, origin, NO_WORDS));
      }
    }
    flush(scanner.end);
  }
}
