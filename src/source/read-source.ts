import { PlainLines, type SourceLine, type SourcePart } from "../../grammar/line.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { SourceHost } from "./host.ts";
import { Reader, type SourceOptions } from "./reader.ts";
import type { Sources } from "./sources.ts";

export type { SourceOptions };

/** A configuration that is being read. */
export interface SourceText {
  /** The lines in order, read and reported on as they are asked for. To be iterated once, or `lines`. */
  readonly parts: Iterable<SourcePart>;
  /** The same, one line at a time. */
  readonly lines: Iterable<SourceLine>;
  readonly sources: Sources;
}

function* eachLine(parts: Iterable<SourcePart>): Generator<SourceLine, void, undefined> {
  for (const part of parts) {
    if (!(part instanceof PlainLines)) yield part;
    else for (let line = part.take(); line; line = part.take()) yield line;
  }
}

/**
 * Reads a configuration file and all it includes into logical lines. Problems go to `report` while the lines are
 * taken; nothing is thrown.
 */
export function readSource(
  host: SourceHost,
  path: string,
  options: SourceOptions,
  report: Report,
): SourceText {
  const reader = new Reader(host, options, report);
  const parts = reader.main(path);
  return { parts, lines: eachLine(parts), sources: reader.sources };
}
