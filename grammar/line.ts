import type { Range, Related } from "../src/diagnostics/diagnostic.ts";
import type { Origin } from "./tree.ts";

/** One logical line as the source stage hands it on: directives carried out, definitions expanded, no newline. */
export interface SourceLine {
  /** Unique within one reading; the upper part of every origin on the line. */
  readonly id: number;
  readonly text: string;
  /** The source stage has removed the comment already; what looks like one now came out of a definition. */
  readonly commentFree?: boolean;
}

/**
 * Lines that stand one after the other in a text, with nothing in them for the source stage, and have consecutive ids.
 * Whoever takes them reads on in the text itself and moves `at` and `id`, to the end before asking for what follows.
 */
export class PlainLines {
  readonly text: string;
  /** Where the last line ends, its newline included. */
  readonly end: number;
  /** Where the next line starts. */
  at: number;
  /** Of the next line. */
  id: number;

  constructor(text: string, from: number, end: number, id: number) {
    this.text = text;
    this.end = end;
    this.at = from;
    this.id = id;
  }

  /** The next line; undefined at the end. */
  take(): SourceLine | undefined {
    if (this.at >= this.end) return undefined;
    const end = this.lineEnd();
    const line = { id: this.id++, text: this.text.slice(this.at, end) };
    this.at = end + 1;
    return line;
  }

  /** Where the next line ends, without its newline. */
  lineEnd(): number {
    const newline = this.text.indexOf("\n", this.at);
    return newline < 0 || newline > this.end ? this.end : newline;
  }
}

/** A line by itself, or several that stand in a file as they are. */
export type SourcePart = SourceLine | PlainLines;

/** What turns an origin back into a place; `Sources` of src/source is one. */
export interface Places {
  /** Where the origin stands in the file that was read. */
  range(origin: Origin): Range;
  /** The definitions and includes that led there, nearest first. */
  related(origin: Origin): readonly Related[];
}
