import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Compiled } from "./compile.ts";
import { BEYOND, UNTESTED } from "./differences.ts";
import type { HostFacts } from "./facts.ts";
import { candidatePaths, scriptUses } from "./scripts.ts";

/** Exit statuses of `keepalived -t`, as 2.4.3 gives them. */
const CONFIG_TEST = {
  clean: 0,
  /** The configuration cannot be used at all. */
  unusable: 2,
  /** Errors, or advice. */
  faults: 5,
  /** Scripts that exist would be run without enable_script_security. */
  scriptSecurity: 6,
} as const;

/** The top-level blocks that are the checkers' process's; scripts elsewhere are the VRRP process's. */
const OF_CHECKERS: ReadonlySet<string> = new Set([
  "notify_up",
  "notify_down",
  "quorum_up",
  "quorum_down",
  "misc_path",
]);

/** Whether one of the processes that keepalived tests would run a script that is there. */
function runsScripts({ config }: Pick<Compiled, "config">, facts: HostFacts, vrrp: boolean): boolean {
  if (config.global_defs.enable_script_security) return false;
  return scriptUses(config).some(({ keyword, command }) => {
    if (!vrrp && !OF_CHECKERS.has(keyword)) return false;
    return candidatePaths(command.argv[0] ?? "", facts.searchPath).some((path) => facts.files[path]);
  });
}

/**
 * The exit status that keepalived 2.4.3 ends its configuration test with, and the diagnostic that it is for. The
 * VRRP process stops at an interface that does not exist, before it looks at scripts.
 */
export function configTestStatus(
  compiled: Pick<Compiled, "config" | "diagnostics" | "usable">,
  facts: HostFacts,
): { readonly status: number; readonly because?: Diagnostic } {
  const { diagnostics, usable } = compiled;
  const missing = diagnostics.find(({ code }) => code === "unreadable-file");
  if (missing) return { status: CONFIG_TEST.clean, because: missing };
  if (!usable) return { status: CONFIG_TEST.unusable };
  const reachesScripts = !diagnostics.some(({ code }) => code === "no-such-interface");
  if (runsScripts(compiled, facts, reachesScripts)) return { status: CONFIG_TEST.scriptSecurity };
  const [first] = diagnostics.filter(
    ({ code, severity }) => severity !== "note" && !(code in BEYOND) && !(code in UNTESTED),
  );
  return first ? { status: CONFIG_TEST.faults, because: first } : { status: CONFIG_TEST.clean };
}
