import type { Config } from "../../config/config.ts";
import type { Kernel, NetlinkBuffers, ReceiveBuffer } from "../../kernel/ports.ts";
import { interfaceNames } from "../interface-names.ts";
import type { KernelName, Role } from "../messages.ts";
import { ipvsNamespaceOf } from "../places.ts";

/**
 * The kernel that a child works on. The one in memory has copies of this machine's interfaces and every other one that
 * the configuration names, up, with nobody else on the wire; checkers connect for real.
 */
export async function openKernel(name: KernelName, config: Config, role: Role): Promise<Kernel> {
  switch (name) {
    case "linux": {
      const { createLinuxKernel } = await import("../../kernel/linux/kernel.ts");
      const ipvs = ipvsNamespaceOf(config);
      // What marks packets for IPVS has to see them; the rules of VRRP are about its own interfaces.
      const namespaces = ipvs === undefined ? {} : { ipvs, ...(role === "checkers" && { firewall: ipvs }) };
      const buffers = netlinkBuffers(config, role);
      return createLinuxKernel({ ...buffers, namespaces, isPunctual: role === "vrrp" });
    }
    case "memory": {
      const { createLocalMemoryKernel } = await import("../../kernel/memory/local.ts");
      const kernel = createLocalMemoryKernel(interfaceNames(config));
      giveAddresses(kernel);
      return kernel;
    }
  }
}

/** What global_defs says of the netlink sockets of a child; in force from its start on. */
function netlinkBuffers({ global_defs: globals }: Config, role: Role): NetlinkBuffers {
  const [commands, monitors] =
    role === "vrrp"
      ? [
          buffer(globals.vrrp_netlink_cmd_rcv_bufs, globals.vrrp_netlink_cmd_rcv_bufs_force),
          buffer(globals.vrrp_netlink_monitor_rcv_bufs, globals.vrrp_netlink_monitor_rcv_bufs_force),
        ]
      : [
          buffer(globals.lvs_netlink_cmd_rcv_bufs, globals.lvs_netlink_cmd_rcv_bufs_force),
          buffer(globals.lvs_netlink_monitor_rcv_bufs, globals.lvs_netlink_monitor_rcv_bufs_force),
        ];
  return { ...(commands && { commands }), ...(monitors && { monitors }) };
}

function buffer(bytes: number | undefined, force: boolean): ReceiveBuffer | undefined {
  return bytes === undefined ? undefined : { bytes, force };
}

/** VRRP sends from an address: interfaces without one get one of the documentation range (RFC 5737). */
function giveAddresses({ links, addresses }: Kernel): void {
  const addressed = new Set(addresses.list().map(({ ifindex }) => ifindex));
  for (const { index } of links.list()) {
    if (addressed.has(index)) continue;
    addresses.add({ ifindex: index, address: `192.0.2.${index % 255}`, prefixLength: 24, scope: 0 });
  }
}
