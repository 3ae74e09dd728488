import type { Config } from "../../config/config.ts";
import type { Kernel } from "../../kernel/ports.ts";
import { interfaceNames } from "../interface-names.ts";
import type { KernelName } from "../messages.ts";

/**
 * The kernel that a child works on. The one in memory has copies of this machine's interfaces and every other one that
 * the configuration names, up, with nobody else on the wire; checkers connect for real.
 */
export async function openKernel(name: KernelName, config: Config): Promise<Kernel> {
  switch (name) {
    case "linux": {
      const { createLinuxKernel } = await import("../../kernel/linux/kernel.ts");
      return createLinuxKernel();
    }
    case "memory": {
      const { createLocalMemoryKernel } = await import("../../kernel/memory/local.ts");
      const kernel = createLocalMemoryKernel(interfaceNames(config));
      giveAddresses(kernel);
      return kernel;
    }
  }
}

/** VRRP sends from an address: interfaces without one get one of the documentation range (RFC 5737). */
function giveAddresses({ links, addresses }: Kernel): void {
  const addressed = new Set(addresses.list().map(({ ifindex }) => ifindex));
  for (const { index } of links.list()) {
    if (addressed.has(index)) continue;
    addresses.add({ ifindex: index, address: `192.0.2.${index % 255}`, prefixLength: 24, scope: 0 });
  }
}
