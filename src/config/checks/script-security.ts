import type { ReportFault } from "../faults.ts";
import type { OpenConfig } from "../open.ts";
import type { ScriptUse } from "../scripts.ts";

/** `script-security`: scripts are run, and nothing keeps others than root from changing what root runs. */
export function scriptSecurity(
  { global_defs }: OpenConfig,
  [first]: readonly ScriptUse[],
  report: ReportFault,
): void {
  if (global_defs.enable_script_security || !first) return;
  report(
    {
      code: "script-security",
      severity: "warning",
      summary: "scripts are run without enable_script_security",
      detail:
        "Write enable_script_security in global_defs: what others than root can change is then not run as root.",
    },
    first.origin,
  );
}
