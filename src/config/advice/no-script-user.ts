import { type Check, originOfKeyword } from "../open.ts";
import { scriptUses } from "../scripts.ts";

/** Scripts that change the host on transitions; `script-security` is about all that root may run. */
const NOTIFIES = /^(?:notify|quorum)/;

/** `no-script-user`: nothing says whom scripts run as, so that it depends on the users of the host. */
export const noScriptUser: Check = (config, report) => {
  const { script_user: user, enable_script_security: secure } = config.global_defs;
  if (user) return;
  const uses = scriptUses(config).filter(
    ({ keyword, command }) => command.user === undefined && (secure || NOTIFIES.test(keyword)),
  );
  if (uses.length === 0) return;
  const checks = config.virtual_server.flatMap(({ real_server: servers }) =>
    servers.flatMap(({ MISC_CHECK: checks, $: { shift = 0 } }) => checks.map((check) => ({ check, shift }))),
  );
  const withUser = new Set([
    ...config.vrrp_script.flatMap((script) => (script.user ? [originOfKeyword(script, "script")] : [])),
    ...checks.flatMap(({ check, shift }) =>
      check.user ? [originOfKeyword(check, "misc_path") + shift] : [],
    ),
  ]);
  const first = uses.find(({ origin }) => !withUser.has(origin));
  if (!first) return;
  report(
    {
      code: "no-script-user",
      severity: "warning",
      summary: `nothing says which user runs ${first.command.argv[0] ?? "this script"}`,
      detail: `It is keepalived_script on hosts that have this user; elsewhere ${
        secure ? "the script is not run at all" : "it is root"
      }. Write script_user in global_defs, or the user after the script.`,
    },
    first.origin,
  );
};
