import { hostname } from "node:os";
import { type Compiled, compile } from "../config/compile.ts";
import { checkHost } from "../config/host-checks.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { orderDiagnostics } from "../diagnostics/order.ts";
import { nodeHost } from "../source/node-host.ts";
import { hostFacts } from "./host-facts.ts";
import { EXIT } from "./output.ts";

export interface LoadOptions {
  /** The configuration id; the host name where the host may be looked at. */
  readonly configId?: string;
  /** Whose interfaces, users and scripts have to exist. */
  readonly host: "this" | "none";
}

/** A compiled file, its checks against the host included, and the exit status that it deserves. */
export interface Loaded extends Compiled {
  readonly exitCode: number;
}

function exitCodeOf(diagnostics: readonly Diagnostic[]): number {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.some(({ code }) => code === "unreadable-file")) return EXIT.usage;
  return errors.length > 0 ? EXIT.errors : EXIT.ok;
}

/** Compiles a file of this machine, `-` for standard input. */
export function load(file: string, { configId, host }: LoadOptions): Loaded {
  const id = configId ?? (host === "this" ? hostname().split(".")[0] : undefined);
  const compiled = compile(nodeHost, file, {
    ...(id === undefined ? {} : { id }),
    environment: process.env,
  });
  const found = host === "this" ? checkHost(compiled, hostFacts(compiled.config)) : [];
  const diagnostics = orderDiagnostics([...compiled.diagnostics, ...found]);
  return { ...compiled, diagnostics, exitCode: exitCodeOf(diagnostics) };
}
