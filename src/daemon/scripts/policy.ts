import type { Config } from "../../config/config.ts";
import type { ScriptPolicy } from "./messages.ts";

/** What global_defs says of all scripts. */
export function scriptPolicyOf({ global_defs }: Config): ScriptPolicy {
  const { script_user, enable_script_security, set_supplementary_groups, use_symlink_paths } = global_defs;
  return {
    secure: enable_script_security,
    supplementary: set_supplementary_groups,
    keepLinks: use_symlink_paths,
    ...(script_user !== undefined && { defaultUser: script_user }),
  };
}

/** Whether a part of a configuration runs any script. */
export function usesScripts(config: Config): boolean {
  const notifies = [...config.vrrp_instance, ...config.vrrp_sync_group];
  const isScript = (value: unknown) => typeof value === "object" && value !== null && "argv" in value;
  return (
    config.vrrp_script.length > 0 ||
    notifies.some((block) => Object.values(block).some(isScript)) ||
    config.virtual_server.some(
      (server) =>
        (server.quorum_up ?? server.quorum_down) !== undefined ||
        server.real_server.some(
          ({ notify_up, notify_down, MISC_CHECK }) =>
            (notify_up ?? notify_down) !== undefined || MISC_CHECK.length > 0,
        ),
    )
  );
}
