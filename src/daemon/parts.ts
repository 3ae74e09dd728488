import type { Config } from "../config/config.ts";
import { forOwner } from "../plan/diff.ts";
import type { Change, Plan } from "../plan/plan.ts";
import type { Role } from "./messages.ts";

/** Whether a configuration has anything for a child to do. */
export function needs(config: Config, role: Role): boolean {
  switch (role) {
    case "vrrp":
      return config.vrrp_instance.length > 0;
    case "checkers":
      return config.virtual_server.length > 0;
  }
}

/** The configuration as one child sees it: global_defs and the blocks it owns. */
export function partOf(config: Config, role: Role): Config {
  switch (role) {
    case "vrrp":
      return { ...config, virtual_server: [] };
    case "checkers":
      return { ...config, garp_group: [], vrrp_script: [], vrrp_sync_group: [], vrrp_instance: [] };
  }
}

/** The changes that one child carries out. */
export function changesOf(plan: Plan, role: Role): readonly Change[] {
  return forOwner(plan, role).changes;
}

/** The same configuration with nothing in it to run: where a start begins and a stop ends. */
export function emptied(config: Config): Config {
  return {
    ...config,
    garp_group: [],
    vrrp_script: [],
    vrrp_sync_group: [],
    vrrp_instance: [],
    virtual_server: [],
  };
}
