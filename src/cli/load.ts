import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { type Examined, type ExamineOptions, examine } from "../config/examine.ts";
import { parseFacts } from "../config/facts.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { SourceHost } from "../source/host.ts";
import { nodeHost } from "../source/node-host.ts";
import { RootedHost } from "../source/rooted-host.ts";
import { hostFacts } from "./host-facts.ts";
import { EXIT, UsageError } from "./output.ts";
import { keepYoungGenerationSmall } from "./young-generation.ts";

export interface LoadOptions {
  /** The configuration id; the host name where the host may be looked at. */
  readonly configId?: string;
  /** Whose interfaces, users and scripts have to exist: `this`, `none`, or a file that `holdfast facts` wrote. */
  readonly host: string;
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

function factsOf(host: string, root: string | undefined): Pick<ExamineOptions, "facts"> {
  if (host === "none") return {};
  if (host === "this") return { facts: ({ config }) => hostFacts(config, root) };
  let text: string;
  try {
    text = readFileSync(host, "utf8");
  } catch (error) {
    throw new UsageError(`${host}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const facts = parseFacts(text);
  if ("problem" in facts) throw new UsageError(`${host}: these are no facts of a host: ${facts.problem}`);
  return { facts };
}

/**
 * Compiles a file of this machine, `-` for standard input; another `source` shows it with changes. Throws UsageError
 * for options that cannot be used.
 */
export function load(
  file: string,
  { configId, host, root, target, warnOff = [] }: LoadOptions,
  source: SourceHost = nodeHost,
): Loaded {
  keepYoungGenerationSmall(file);
  const id = configId ?? (host === "this" ? hostname().split(".")[0] : undefined);
  const rooted = root === undefined ? source : new RootedHost(source, resolve(root), file);
  const examined = examine(rooted, file, {
    ...(id === undefined ? {} : { id }),
    ...(target === undefined ? {} : { target }),
    environment: process.env,
    ...factsOf(host, root),
    off: new Set(warnOff),
  });
  return { ...examined, exitCode: exitCodeOf(examined.diagnostics) };
}
