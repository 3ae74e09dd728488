import type { VirtualAddress } from "../../config/config.ts";
import { addressLine } from "../../config/dump-keepalived/network.ts";
import { type InterfaceAddress, type Kernel, KernelError } from "../../kernel/ports.ts";
import { subnetOf } from "../../kernel/subnet.ts";
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
  readonly #interfaces: Interfaces;
  readonly #subnets = new WeakMap<InterfaceAddress, string>();

  constructor(kernel: Kernel, interfaces: Interfaces, log: Log) {
    super(addressPort(kernel, interfaces), log);
    this.#kernel = kernel;
    this.#interfaces = interfaces;
  }

  /** What else is held of the same subnets stays: without promote_secondaries the kernel takes it away, too. */
  override remove(addresses: readonly VirtualAddress[], owner: string): void {
    super.remove(addresses, owner);
    if (this.size === 0) return;
    const subnets = new Set(addresses.flatMap((address) => this.#subnetOfItem(address) ?? []));
    for (const entry of this.entries()) {
      if (subnets.size === 0) return;
      const subnet = this.#subnetOf(entry);
      // All of them went, or none did.
      if (subnets.has(subnet) && !this.#restored(entry)) subnets.delete(subnet);
    }
  }

  /** Of an IPv4 address whose interface is there. */
  #subnetOfItem(item: VirtualAddress): string | undefined {
    const link = this.#interfaces.named(item.dev ?? "");
    if (link === undefined || familyOf(item.address) === 6) return undefined;
    return subnetOf(kernelAddress(item, link.index));
  }

  #subnetOf(entry: InterfaceAddress): string {
    const known = this.#subnets.get(entry);
    if (known !== undefined) return known;
    const subnet = subnetOf(entry);
    this.#subnets.set(entry, subnet);
    return subnet;
  }

  /** Whether an address had gone, and is there again. */
  #restored(entry: InterfaceAddress): boolean {
    try {
      this.#kernel.addresses.add(entry);
      return true;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return error.code !== "EEXIST";
    }
  }
}
