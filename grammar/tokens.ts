import { createToken, type IToken, Lexer, type TokenType } from "chevrotain";
import type { KnownBlock } from "./known-blocks.ts";
import type { Origin, Statement, Word } from "./tree.ts";

/** The words of one line: one token, so that a line costs the parser one step. */
export const Line = createToken({ name: "Line", pattern: Lexer.NA });
/** Words with the `{` after them, on their line or on a later one; without words for a brace that follows none. */
export const Head = createToken({ name: "Head", pattern: Lexer.NA });
export const Close = createToken({ name: "Close", pattern: Lexer.NA });
/** Words with a whole block after them that has stood before, word for word, behind words of its own. */
export const Repeated = createToken({ name: "Repeated", pattern: Lexer.NA });
export const vocabulary = [Line, Head, Close, Repeated];

/** A statement as it is being made: its words first, then what stands between its braces. */
export type OpenStatement = { -readonly [K in keyof Statement]: Statement[K] };

/** All properties from the start, so that all statements have one shape in memory. */
export function openStatement(
  words: readonly Word[],
  origin: Origin,
  source: string | undefined,
): OpenStatement {
  return { words, origin, source, block: undefined, opening: undefined, end: undefined, shift: undefined };
}

/** A token made by `LineTokens`. Chevrotain's own positions are not used: the origins say it all. */
export interface LineToken extends IToken {
  /** Of the brace; of a Line, of the whole line. */
  origin: Origin;
  /** The statement that the words make, its block still to come; without words for a brace that has none. */
  readonly statement: OpenStatement;
  /** Of a Head, the block for the parser to complete, if it may be known again; of a Repeated, the one it stands for. */
  known: KnownBlock | undefined;
}

export function makeToken(tokenType: TokenType, origin: Origin, statement: OpenStatement): LineToken {
  return {
    image: "",
    startOffset: 0,
    tokenType,
    tokenTypeIdx: tokenType.tokenTypeIdx ?? 0,
    origin,
    statement,
    known: undefined,
  };
}

/** Makes another token of the last one: of a Line a Head, of a Head a Repeated. */
export function retype(token: LineToken, tokenType: TokenType): void {
  token.tokenType = tokenType;
  token.tokenTypeIdx = tokenType.tokenTypeIdx ?? 0;
}
