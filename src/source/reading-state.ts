import type { Diagnostic, Related, Report } from "../diagnostics/diagnostic.ts";
import { withoutComment } from "./comments.ts";
import { expandMapped, type Step } from "./definitions.ts";
import { type IncludeChecks, NO_CHECKS } from "./include-checks.ts";
import { type MappedText, segmentAt, trimMapped } from "./mapped-text.ts";
import { Names, type Surroundings } from "./names.ts";
import { cameFrom, type Piece, placed } from "./piece.ts";
import { Scope } from "./scope.ts";
import { type ChangedLine, Sources } from "./sources.ts";

/** A diagnostic that gets its place from the text it is about. */
export type Complaint = Omit<Diagnostic, "subject" | "related">;

/** What is known at one point of the reading, and what is shared by all that takes part in it. */
export class ReadingState {
  readonly sources = new Sources((line) => this.remade(line));
  readonly scope = new Scope();
  readonly names: Names;
  /** Number of the reading of the current file. */
  reading = 0;
  /** In force, see include_check. */
  checks: IncludeChecks = NO_CHECKS;
  /** From 1: the origin 0 means "nowhere" (`Meta.at`). */
  nextId = 1;
  private readonly surroundings: Surroundings;
  private readonly report: Report;
  private readonly directories: string[] = [];
  private readonly said = new Set<string>();

  constructor(surroundings: Surroundings, seed: number, report: Report) {
    this.surroundings = surroundings;
    this.report = report;
    this.names = new Names(this.scope, surroundings, "", seed);
  }

  /** A file is about to be read, or is read on; `directory` is what `${_PWD}` stands for there. */
  enter(reading: number, directory: string): void {
    this.reading = reading;
    this.directories[reading] = directory;
    this.names.directory = directory;
  }

  complain(
    diagnostic: Complaint,
    mapped: MappedText,
    from = 0,
    to = mapped.text.length,
    first: readonly Related[] = [],
  ): void {
    const related = [...first, ...this.sources.relatedTo(this.reading, segmentAt(mapped, from).via)];
    const subject = this.sources.rangeOf(this.reading, mapped, from, to);
    this.report({ ...diagnostic, subject, ...(related.length > 0 ? { related } : {}) });
  }

  /** Another line of the file: what was said once for all that the last one made may be said again. */
  forgetSaid(): void {
    this.said.clear();
  }

  /** The first time that a line of the file leads to this, for this line of this definition. */
  isNew(what: string, { mapped, use }: Piece): boolean {
    const place = mapped.segments[0];
    const key = `${what}:${place?.line}:${place?.column}:${use?.definition.name}`;
    if (this.said.has(key)) return false;
    this.said.add(key);
    return true;
  }

  /** The piece's text as it stands after its uses were replaced at that point, with its places. */
  expanded(
    piece: Piece,
    version: number,
    random: number,
    onStep?: (step: Step, before: MappedText) => void,
    reading = this.reading,
  ): MappedText {
    const { surroundings } = this;
    const directory = this.directories[reading] ?? "";
    const names = new Names(this.scope, surroundings, directory, random, version);
    const mapped = placed(piece);
    const expanded = expandMapped(mapped, names, (name) => cameFrom(piece, name), onStep);
    if (expanded.text === mapped.text && !piece.use) return expanded;
    return trimMapped(withoutComment(expanded));
  }

  private remade({ piece, version, random, reading }: ChangedLine): MappedText {
    return this.expanded(piece, version, random, undefined, reading);
  }
}
