import { createToken, type IToken, Lexer, type TokenType } from "chevrotain";
import type { SourceLine } from "./line.ts";
import { LineScanner } from "./scanner.ts";
import { type Origin, originOf, type Statement, type Word } from "./tree.ts";

/** The words of one line: one token, so that a line costs the parser one step. */
export const Line = createToken({ name: "Line", pattern: Lexer.NA });
/** Words with the `{` after them, on their line or on a later one; without words for a brace that follows none. */
export const Head = createToken({ name: "Head", pattern: Lexer.NA });
export const Close = createToken({ name: "Close", pattern: Lexer.NA });
export const vocabulary = [Line, Head, Close];

/** A token made by `LineTokens`. Chevrotain's own positions are not used: the origins say it all. */
export interface LineToken extends IToken {
  /** Of the brace; of a Line, of the whole line. */
  readonly origin: Origin;
  /** The statement that the words make, its block still to come; without words for a brace that has none. */
  readonly statement: Statement;
}

function token(tokenType: TokenType, origin: Origin, statement: Statement): LineToken {
  return {
    image: "",
    startOffset: 0,
    tokenType,
    tokenTypeIdx: tokenType.tokenTypeIdx ?? 0,
    origin,
    statement,
  };
}

function nothing(origin: Origin): Statement {
  return { words: [], origin, source: undefined, block: undefined };
}

/** Makes tokens of lines. */
export class LineTokens {
  /** How many blocks are open after the last line. */
  depth = 0;
  private readonly scanner = new LineScanner();
  private readonly onUnterminated: (origin: Origin, line: SourceLine) => void;

  constructor(onUnterminated: (origin: Origin, line: SourceLine) => void) {
    this.onUnterminated = onUnterminated;
  }

  /**
   * Appends the tokens of a line; a brace that follows the words of the last token makes a head of it. Words and
   * braces are numbered together, so that a brace has a place too.
   */
  append(line: SourceLine, tokens: LineToken[]): void {
    const { scanner } = this;
    scanner.reset(line.text, line.commentFree !== true);
    let piece = 0;
    let kind = scanner.next();
    while (kind !== undefined) {
      if (kind === "word") {
        const from = scanner.start;
        let end = from;
        let delicate = false;
        const words: Word[] = [];
        for (; kind === "word"; kind = scanner.next()) {
          const origin = originOf(line.id, piece++);
          words.push({ text: scanner.text(), quoted: scanner.quoted, origin });
          if (scanner.unterminated) this.onUnterminated(origin, line);
          if (scanner.delicate) delicate = true;
          end = scanner.end;
        }
        const source = delicate ? line.text.slice(from, end) : undefined;
        const origin = originOf(line.id);
        tokens.push(token(Line, origin, { words, origin, source, block: undefined }));
      } else {
        const origin = originOf(line.id, piece++);
        if (kind === "open") this.open(origin, tokens);
        else this.close(origin, tokens);
        kind = scanner.next();
      }
    }
  }

  private open(origin: Origin, tokens: LineToken[]): void {
    this.depth++;
    const last = tokens.at(-1);
    if (last?.tokenType === Line) tokens[tokens.length - 1] = token(Head, origin, last.statement);
    else tokens.push(token(Head, origin, nothing(origin)));
  }

  private close(origin: Origin, tokens: LineToken[]): void {
    if (this.depth > 0) this.depth--;
    tokens.push(token(Close, origin, nothing(origin)));
  }
}
