import { orderDiagnostics } from "../diagnostics/order.ts";
import { type Suppressed, suppress } from "../diagnostics/suppress.ts";
import type { FileContent, SourceHost } from "../source/host.ts";
import { type Compiled, type CompileOptions, compile } from "./compile.ts";
import type { HostFacts } from "./facts.ts";
import { withFixes } from "./fixes.ts";
import { checkHost } from "./host-checks.ts";

export interface ExamineOptions extends CompileOptions {
  /** What is known of the host that the configuration is for; nothing is checked against it when absent. */
  readonly facts?: HostFacts | ((compiled: Compiled) => HostFacts);
  /** Codes of warnings and notes that are not wanted. */
  readonly off?: ReadonlySet<string>;
}

/** A compilation with all that a person is to be told about it. */
export interface Examined extends Compiled {
  /** What comments (`# holdfast-ignore CODE`) and `off` have taken out of the diagnostics. */
  readonly suppressed: readonly Suppressed[];
}

/** Codes that only checks against a host report. */
const OF_HOST: ReadonlySet<string> = new Set([
  "absent-interface",
  "exposed-key-file",
  "insecure-script",
  "interface-exists",
  "invalid-regex",
  "no-notify-user",
  "no-pcre2",
  "no-such-interface",
  "no-such-script",
  "no-such-user",
  "no-such-vrf",
  "script-not-executable",
  "unknown-name",
  "unresolved-name",
  "unusable-key-file",
]);

/** A host that remembers what was read from it. */
class RememberingHost implements SourceHost {
  readonly texts = new Map<string, string>();
  private readonly host: SourceHost;

  constructor(host: SourceHost) {
    this.host = host;
  }

  read(path: string): FileContent {
    const content = this.host.read(path);
    if ("text" in content) this.texts.set(path === "-" ? "<stdin>" : path, content.text);
    return content;
  }

  list(directory: string): readonly string[] {
    return this.host.list(directory);
  }

  identity(path: string): string {
    return this.host.identity(path);
  }
}

/**
 * Compiles a configuration for somebody to read what is wrong with it: checks against the host included, with fixes,
 * without what comments in the files silence.
 */
export function examine(host: SourceHost, path: string, options: ExamineOptions = {}): Examined {
  const { facts, off } = options;
  const remembering = new RememberingHost(host);
  const compiled = compile(remembering, path, options);
  const known = typeof facts === "function" ? facts(compiled) : facts;
  const all = [...compiled.diagnostics, ...(known ? checkHost(compiled, known) : [])];
  const lineOf = (file: string, line: number): string | undefined => compiled.sources.line(file, line);
  const files = [...remembering.texts].map(([name, text]) => ({ path: name, text }));
  const { kept, suppressed } = suppress(withFixes(all, lineOf), files, {
    ...(off ? { off } : {}),
    possible: (code) => known !== undefined || !OF_HOST.has(code),
  });
  return { ...compiled, diagnostics: orderDiagnostics(kept), suppressed };
}
