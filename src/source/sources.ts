import type { Places } from "../../grammar/line.ts";
import { LineScanner } from "../../grammar/scanner.ts";
import { type Origin, WHOLE_LINE } from "../../grammar/tree.ts";
import type { Range, Related } from "../diagnostics/diagnostic.ts";
import { type MappedText, placeAt, segmentAt, type Via, verbatim } from "./mapped-text.ts";
import type { Piece } from "./piece.ts";

/** A file as it was included: the same file included twice is two of them. */
interface Reading {
  /** Index into `files`. */
  readonly file: number;
  /** The place of the include line. */
  readonly includedAt?: Range;
  readonly within?: number;
}

interface File {
  readonly path: string;
  readonly text: string;
  /** Offsets of line starts, found when first asked for. */
  starts?: Uint32Array;
}

/** Consecutive ids of lines that stand as they are in a file, from `line` on; or of changed lines, from `changed` on. */
type Run =
  | { readonly firstId: number; readonly reading: number; readonly line: number }
  | { readonly firstId: number; readonly changed: number };

/** A line that the stage changed: what its text is made from, which is enough to find its places when asked. */
export interface ChangedLine {
  readonly reading: number;
  readonly piece: Piece;
  /** Of the definitions, when the line was made. */
  readonly version: number;
  /** State of the random numbers then. */
  readonly random: number;
}

function lineStarts(text: string): Uint32Array {
  let starts = new Uint32Array(16 + text.length / 16);
  let count = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    if (count === starts.length) {
      const longer = new Uint32Array(2 * count);
      longer.set(starts);
      starts = longer;
    }
    starts[count++] = at + 1;
  }
  return starts.subarray(0, count);
}

/** The columns, from 0, of a piece of a line, or of all its pieces. Undefined when the line has none. */
function columnsOf(text: string, piece: number, comments: boolean): [number, number] | undefined {
  const scanner = new LineScanner();
  scanner.reset(text, comments);
  let first: number | undefined;
  let index = 0;
  while (scanner.next() !== undefined) {
    if (index === piece && piece !== WHOLE_LINE) return [scanner.start, scanner.end];
    first ??= scanner.start;
    index++;
  }
  return first === undefined ? undefined : [first, scanner.end];
}

/**
 * What was read, and the way back from an origin to its place. Lines that stand in a file as they are cost nothing
 * here; a line that was changed costs the record of what came from where.
 */
export class Sources implements Places {
  private readonly files: File[] = [];
  private readonly readings: Reading[] = [];
  private readonly runs: Run[] = [];
  private readonly changed: ChangedLine[] = [];
  private inChangedRun = false;
  private readonly remake: (line: ChangedLine) => MappedText;
  private remade: { readonly line: ChangedLine; readonly mapped: MappedText } | undefined;

  /** `remake` works a changed line out again, with its places. */
  constructor(remake: (line: ChangedLine) => MappedText) {
    this.remake = remake;
  }

  /** Paths of the files read, in order, each once. */
  paths(): readonly string[] {
    return this.files.map((file) => file.path);
  }

  /** The text of a line of a file that was read, without its line end; undefined when there is no such line. */
  line(path: string, line: number): string | undefined {
    const file = this.files.find((candidate) => candidate.path === path);
    return file ? this.textOf(file, line) : undefined;
  }

  range(origin: Origin): Range {
    const piece = origin % 256;
    const found = this.find(Math.floor(origin / 256));
    if ("piece" in found) return this.rangeIn(found.reading, this.mappedOf(found), piece, false);
    const { reading, line } = found;
    return this.rangeIn(reading, verbatim(this.lineOfReading(reading, line), line), piece, true);
  }

  /** The line as it was handed on: definitions replaced, without the comment if it had been looked at. */
  text(origin: Origin): string {
    const found = this.find(Math.floor(origin / 256));
    return "piece" in found ? this.mappedOf(found).text : this.lineOfReading(found.reading, found.line);
  }

  related(origin: Origin): readonly Related[] {
    const found = this.find(Math.floor(origin / 256));
    const related: Related[] = [];
    if ("piece" in found) {
      const mapped = this.mappedOf(found);
      const columns = columnsOf(mapped.text, origin % 256, false);
      this.definitions(segmentAt(mapped, columns?.[0] ?? 0).via, related);
    }
    this.includes(found.reading, related);
    return related;
  }

