/**
 * Holdfast as a library: the compiler, the plan of a reload and the formatter, without the daemon. Nothing here needs
 * Node: no file is opened, no clock or environment read. See docs/library.md.
 *
 * @example
 * import { compile, diff, format } from "holdfast";
 *
 * const running = compile({ "keepalived.conf": before }, "keepalived.conf");
 * const next = compile({ "keepalived.conf": after }, "keepalived.conf");
 * for (const { severity, code, summary, subject } of next.diagnostics) {
 *   console.log(`${subject?.line}: ${severity}[${code}] ${summary}`);
 * }
 * const { changes } = diff(running.config, next.config);
 */
import type { Config } from "./config/config.ts";
import { type Examined, type ExamineOptions, examine } from "./config/examine.ts";
import { diff as makePlan } from "./plan/diff.ts";
import type { Plan } from "./plan/plan.ts";
import type { SourceHost } from "./source/host.ts";
import { MemoryHost } from "./source/memory-host.ts";

export { emptyConfig } from "./config/compile.ts";
export type { Config } from "./config/config.ts";
export { dumpConf } from "./config/dump-conf.ts";
export { dumpJson } from "./config/dump-json.ts";
export type { Examined, ExamineOptions } from "./config/examine.ts";
export type { FileFacts, HostFacts } from "./config/facts.ts";
export { type FormatProblem, type Formatted, format } from "./config/format.ts";
export { applyFixes, type FixedText } from "./diagnostics/apply-fixes.ts";
export { CODES, type CodeInfo } from "./diagnostics/codes.ts";
export type { Diagnostic, Edit, Fix, Range, Related, Severity } from "./diagnostics/diagnostic.ts";
export { renderGithub } from "./diagnostics/render-github.ts";
export { renderSarif, type SarifOptions } from "./diagnostics/render-sarif.ts";
export { renderText, type TextOptions } from "./diagnostics/render-text.ts";
export type { Suppressed } from "./diagnostics/suppress.ts";
export type { Change, ChangeKind, Impact, Plan } from "./plan/plan.ts";
export { renderText as renderPlan } from "./plan/render-text.ts";
export type { FileContent, SourceHost } from "./source/host.ts";

/** Texts by path. Relative includes are looked for beside the file that has them. */
export type Files = Readonly<Record<string, string>>;

/** Methods, and so no table of texts. */
function isHost(files: Files | SourceHost): files is SourceHost {
  return typeof files.read === "function";
}

/**
 * Compiles a configuration and what it includes. Nothing that stands in a file makes it throw: what is wrong is in
 * `diagnostics`, in reading order, and `config` holds what is left.
 *
 * @param files The files as texts, or a host that reads them.
 * @param main The path of the file to start with.
 * @param options The configuration id (`id`), the environment, what is known of the host (`facts`), and codes of
 *   warnings that are not wanted (`off`). Without them nothing is assumed.
 */
export function compile(files: Files | SourceHost, main: string, options: ExamineOptions = {}): Examined {
  return examine(isHost(files) ? files : new MemoryHost(files), main, options);
}

/**
 * What a reload from one configuration to another does, in the order in which it would be done; what stays as it is
 * is in it with the kind `keep`. From `emptyConfig()` it is what a start does, to it what a stop does.
 *
 * Both must come from `compile` of this library. Neither is changed.
 */
export function diff(running: Config, next: Config): Plan {
  return makePlan(running, next);
}
