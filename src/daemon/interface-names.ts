import type { Config } from "../config/config.ts";
import { namedInterfaces } from "../config/host-interfaces.ts";

/** Names of the interfaces that a configuration needs to exist, the loopback interface left out. */
export function interfaceNames(config: Config): string[] {
  return namedInterfaces({ config, leftOut: { vrrp_instance: [], vrrp_sync_group: [] } }).filter(
    (name) => name !== "lo",
  );
}
