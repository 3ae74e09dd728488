import { PlainLines } from "../../grammar/line.ts";
import { type MappedText, verbatim } from "./mapped-text.ts";

/**
 * What a line must hold for the source stage to have anything to do with it. The ends of include and random_seed are
 * found ten times faster than the words: few words have these letters first.
 */
const MARKS = ["$", "@", "~", "\\", "\0", "nclude", "_seed"] as const;

/** keepalived's lines hold that many characters. */
export const LONGEST_LINE = 1022;

/**
 * The lines of a text, one at a time. Whether a line holds a mark is known without looking at its characters: for
 * each mark, the offset of the next one is remembered.
 */
export class PhysicalLines {
  /** Of the current line, from 1. */
  number = 0;
  /** The current line holds nothing that the source stage acts on. */
  plain = true;
  private readonly all: string;
  private readonly nextMark: number[];
  private soonest: number;
  /** Where the next line starts that is longer than keepalived's may be. */
  private nextLong = -1;
  private start = 0;
  private end = -1;

  constructor(text: string) {
    this.all = text;
    this.nextMark = MARKS.map((mark) => this.find(mark, 0));
    this.soonest = Math.min(...this.nextMark);
  }

  /** The current line is the first, and a byte order mark stands before it. */
  private atByteOrderMark(): boolean {
    return this.number === 1 && this.all.startsWith("\uFEFF");
  }

  /** The current line needs a closer look whatever it holds: the first after a byte order mark, or a very long one. */
  special(): boolean {
    return this.atByteOrderMark() || this.end - this.start > LONGEST_LINE;
  }

  /** Goes to the next line; false at the end. */
  next(): boolean {
    if (this.end >= this.all.length) return false;
    this.start = this.end + 1;
    if (this.start >= this.all.length && this.start > 0) return false;
    const newline = this.all.indexOf("\n", this.start);
    this.end = newline < 0 ? this.all.length : newline;
    this.number++;
    this.plain = this.soonest >= this.end && !this.special();
    if (this.soonest < this.end) this.advance();
    return true;
  }

  /**
   * Goes on by all the lines that follow and hold no mark, up to the first that does; undefined when the next one does.
   * The current line is then the last of them.
   */
  nextPlain(id: number): PlainLines | undefined {
    const from = this.end + 1;
    const { all } = this;
    if (from >= all.length || (from === 0 && all.startsWith("\uFEFF"))) return undefined;
    if (this.nextLong < from) this.nextLong = this.findLong(from);
    const stop = Math.min(this.nextLong, this.soonest);
    const end = stop >= all.length ? all.length : all.lastIndexOf("\n", stop) + 1;
    return end > from ? new PlainLines(all, from, end, id) : undefined;
  }

  /** The lines have been taken, all of them. */
  passed(lines: PlainLines, count: number): void {
    this.number += count;
    this.end = lines.end === this.all.length && !this.all.endsWith("\n") ? lines.end : lines.end - 1;
  }

  /** The current line without its newline; a carriage return is white space to everybody. */
  text(): string {
    return this.all.slice(this.start, this.end);
  }

  mapped(): MappedText {
    const text = this.text();
    if (this.atByteOrderMark()) return verbatim(text.slice(1), 1, 2);
    return verbatim(text.endsWith("\r") ? text.slice(0, -1) : text, this.number);
  }

  private findLong(from: number): number {
    const { all } = this;
    for (let start = from; all.length - start > LONGEST_LINE; ) {
      const newline = all.lastIndexOf("\n", start + LONGEST_LINE);
      if (newline < start) return start;
      start = newline + 1;
    }
    return Number.POSITIVE_INFINITY;
  }

  private find(mark: string, from: number): number {
    const at = this.all.indexOf(mark, from);
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  }

  /** Looks for the marks beyond the current line. */
  private advance(): void {
    let soonest = Number.POSITIVE_INFINITY;
    for (const [index, mark] of MARKS.entries()) {
      let at = this.nextMark[index] ?? Number.POSITIVE_INFINITY;
      if (at < this.end) {
        at = this.find(mark, this.end);
        this.nextMark[index] = at;
      }
      if (at < soonest) soonest = at;
    }
    this.soonest = soonest;
  }
}
