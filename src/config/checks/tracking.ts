import type { TrackedInterface, TrackedScript } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import { type Check, keepItems, type OpenMeta } from "../open.ts";
import { definedAbove } from "./defined-above.ts";

interface Tracking {
  $: OpenMeta;
  readonly name: string;
  track_script: readonly TrackedScript[];
  track_interface: readonly TrackedInterface[];
}

/** Whether a name is tracked for the first time; reports when it is not. */
export function onceOnly(
  names: Map<string, number>,
  name: string,
  owner: string,
  origin: number,
  report: ReportFault,
): boolean {
  const first = names.get(name);
  names.set(name, first ?? origin);
  if (first === undefined) return true;
  report(
    {
      code: "duplicate-tracking",
      severity: "warning",
      summary: `${owner} tracks ${name} twice; this one is ignored`,
    },
    origin,
    [{ origin: first, message: "first tracked here" }],
  );
  return false;
}

/** `unknown-script`, `duplicate-tracking`: tracked scripts are defined, and tracked once. */
export const trackedScripts: Check = (config, report) => {
  const scripts = new Map(config.vrrp_script.map(({ name, $ }) => [name, $.at]));
  const owners: readonly Tracking[] = [...config.vrrp_instance, ...config.vrrp_sync_group];
  for (const owner of owners) {
    const seen = new Map<string, number>();
    keepItems(owner, "track_script", ({ script }, origin) => {
      const use = { name: script, origin, owner: owner.name, block: "vrrp_script" };
      return (
        definedAbove(use, scripts, "unknown-script", report) &&
        onceOnly(seen, script, owner.name, origin, report)
      );
    });
  }
};

/** `redundant-tracking`, `duplicate-tracking`: an instance tracks its own interface anyway. */
export const trackedInterfaces: Check = (config, report) => {
  const owners: readonly Tracking[] = [...config.vrrp_instance, ...config.vrrp_sync_group];
  const own = new Map(config.vrrp_instance.map((instance) => [instance.$, instance]));
  for (const owner of owners) {
    const seen = new Map<string, number>();
    const instance = own.get(owner.$);
    keepItems(owner, "track_interface", ({ interface: name }, origin) => {
      if (!instance || instance.interface !== name) return onceOnly(seen, name, owner.name, origin, report);
      report(
        {
          code: "redundant-tracking",
          severity: "warning",
          summary: `${name} is not tracked: ${owner.name} runs on it`,
          detail: instance.dont_track_primary
            ? "dont_track_primary has the instance ignore its own interface."
            : "Its state counts anyway, and always without weight.",
        },
        origin,
      );
      return false;
    });
  }
};
