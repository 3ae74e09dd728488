import type { Config } from "../config/config.ts";
import { changesBetween, concerns } from "../plan/diff.ts";
import type { Change } from "../plan/plan.ts";
import type { Role } from "./messages.ts";

/** What is tracked, and how, for vrrp alone; servers follow track files, too. */
const NO_TRACKING = {
  interface_up_down_delays: [],
  linkbeat_interfaces: [],
  linkbeat_use_polling: false,
  vrrp_track_process: [],
  bfd_instance: [],
  vrrp_script: [],
} as const;

/** What is there whatever the state of instances, which is vrrp's, too. */
const NO_STATICS = { track_group: [], static_ipaddress: [], static_routes: [], static_rules: [] } as const;

/** Whether a configuration has anything for a child to do. */
export function needs(config: Config, role: Role): boolean {
  switch (role) {
    case "vrrp":
      return [config.vrrp_instance, config.static_ipaddress, config.static_routes, config.static_rules].some(
        (list) => list.length > 0,
      );
    case "checkers":
      return config.virtual_server.length > 0;
  }
}

/** The configuration as one child sees it: global_defs and the blocks it owns. */
export function partOf(config: Config, role: Role): Config {
  switch (role) {
    case "vrrp":
      return { ...config, virtual_server_group: [], virtual_server: [] };
    case "checkers":
      return {
        ...config,
        ...NO_TRACKING,
        ...NO_STATICS,
        garp_group: [],
        vrrp_sync_group: [],
        vrrp_instance: [],
      };
  }
}

/** The same configuration with nothing in it to run: where a start begins and a stop ends. */
export function emptied(config: Config): Config {
  return { ...partOf(config, "checkers"), virtual_server_group: [], virtual_server: [] };
}

/** What one child carries out to get from its part of one configuration to that of another, change after change. */
export function* changesFor(role: Role, running: Config, next: Config): Iterable<Change> {
  for (const change of changesBetween(running, next)) if (concerns(change, role)) yield change;
}

/** The same for its start. */
export function startOf(config: Config, role: Role): Iterable<Change> {
  return changesFor(role, emptied(config), config);
}

/** The same for its stop. */
export function stopOf(config: Config, role: Role): Iterable<Change> {
  return changesFor(role, config, emptied(config));
}
