import type { SourceLine } from "../../grammar/line.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { SourceHost } from "./host.ts";
import { Reader } from "./reader.ts";
import type { Sources } from "./sources.ts";

/** What reading depends on besides the files. */
export interface SourceOptions {
  /** The configuration id (`-i`) that `@id` lines are compared with; without one, only `@^id` lines belong. */
  readonly id?: string;
  /** What `${_ENV NAME}` stands for. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Where `${_RANDOM}` starts unless the configuration sets random_seed; 0 when absent. Equal seeds, equal numbers. */
  readonly randomSeed?: number;
  /** `-e`: all of include_check is in force from the start. */
  readonly strictIncludes?: boolean;
}

/** A configuration that is being read. */
export interface SourceText {
  /** The lines in order, read and reported on as they are asked for. To be iterated once. */
  readonly lines: Iterable<SourceLine>;
  readonly sources: Sources;
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
  return { lines: reader.main(path), sources: reader.sources };
}
