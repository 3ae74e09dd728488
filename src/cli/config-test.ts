import { appendFileSync } from "node:fs";
import { hostname } from "node:os";
import { compile } from "../config/compile.ts";
import { configTestStatus } from "../config/config-test.ts";
import { checkHost } from "../config/host-checks.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { orderDiagnostics } from "../diagnostics/order.ts";
import { nodeHost } from "../source/node-host.ts";
import { keepYoungGenerationSmall } from "../source/young-generation.ts";
import { hostFacts } from "./host-facts.ts";
import { stderr, UsageError } from "./output.ts";

export interface ConfigTestOptions {
  readonly configId?: string;
  /** An include that finds nothing is an error. */
  readonly strictIncludes: boolean;
  /** Where the messages go; standard error when absent. */
  readonly log?: string;
}

/** As keepalived logs it: `(FILE: Line N) …`. */
function line({ subject, summary, severity, code }: Diagnostic): string {
  const place = subject === undefined ? "" : `(${subject.file}: Line ${subject.line}) `;
  return `${place}${severity === "error" ? "" : `${severity}: `}${summary} [${code}]\n`;
}

/** `holdfast run -t`: compiles for this machine, and exits with the status that keepalived -t has. */
export function testConfiguration(file: string, options: ConfigTestOptions): number {
  const { configId, strictIncludes, log } = options;
  keepYoungGenerationSmall(file);
  const id = configId ?? hostname().split(".")[0] ?? "";
  const read = { id, environment: process.env, randomSeed: Date.now() >>> 0, strictIncludes };
  const compiled = compile(nodeHost, file, read);
  const facts = hostFacts(compiled);
  const diagnostics = orderDiagnostics([...compiled.diagnostics, ...checkHost(compiled, facts)]);
  const text = diagnostics.map(line).join("");
  try {
    if (log === undefined) stderr.write(text);
    else appendFileSync(log, text);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  return configTestStatus({ ...compiled, diagnostics }, facts).status;
}
