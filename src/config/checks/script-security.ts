import type { ReportFault } from "../faults.ts";
import type { Check, OpenConfig } from "../open.ts";
import { isOfCheckers, type ScriptUse, scriptsInUse } from "../scripts.ts";

function warn(config: OpenConfig, isMeant: (use: ScriptUse) => boolean, report: ReportFault): void {
  const first = config.global_defs.enable_script_security ? undefined : scriptsInUse(config).find(isMeant);
  if (!first) return;
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

/**
 * `script-security`: scripts of VRRP are run, and nothing keeps others than root from changing what root runs. Those
 * of instances that are left out for other mistakes count, too.
 */
export const vrrpScriptSecurity: Check = (config, report) =>
  warn(config, (use) => !isOfCheckers(use), report);

/** `script-security`: the same of checkers and real servers, of those that are left. */
export const checkerScriptSecurity: Check = (config, report) => {
  const isSaid = scriptsInUse(config).some((use) => !isOfCheckers(use));
  if (!isSaid) warn(config, isOfCheckers, report);
};
