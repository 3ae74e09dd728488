import { resolve } from "node:path";
import { type Examined, type ExamineOptions, examine } from "../config/examine.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { SourceHost } from "../source/host.ts";
import { nodeHost } from "../source/node-host.ts";
import { RootedHost } from "../source/rooted-host.ts";
import { keepYoungGenerationSmall } from "../source/young-generation.ts";
import { EXIT } from "./output.ts";

export interface LoadOptions {
  /** What `@id` lines are compared with. */
  readonly configId?: string;
  /** What is known of the host whose interfaces, users and scripts have to exist; nothing is checked without. */
  readonly facts?: ExamineOptions["facts"];
  /** The directory that absolute includes and scripts are below. */
  readonly root?: string;
  /** The release of keepalived that has to know every keyword. */
  readonly target?: string;
  /** Codes of warnings and notes that are not wanted. */
  readonly warnOff?: readonly string[];
}

/** A compiled file, its checks against the host included, and the exit status that it deserves. */
export interface Loaded extends Examined {
  readonly exitCode: number;
}

function exitCodeOf(diagnostics: readonly Diagnostic[]): number {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.some(({ code }) => code === "unreadable-file")) return EXIT.usage;
  return errors.length > 0 ? EXIT.errors : EXIT.ok;
}

/**
 * Compiles a file of this machine, `-` for standard input; another `source` shows it with changes.
 */
export function load(
  file: string,
  { configId, facts, root, target, warnOff = [] }: LoadOptions,
  source: SourceHost = nodeHost,
): Loaded {
  keepYoungGenerationSmall(file);
  const rooted = root === undefined ? source : new RootedHost(source, resolve(root), file);
  const examined = examine(rooted, file, {
    ...(configId === undefined ? {} : { id: configId }),
    ...(target === undefined ? {} : { target }),
    environment: process.env,
    ...(facts === undefined ? {} : { facts }),
    off: new Set(warnOff),
  });
  return { ...examined, exitCode: exitCodeOf(examined.diagnostics) };
}
