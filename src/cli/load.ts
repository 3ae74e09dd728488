import { hostname } from "node:os";
import { type Examined, examine } from "../config/examine.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { SourceHost } from "../source/host.ts";
import { nodeHost } from "../source/node-host.ts";
import { hostFacts } from "./host-facts.ts";
import { EXIT } from "./output.ts";

export interface LoadOptions {
  /** The configuration id; the host name where the host may be looked at. */
  readonly configId?: string;
  /** Whose interfaces, users and scripts have to exist. */
  readonly host: "this" | "none";
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

/** Compiles a file of this machine, `-` for standard input; another `source` shows it with changes. */
export function load(
  file: string,
  { configId, host, warnOff = [] }: LoadOptions,
  source: SourceHost = nodeHost,
): Loaded {
  const id = configId ?? (host === "this" ? hostname().split(".")[0] : undefined);
  const examined = examine(source, file, {
    ...(id === undefined ? {} : { id }),
    environment: process.env,
    ...(host === "this" ? { facts: ({ config }) => hostFacts(config) } : {}),
    off: new Set(warnOff),
  });
  return { ...examined, exitCode: exitCodeOf(examined.diagnostics) };
}
