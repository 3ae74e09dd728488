import { escapedWords, hasOpenQuote } from "../../grammar/escaped-words.ts";
import { parseStatements } from "../../grammar/statements.ts";
import type { Statement, Word } from "../../grammar/tree.ts";
import type { Diagnostic, Range } from "../diagnostics/diagnostic.ts";
import { orderDiagnostics } from "../diagnostics/order.ts";
import { globalDefs } from "../schema/global-defs.ts";
import { root } from "../schema/root.ts";
import type { FileContent, SourceHost } from "../source/host.ts";
import { readSource, type SourceOptions } from "../source/read-source.ts";
import type { Sources } from "../source/sources.ts";
import { ALL_ADVICE } from "./advice/all.ts";
import { FIRST_CHECKS, LAST_CHECKS, MAIN_CHECKS } from "./checks/all.ts";
import { scriptSecurity } from "./checks/script-security.ts";
import type { Config } from "./config.ts";
import { Decoder } from "./decode.ts";
import { faultReporter, type ReportFault } from "./faults.ts";
import { reportMisread } from "./misread.ts";
import type { OpenConfig } from "./open.ts";
import { inheritFromGlobals, takeConditionalDefaults } from "./resolve.ts";
import { type LookedAt, otherScripts, vrrpScripts } from "./scripts.ts";
import { type Draft, emptyDraft, shapeOf } from "./shape.ts";

export interface CompileOptions extends SourceOptions {
  /** The release of keepalived that has to know every keyword (`isTarget`). */
  readonly target?: string;
}

/** What comes out of a compilation. */
export interface Compiled {
  /** What there is to run; complete in itself, without what the errors are about. */
  readonly config: Config;
  /** In reading order. */
  readonly diagnostics: readonly Diagnostic[];
  /** Turns origins into places, and knows the files that were read. */
  readonly sources: Sources;
  /** Scripts that keepalived's processes look at when they test. */
  readonly scripts: LookedAt;
  /** Instances and groups that are not in `config` although keepalived reads them, and looks for their interfaces. */
  readonly leftOut: LeftOut;
  /** False when there is nothing keepalived would run either: a file that cannot be read, a keyword without value. */
  readonly usable: boolean;
}

/** Blocks that are read and then left out. */
type LeftOut = Pick<Config, "vrrp_instance" | "vrrp_sync_group">;

/** Codes of what keepalived, too, refuses to run with; every other error it reports and runs on. */
const REFUSED: ReadonlySet<string> = new Set(["unreadable-file", "missing-value"]);

/**
 * The words of a statement by the rule of scripts, each with the origin of the plain word at its position; undefined when
 * a quote has no end by either rule.
 */
function rescan({ source = "", words: plain, origin }: Statement): readonly Word[] | undefined {
  const words = escapedWords(source);
  if (!words) return plain.some(({ text }) => /["']/.test(text)) || hasOpenQuote(source) ? undefined : plain;
  return words.map(({ text }, index) => ({
    text,
    quoted: plain[index]?.quoted ?? false,
    origin: plain[index]?.origin ?? origin,
  }));
}

/** A host whose files are read once: standard input has nothing to say twice, and files change. */
class RememberingHost implements SourceHost {
  private readonly host: SourceHost;
  private readonly contents = new Map<string, FileContent>();

  constructor(host: SourceHost) {
    this.host = host;
  }

  read(path: string): FileContent {
    const content = this.contents.get(path) ?? this.host.read(path);
    this.contents.set(path, content);
    return content;
  }

  list(directory: string): readonly string[] {
    return this.host.list(directory);
  }

  identity(path: string): string {
    return this.host.identity(path);
  }
}

const placeText = ({ file, line }: Range): string => `${file}:${line}`;

/** Inheritance, defaults and checks: what was decoded becomes the Config. */
function finish(decoded: Draft, report: ReportFault): Pick<Compiled, "config" | "scripts" | "leftOut"> {
  const ofGlobals = shapeOf(globalDefs);
  decoded.global_defs ??= emptyDraft(ofGlobals, 0);
  const globals = decoded.global_defs as Draft; // set in the line above
  takeConditionalDefaults(globals, ofGlobals);
  inheritFromGlobals(decoded, shapeOf(root), globals, ofGlobals);
  const config = decoded as unknown as OpenConfig; // the rows that made the draft are those that type the Config
  for (const check of FIRST_CHECKS) check(config, report);
  const vrrp = vrrpScripts(config);
  const { vrrp_instance: instances, vrrp_sync_group: groups } = config;
  for (const check of MAIN_CHECKS) check(config, report);
  const scripts = { vrrp, ...otherScripts(config) };
  for (const check of LAST_CHECKS) check(config, report);
  scriptSecurity(config, [...vrrp, ...scripts.parent, ...scripts.checkers], report);
  for (const advise of ALL_ADVICE) advise(config, report);
  const leftOut = {
    vrrp_instance: without(instances, config.vrrp_instance),
    vrrp_sync_group: without(groups, config.vrrp_sync_group),
  };
  return { config, scripts, leftOut };
}

/** Those of `all` that are not among `kept`. */
function without<T>(all: readonly T[], kept: readonly T[]): readonly T[] {
  const some = new Set(kept);
  return all.filter((one) => !some.has(one));
}

/** A configuration of nothing: what runs before the first and after the last. */
export function emptyConfig(): Config {
  return finish(emptyDraft(shapeOf(root), 0), () => {}).config;
}

/**
 * Compiles a configuration file and what it includes. User errors never throw: they are diagnostics, all of them in
 * one run, and the Config holds what is left without them.
 */
export function compile(host: SourceHost, path: string, options: CompileOptions = {}): Compiled {
  const diagnostics: Diagnostic[] = [];
  const collect = (diagnostic: Diagnostic): void => {
    diagnostics.push(diagnostic);
  };
  const remembering = new RememberingHost(host);
  const { parts, sources } = readSource(remembering, path, options, collect);
  const report = faultReporter(sources, collect);
  const decoder = new Decoder(report, rescan, options.target);
  const shape = shapeOf(root);
  const decoded = emptyDraft(shape, 0);
  for (const statement of parseStatements(parts, sources, collect)) {
    decoder.statement(statement, shape, "", decoded);
  }
  const { config, scripts, leftOut } = finish(decoded, report);
  reportMisread(
    diagnostics,
    () => {
      const again = readSource(remembering, path, options, () => {});
      return { lines: again.lines, lineOf: (origin) => placeText(again.sources.range(origin)) };
    },
    report,
  );
  return {
    config,
    scripts,
    leftOut,
    diagnostics: orderDiagnostics(diagnostics),
    sources,
    usable: !diagnostics.some(({ code, severity }) => severity === "error" && REFUSED.has(code)),
  };
}
