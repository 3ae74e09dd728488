import type { Config } from "./config.ts";

interface Alerting {
  readonly smtp_alert: boolean;
  readonly $: { readonly of: { readonly smtp_alert?: unknown } };
}

/**
 * Whether an instance, a group or a server sends mail: by itself, by its process's keyword, by the daemon's, and else
 * as `unset` says.
 */
export function alerts(
  block: Alerting,
  { global_defs: g }: Pick<Config, "global_defs">,
  sort: "smtp_alert_vrrp" | "smtp_alert_checker",
  unset: boolean,
): boolean {
  if (block.$.of.smtp_alert !== undefined) return block.smtp_alert;
  if (g.$.of[sort] !== undefined) return g[sort];
  return g.$.of.smtp_alert === undefined ? unset : g.smtp_alert;
}
