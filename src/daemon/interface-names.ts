import type { Config } from "../config/config.ts";

/** Every interface that a configuration needs, the loopback aside. */
export function interfaceNames({ vrrp_instance, vrrp_sync_group }: Config): string[] {
  const names = new Set<string>();
  for (const instance of vrrp_instance) {
    if (instance.interface !== undefined) names.add(instance.interface);
    for (const { dev } of [...instance.virtual_ipaddress, ...instance.virtual_ipaddress_excluded]) {
      if (dev !== undefined) names.add(dev);
    }
  }
  for (const { track_interface } of [...vrrp_instance, ...vrrp_sync_group]) {
    for (const tracked of track_interface) names.add(tracked.interface);
  }
  names.delete("lo");
  return [...names];
}
