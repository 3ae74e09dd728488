import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Compiled } from "./compile.ts";
import { BEYOND, UNTESTED } from "./differences.ts";
import type { HostFacts } from "./facts.ts";
import { programOf } from "./host-checks.ts";

/** Exit statuses of `keepalived -t`, as 2.4.3 gives them. */
const CONFIG_TEST = {
  clean: 0,
  /** The configuration cannot be used at all. */
  unusable: 2,
  /** Nothing but interfaces to be watched that do not exist. */
  absent: 4,
  /** Errors, or advice. */
  faults: 5,
  /** Scripts that exist would be run without enable_script_security, or a file with a key is open to others. */
  scriptSecurity: 6,
  /** An include that include_check or the variant of the keyword wants to find something. */
  include: 6,
} as const;

/** Includes that lead nowhere: errors where they are checked, and mentioned only where they are not. */
const INCLUDES: ReadonlySet<string> = new Set(["include-no-match", "include-unreadable"]);

/** What keepalived finds when it looks at scripts, in the processes that come so far. */
function scriptFindings(
  { config, scripts }: Pick<Compiled, "config" | "scripts">,
  facts: HostFacts,
  reachesVrrp: boolean,
): { readonly unsafe: boolean; readonly missing: boolean } {
  const uses = [...scripts.parent, ...scripts.checkers, ...(reachesVrrp ? scripts.vrrp : [])];
  const present = uses.filter((use) => programOf(use, config, facts) !== undefined);
  return {
    unsafe: !config.global_defs.enable_script_security && present.length > 0,
    // Of a vrrp_script it says so; notify scripts are left out silently.
    missing: uses.some((use) => use.keyword === "script" && !present.includes(use)),
  };
}

/**
 * The exit status that keepalived 2.4.3 ends its configuration test with, and the diagnostic that it is for. The
 * VRRP process stops at an interface that does not exist, before it looks at scripts.
 */
export function configTestStatus(
  compiled: Pick<Compiled, "config" | "scripts" | "diagnostics" | "usable">,
  facts: HostFacts,
): { readonly status: number; readonly because?: Diagnostic } {
  const { diagnostics, usable } = compiled;
  const missing = diagnostics.find(({ code }) => code === "unreadable-file");
  if (missing) return { status: CONFIG_TEST.clean, because: missing };
  // The process that reads first stops there.
  const include = diagnostics.find(({ code, severity }) => INCLUDES.has(code) && severity === "error");
  if (include) return { status: CONFIG_TEST.include, because: include };
  if (!usable) return { status: CONFIG_TEST.unusable };
  const exposed = diagnostics.find(({ code }) => code === "exposed-key-file");
  if (exposed) return { status: CONFIG_TEST.scriptSecurity, because: exposed };
  const reachesScripts = !diagnostics.some(({ code }) => code === "no-such-interface");
  const scripts = scriptFindings(compiled, facts, reachesScripts);
  if (scripts.unsafe) return { status: CONFIG_TEST.scriptSecurity };
  const faults = diagnostics.filter(
    ({ code, severity }) =>
      severity !== "note" && !(code in BEYOND) && !(code in UNTESTED) && !INCLUDES.has(code),
  );
  const [first] = faults;
  if (first?.code === "absent-interface" && faults.every(({ code }) => code === first.code))
    return { status: scripts.missing ? CONFIG_TEST.faults : CONFIG_TEST.absent, because: first };
  if (first) return { status: CONFIG_TEST.faults, because: first };
  return { status: scripts.missing ? CONFIG_TEST.faults : CONFIG_TEST.clean };
}
