import type { VirtualAddress } from "../../config/config.ts";
import { addressLine } from "../../config/dump-keepalived/network.ts";
import { type InterfaceAddress, type Kernel, KernelError } from "../../kernel/ports.ts";
import { familyOf } from "../../values/ip.ts";
import type { Log } from "../log/log.ts";
import { Held, type Port } from "./held.ts";
import type { Interfaces } from "./interfaces.ts";
import { kernelAddress } from "./kernel-address.ts";
import { required } from "./unresolved.ts";

/** Addresses of a kernel, with the interfaces by name; every address names its own. */
function addressPort(kernel: Kernel, interfaces: Interfaces): Port<VirtualAddress, InterfaceAddress> {
  return {
    what: "address",
    text: (item) => addressLine(item, undefined),
    resolve: (item) => {
      const link = required(interfaces.named(item.dev ?? ""), `there is no interface ${item.dev}`);
      return kernelAddress(item, link.index);
    },
    key: ({ ifindex, address, prefixLength, peer }) =>
      `${ifindex} ${address}/${prefixLength} ${peer ?? address}`,
    add: (entry) => kernel.addresses.add(entry),
    delete: (entry) => kernel.addresses.delete(entry),
    matches: (entry, told) =>
      entry.ifindex === told.ifindex &&
      entry.address === told.address &&
      entry.prefixLength === told.prefixLength &&
      (entry.peer ?? entry.address) === (told.peer ?? told.address),
    list: () => kernel.addresses.list(),
  };
}

/** The addresses that VRRP holds, virtual and static. */
export class VrrpAddresses extends Held<VirtualAddress, InterfaceAddress> {
  readonly #kernel: Kernel;

  constructor(kernel: Kernel, interfaces: Interfaces, log: Log) {
    super(addressPort(kernel, interfaces), log);
    this.#kernel = kernel;
  }

  /** What else is held of the same networks stays: without promote_secondaries the kernel takes it away, too. */
  override remove(addresses: readonly VirtualAddress[], owner: string): void {
    super.remove(addresses, owner);
    if (this.size === 0) return;
    const lengths = new Set(addresses.map(({ prefixLength }) => prefixLength));
    for (const entry of this.entries()) {
      if (familyOf(entry.address) === 4 && lengths.has(entry.prefixLength)) this.#keep(entry);
    }
  }

  #keep(entry: InterfaceAddress): void {
    try {
      this.#kernel.addresses.add(entry);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error; // it is there, as it should be
    }
  }
}