  /** The definitions and includes behind a part of a text under way. */
  relatedTo(reading: number, via: Via | undefined): readonly Related[] {
    const related: Related[] = [];
    this.definitions(via, related);
    this.includes(reading, related);
    return related;
  }

  /** The place of a part of a text under way. */
  rangeOf(reading: number, mapped: MappedText, from: number, to: number): Range {
    const start = placeAt(mapped, from);
    const end = placeAt(mapped, to, true);
    return {
      file: this.pathOf(reading),
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.line === start.line ? Math.max(end.column, start.column) : end.column,
    };
  }

  /** Registers a file that is about to be read, and returns the number of its reading. */
  open(path: string, text: string, includedAt?: Range, within?: number): number {
    let file = this.files.findIndex((candidate) => candidate.path === path);
    if (file < 0) file = this.files.push({ path, text }) - 1;
    return (
      this.readings.push({
        file,
        ...(includedAt ? { includedAt } : {}),
        ...(within === undefined ? {} : { within }),
      }) - 1
    );
  }

  /** Index of the file of a reading. */
  fileOf(reading: number): number {
    return this.readings[reading]?.file ?? 0;
  }

  /** From id `firstId` on, ids are the lines of a reading from `line` on. */
  startRun(firstId: number, reading: number, line: number): void {
    this.runs.push({ firstId, reading, line });
    this.inChangedRun = false;
  }

  /** A line that was changed on its way; the next one has the next id, or a run starts in between. */
  addChanged(id: number, line: ChangedLine): void {
    if (!this.inChangedRun) this.runs.push({ firstId: id, changed: this.changed.length });
    this.inChangedRun = true;
    this.changed.push(line);
  }

  private mappedOf(line: ChangedLine): MappedText {
    if (this.remade?.line !== line) this.remade = { line, mapped: this.remake(line) };
    return this.remade.mapped;
  }

  private rangeIn(reading: number, mapped: MappedText, piece: number, comments: boolean): Range {
    const [from, to] = columnsOf(mapped.text, piece, comments) ?? [0, mapped.text.trimEnd().length];
    return this.rangeOf(reading, mapped, from, to);
  }

  /** The line of an id: a changed one, or a place in a file. */
  private find(id: number): ChangedLine | { readonly reading: number; readonly line: number } {
    let low = 0;
    let high = this.runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.runs[middle]?.firstId ?? 0) <= id) low = middle;
      else high = middle - 1;
    }
    const nowhere = { reading: 0, line: 1 };
    const run = this.runs[low];
    if (!run) return nowhere;
    const offset = id - run.firstId;
    if ("changed" in run) return this.changed[run.changed + offset] ?? nowhere;
    return { reading: run.reading, line: run.line + offset };
  }

  private pathOf(reading: number): string {
    return this.files[this.readings[reading]?.file ?? 0]?.path ?? "";
  }

  private lineOfReading(reading: number, line: number): string {
    const file = this.files[this.readings[reading]?.file ?? 0];
    return (file && this.textOf(file, line)) ?? "";
  }

  private textOf(file: File, line: number): string | undefined {
    file.starts ??= lineStarts(file.text);
    const start = file.starts[line - 1];
    if (start === undefined) return undefined;
    const next = file.starts[line];
    return file.text.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/, "");
  }

  private definitions(via: Via | undefined, related: Related[]): void {
    for (let step = via; step; step = step.within) {
      const { name, file, line, column, value } = step;
      const path = this.files[file]?.path;
      if (path === undefined) continue; // built in
      const text = this.line(path, line) ?? "";
      const repetition = value === undefined ? null : /^~\w+\s*\([^)]*\)/.exec(text.slice(column - 1));
      const end = repetition ? column + repetition[0].length : text.replace(/\s*\\?\s*$/, "").length + 1;
      related.push({
        range: { file: path, line, column, endLine: line, endColumn: Math.max(column + 1, end) },
        message: value === undefined ? `$${name} is defined here` : `$${name} is ${value} in this round`,
      });
    }
  }

  private includes(reading: number, related: Related[]): void {
    for (let step = this.readings[reading]; step?.includedAt; step = this.readings[step.within ?? 0]) {
      related.push({ range: step.includedAt, message: "included from here" });
    }
  }
}
