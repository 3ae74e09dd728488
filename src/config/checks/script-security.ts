import type { Check } from "../open.ts";
import { scriptUses } from "../scripts.ts";

/** `script-security`: scripts are run, and nothing keeps others than root from changing what root runs. */
export const scriptSecurity: Check = (config, report) => {
  const [first] = config.global_defs.enable_script_security ? [] : scriptUses(config);
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
};
