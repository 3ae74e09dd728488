import { KnownBlock, KnownBlocks } from "./known-blocks.ts";
import type { PlainLines, SourceLine } from "./line.ts";
import { LineScanner, type PieceKind } from "./scanner.ts";
import {
  Close,
  Head,
  Line,
  type LineToken,
  makeToken,
  type OpenStatement,
  openStatement,
  Repeated,
  retype,
} from "./tokens.ts";
import { type Origin, originOf, type Word } from "./tree.ts";

/** Of a brace that closes a block. */
const NO_STATEMENT = openStatement([], 0, undefined);

/** A block that is open and may be known again: it started at the end of a plain line. */
interface OpenBlock {
  readonly keyword: string;
  readonly block: KnownBlock;
  /** The lines that it has to end in, and the offset of the first behind its brace. */
  readonly lines: PlainLines;
  readonly from: number;
  /** How many faults there were before it: a block with a fault has to be read again to report it again. */
  readonly faults: number;
  /** Of its first token. */
  readonly firstToken: number;
  /** No line of it has had a brace yet. */
  begins: boolean;
}

/** What makes the next line other than one that follows an opening: its brace might belong to words above. */
const NOT_BEHIND_OPENING = /[ \t]*[{#!\r\n]/y;
const BRACES = /[^\n]*[{}]/y;

/** Whether quotes, those behind backslashes aside, do not match: keepalived looks at that before it splits a line. */
function hasOddQuotes(source: string): boolean {
  return source.includes("\\") && source.replace(/\\./g, "").split('"').length % 2 === 0;
}

/** Makes tokens of lines. */
export class LineTokens {
  /** How many blocks are open after the last line. */
  depth = 0;
  private readonly scanner = new LineScanner();
  private readonly known = new KnownBlocks();
  /** The lines that blocks begin with, up to their first brace: services share them that share no whole block. */
  private readonly openings = new KnownBlocks();
  /** The blocks that are open, outermost first; undefined for one that cannot be known again. */
  private readonly opened: (OpenBlock | undefined)[] = [];
  /** The block that the last closing brace belongs to. */
  private closed: OpenBlock | undefined;
  private faults = 0;
  private braces = 0;
  /** Holds the words of a line while they are counted: an array that grows is several times as large as it need be. */
  private readonly found: Word[] = [];
  private readonly onUnterminated: (origin: Origin, line: string) => void;

  constructor(onUnterminated: (origin: Origin, line: string) => void) {
    this.onUnterminated = onUnterminated;
  }

  /** Appends the tokens of a line. */
  append({ id, text, commentFree }: SourceLine, tokens: LineToken[]): void {
    this.scanner.reset(text, commentFree !== true);
    this.line(id, text, 0, text.length, tokens);
  }

  /**
   * Appends the tokens of the next of several lines, which have one: of it alone, or of all lines of the block that it
   * starts, when that has stood before.
   */
  appendNext(lines: PlainLines, tokens: LineToken[]): void {
    const { text, at, id } = lines;
    const end = lines.lineEnd();
    const around = this.opened.at(-1);
    const { braces } = this;
    const count = tokens.length;
    this.scanner.reset(text, true, at, end);
    const last = this.line(id, text, at, end, tokens);
    if (around?.begins && this.braces > braces) this.endOpening(around, lines, tokens, count);
    lines.at = end + 1;
    lines.id++;
    if (last === "open") this.opens(lines, id, tokens);
    else if (last === "close") this.closes(lines);
  }

  /**
   * The tokens of what the scanner has been set to. A brace that follows the words of the last token makes a head of
   * it. Words and braces are numbered together, so that a brace has a place too.
   */
  private line(
    id: number,
    text: string,
    start: number,
    stop: number,
    tokens: LineToken[],
  ): PieceKind | undefined {
    const { scanner } = this;
    let piece = 0;
    let last: PieceKind | undefined;
    let kind = scanner.next();
    while (kind !== undefined) {
      last = kind;
      if (kind === "word") {
        const from = scanner.start;
        let end = from;
        let delicate = false;
        let count = 0;
        for (; kind === "word"; kind = scanner.next()) {
          const origin = originOf(id, piece++);
          if (scanner.unterminated) this.fault(origin, text.slice(start, stop));
          else this.found[count++] = { text: scanner.text(), quoted: scanner.quoted, origin };
          if (scanner.delicate) delicate = true;
          end = scanner.end;
        }
        const source = delicate ? text.slice(from, end) : undefined;
        const origin = originOf(id);
        if (source !== undefined && !scanner.unterminated && hasOddQuotes(source))
          this.fault(origin, text.slice(start, stop));
        const words = this.found.slice(0, count);
        // keepalived drops the text without an end, and a line that starts with it.
        if (count > 0) tokens.push(makeToken(Line, origin, openStatement(words, origin, source)));
      } else {
        const origin = originOf(id, piece++);
        if (kind === "open") this.open(origin, tokens);
        else this.close(origin, tokens);
        kind = scanner.next();
      }
    }
    return last;
  }

  private fault(origin: Origin, line: string): void {
    this.faults++;
    this.onUnterminated(origin, line);
  }

  private open(origin: Origin, tokens: LineToken[]): void {
    this.depth++;
    this.braces++;
    this.opened.push(undefined);
    const last = tokens.at(-1);
    if (last?.tokenType === Line) {
      retype(last, Head);
      last.origin = origin;
    } else {
      this.faults++;
      tokens.push(makeToken(Head, origin, openStatement([], origin, undefined)));
    }
  }

  private close(origin: Origin, tokens: LineToken[]): void {
    this.braces++;
    if (this.depth > 0) this.depth--;
    this.closed = this.opened.pop();
    tokens.push(makeToken(Close, origin, NO_STATEMENT));
  }

  /** A plain line has ended in an opening brace: does its block stand there again? */
  private opens(lines: PlainLines, id: number, tokens: LineToken[]): void {
    const head = tokens.at(-1);
    const keyword = head?.statement.words[0]?.text;
    // With the words on another line than the brace, the origins would be further apart than elsewhere.
    if (!head || keyword === undefined || head.statement.origin !== originOf(id)) return;
    const known = this.known.find(keyword, lines.text, lines.at);
    if (known) {
      this.depth--;
      this.opened.pop();
      retype(head, Repeated);
      head.known = known;
      lines.at += known.text.length;
      lines.id += known.lines;
      return;
    }
    const block = new KnownBlock(id);
    head.known = block;
    const from = lines.at;
    const opening = this.openings.find(keyword, lines.text, from);
    const begins = !opening || !this.takeOpening(opening, lines, head.statement, id);
    const { faults } = this;
    const opened = { keyword, block, lines, from, faults, firstToken: tokens.length, begins };
    this.opened[this.opened.length - 1] = opened;
  }

  /** Goes on behind lines that another block of the keyword begins with, if this one's first brace follows them, too. */
  private takeOpening(opening: KnownBlock, lines: PlainLines, head: OpenStatement, id: number): boolean {
    const behind = lines.at + opening.text.length;
    NOT_BEHIND_OPENING.lastIndex = behind;
    BRACES.lastIndex = behind;
    if (behind >= lines.end || NOT_BEHIND_OPENING.test(lines.text) || !BRACES.test(lines.text)) return false;
    head.opening = { statements: opening.statements, shift: opening.shiftTo(id) };
    lines.at = behind;
    lines.id += opening.lines;
    return true;
  }

  /** The current line has the first brace within a block, or its last; `count` tokens are of lines before. */
  private endOpening(opened: OpenBlock, lines: PlainLines, tokens: LineToken[], count: number): void {
    opened.begins = false;
    const { block, from, keyword, faults, firstToken } = opened;
    if (count === firstToken || tokens[count - 1]?.tokenType !== Line || tokens[count]?.tokenType !== Head)
      return;
    if (opened.lines !== lines || faults !== this.faults) return;
    const opening = new KnownBlock(block.firstId);
    opening.text = lines.text.slice(from, lines.at);
    opening.lines = lines.id - block.firstId - 1;
    opening.statements = tokens.slice(firstToken, count).map(({ statement }) => statement);
    this.openings.remember(keyword, opening);
  }

  /** A plain line has ended in a closing brace: can its block be known again? */
  private closes(lines: PlainLines): void {
    const { closed } = this;
    // Without a newline at its end, the text could go on elsewhere.
    if (closed?.lines !== lines || closed.faults !== this.faults || lines.at > lines.text.length) return;
    const { block, from, keyword } = closed;
    block.text = lines.text.slice(from, lines.at);
    block.lines = lines.id - block.firstId - 1;
    this.known.remember(keyword, block);
  }
}
