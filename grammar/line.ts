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

/** What turns an origin back into a place; `Sources` of src/source is one. */
export interface Places {
  /** Where the origin stands in the file that was read. */
  range(origin: Origin): Range;
  /** The definitions and includes that led there, nearest first. */
  related(origin: Origin): readonly Related[];
}
