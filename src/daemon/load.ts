import { hostname } from "node:os";
import { interfaceIndex } from "../../native/interface.ts";
import { type Compiled, compile } from "../config/compile.ts";
import type { Config } from "../config/config.ts";
import { checkHost } from "../config/host-checks.ts";
import { namedInterfaces } from "../config/host-interfaces.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { orderDiagnostics } from "../diagnostics/order.ts";
import { renderText } from "../diagnostics/render-text.ts";
import { nodeHost } from "../source/node-host.ts";
import type { Sources } from "../source/sources.ts";
import { keepYoungGenerationSmall } from "../source/young-generation.ts";
import type { KernelName } from "./messages.ts";
import { enterNamespaceOf } from "./places.ts";
import { withoutRefusedScripts } from "./scripts/refused.ts";

/** A line for the log. */
interface LoadMessage {
  readonly level: "error" | "warn" | "info";
  readonly text: string;
}

/** A configuration that can run. */
export interface Usable {
  readonly config: Config;
  readonly sources: Sources;
}

/** A configuration as read: to be run, or not, and what there is to say about it. */
export interface Loaded extends Usable {
  /** A daemon may start on it: what the errors are about is left out of the Config, as keepalived leaves it out. */
  readonly usable: boolean;
  /** Without any error: it may replace a configuration that runs. */
  readonly faultless: boolean;
  /** Nothing could be read at all. */
  readonly missing: boolean;
  /** One line for each diagnostic and each disabled script. */
  readonly messages: readonly LoadMessage[];
  /** The diagnostics with code frames, for a person at a terminal. */
  readonly report: string;
}

/** Where random numbers start without random_seed: one for the life of a daemon, so that a reload of the same text changes nothing. */
const RANDOM_SEED = Date.now() >>> 0;

const LEVELS = { error: "error", warning: "warn", note: "info" } as const;

/** `(FILE: Line N) summary`, as keepalived says where; the code is what documentation is found under. */
function messageOf({ severity, summary, code, subject }: Diagnostic): LoadMessage {
  const place = subject === undefined ? "" : `(${subject.file}: Line ${subject.line}) `;
  return { level: LEVELS[severity], text: `${place}${summary} [${code}]` };
}

export interface LoadOptions {
  /** `-i`; the host name without its domain when absent. */
  readonly configId?: string;
  /** An include that finds nothing is an error. */
  readonly strictIncludes: boolean;
  /** Runs in this network namespace, whatever the configuration says. */
  readonly namespace?: string;
  /** Whose interfaces have to exist. */
  readonly kernel: KernelName;
  /** The daemon is not running yet: its network namespace is entered. */
  readonly atStart?: boolean;
}

/** The interfaces that are named and are not there; what else checkHost knows of hosts is withoutRefusedScripts'. */
function missingInterfaces(compiled: Compiled): Diagnostic[] {
  const present = [...namedInterfaces(compiled), "lo"].filter((name) => interfaceIndex(name) > 0);
  const interfaces = Object.fromEntries(present.map((name) => [name, { addresses: [], flags: [] }]));
  const kernel = { release: "", features: {} };
  const facts = { interfaces, users: {}, groups: {}, searchPath: [], files: {}, kernel };
  return checkHost(compiled, facts).filter(({ code }) => code === "no-such-interface");
}

/**
 * Compiles a configuration for this machine: interfaces have to exist, and scripts that cannot or must not run here
 * are disabled, as keepalived does. Never throws for what the file holds.
 */
export function loadConfiguration(file: string, options: LoadOptions): Loaded {
  const { configId, strictIncludes, namespace, kernel, atStart } = options;
  const id = configId ?? hostname().split(".")[0] ?? "";
  keepYoungGenerationSmall(file);
  const read = { id, environment: process.env, randomSeed: RANDOM_SEED, strictIncludes };
  const compiled = compile(nodeHost, file, read);
  const { sources, usable: compiles } = compiled;
  const config = namespace === undefined ? compiled.config : { ...compiled.config, net_namespace: namespace };
  const barred = atStart && kernel === "linux" && compiles ? enterNamespaceOf(config) : undefined;
  const missing = kernel === "linux" ? missingInterfaces(compiled) : [];
  const diagnostics = orderDiagnostics([...compiled.diagnostics, ...missing]);
  const usable = compiles && missing.length === 0 && barred === undefined;
  const scripts = usable ? withoutRefusedScripts(config) : { config, messages: [] };
  return {
    config: scripts.config,
    sources,
    usable,
    faultless: usable && diagnostics.every(({ severity }) => severity !== "error"),
    missing: sources.paths().length === 0,
    messages: [
      ...diagnostics.map(messageOf),
      ...(barred === undefined ? [] : [{ level: "error", text: barred } as const]),
      ...scripts.messages.map((text) => ({ level: "warn", text }) as const),
    ],
    report: renderText(diagnostics, { lineOf: (path, line) => sources.line(path, line) }),
  };
}
