import type { Config } from "../../config/config.ts";
import type { Kernel } from "../../kernel/ports.ts";
import type { KernelName } from "../messages.ts";

/**
 * The kernel that a child works on. The one in memory has every interface that the configuration names, up, with an
 * address of the documentation range and nobody else on the wire; checkers connect for real.
 */
export async function openKernel(name: KernelName, config: Config): Promise<Kernel> {
  switch (name) {
    case "linux": {
      const { createLinuxKernel } = await import("../../kernel/linux/kernel.ts");
      return createLinuxKernel();
    }
    case "memory": {
      const { createMemoryKernel } = await import("../../kernel/memory/kernel.ts");
      const links = interfaceNames(config).map((each, index) => ({
        name: each,
        addresses: [`192.0.2.${(index % 254) + 1}/24`],
      }));
      return createMemoryKernel({ links, streams: "real" });
    }
  }
}

function interfaceNames({ vrrp_instance, vrrp_sync_group }: Config): string[] {
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
