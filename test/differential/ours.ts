import { join } from "node:path";
import { factsWithInterfaces } from "../../src/cli/judge.ts";
import { compile } from "../../src/config/compile.ts";
import { configTestStatus } from "../../src/config/config-test.ts";
import { checkHost } from "../../src/config/host-checks.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { nodeHost } from "../../src/source/node-host.ts";
import type { Case } from "./directives.ts";
import { INTERFACES } from "./values.ts";

/** What Holdfast makes of a case. */
export interface OurVerdict {
  /** Exit status of `holdfast run -t`. */
  readonly status: number;
  readonly usable: boolean;
  /** Errors and warnings. */
  readonly diagnostics: readonly Diagnostic[];
  /** Milliseconds of processor time it took: others run at the same time. */
  readonly took: number;
}

/** File name and line of a diagnostic, as `Complaint.place`. */
export function placeOf({ subject }: Diagnostic): string | undefined {
  return subject && `${subject.file.split("/").at(-1)}:${subject.line}`;
}

/** Tests a case that stands in a folder of the directory, in this process. */
export function runOurs(directory: string, { name, id }: Case): OurVerdict {
  const began = process.cpuUsage();
  const path = join(directory, name, "main.conf");
  const compiled = compile(nodeHost, path, { environment: {}, ...(id === undefined ? {} : { id }) });
  const facts = factsWithInterfaces(compiled, [...INTERFACES, "lo"]);
  const all = [...compiled.diagnostics, ...checkHost(compiled, facts)];
  const diagnostics = all.filter(({ severity }) => severity !== "note");
  const { status } = configTestStatus({ ...compiled, diagnostics }, facts);
  const { user, system } = process.cpuUsage(began);
  return { status, usable: compiled.usable, diagnostics, took: (user + system) / 1_000 };
}
