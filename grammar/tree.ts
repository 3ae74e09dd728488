/**
 * Where a value was written: `lineId * 256 + word`, word 255 meaning the whole line. A number, because a
 * configuration has hundreds of thousands of them; `Sources.range` (src/source) turns one into a Range.
 */
export type Origin = number;

/** The word index that means the whole line. */
export const WHOLE_LINE = 255;

/** The origin of a word of a line. Words beyond the 254th share the origin of the whole line. */
export function originOf(lineId: number, word: number = WHOLE_LINE): Origin {
  return lineId * 256 + Math.min(word, WHOLE_LINE);
}

/** The id of the line that an origin is on. */
export function lineOf(origin: Origin): number {
  return Math.floor(origin / 256);
}

/** One word of a statement, quotes and escapes resolved. */
export interface Word {
  readonly text: string;
  readonly quoted: boolean;
  readonly origin: Origin;
}

/** Statements that an earlier block begins with, word for word. */
export interface Opening {
  readonly statements: readonly Statement[];
  /** To be added to all origins within. */
  readonly shift: number;
}

/**
 * One statement: its words and, where braces follow, the statements inside them. The grammar knows no keyword:
 * `10.0.0.1/24 dev eth0` in an address list and `priority 100` are the same thing to it.
 */
export interface Statement {
  /** At least one, except for a block that opens with a bare brace, which the parser reports. */
  readonly words: readonly Word[];
  /** The whole line. */
  readonly origin: Origin;
  /**
   * The words as written, present only when they hold quotes or backslashes: arguments that follow the escaped rule
   * (scripts) are split again from it with `escapedWords` (escaped-words.ts).
   */
  readonly source?: string | undefined;
  /** Present, perhaps empty, when the statement has braces. */
  readonly block?: readonly Statement[] | undefined;
  /** What the block begins with, where that is shared with an earlier statement; `block` is what follows. */
  readonly opening?: Opening | undefined;
  /** The brace that closes the block. */
  readonly end?: Origin | undefined;
  /**
   * To be added to all origins within the block, where it is shared with an earlier statement: the same text stands
   * there. None is added to `origin` and `end`.
   */
  readonly shift?: number | undefined;
}

/** All statements between the braces of one, with the origins of those that they may be shared with. */
export function statementsWithin({ opening, block }: Statement): readonly Statement[] | undefined {
  return opening && block ? [...opening.statements, ...block] : block;
}
