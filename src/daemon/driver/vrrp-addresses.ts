import type { VirtualAddress } from "../../config/config.ts";
import { type InterfaceAddress, type Kernel, KernelError } from "../../kernel/ports.ts";
import type { Log } from "../log/log.ts";
import { type Interfaces, VRRP_PROTOCOL } from "./interfaces.ts";

/** Puts virtual addresses on interfaces and takes them off. */
export class VrrpAddresses {
  readonly #kernel: Kernel;
  readonly #interfaces: Interfaces;
  readonly #log: Log;
  /** What we put on interfaces, "ifindex address". */
  readonly #present = new Set<string>();

  constructor(kernel: Kernel, interfaces: Interfaces, log: Log) {
    this.#kernel = kernel;
    this.#interfaces = interfaces;
    this.#log = log;
  }

  /** `on` is the interface of the instance, for addresses that name none. */
  add(addresses: readonly VirtualAddress[], on: string): void {
    for (const address of addresses) {
      this.#attempt("add", address, on, "EEXIST", (entry) => {
        this.#present.add(keyOf(entry.ifindex, entry.address));
        this.#kernel.addresses.add(entry);
      });
    }
  }

  remove(addresses: readonly VirtualAddress[], on: string): void {
    for (const address of addresses) {
      this.#attempt("remove", address, on, "EADDRNOTAVAIL", (entry) => {
        this.#present.delete(keyOf(entry.ifindex, entry.address));
        this.#kernel.addresses.delete(entry);
      });
    }
  }

  /** Whether an address that an interface just lost is one of ours that somebody else took away. */
  wasTaken(ifindex: number, address: string): boolean {
    return this.#present.delete(keyOf(ifindex, address));
  }

  /** `expected` is the refusal that means it is as wanted already. */
  #attempt(
    verb: "add" | "remove",
    address: VirtualAddress,
    on: string,
    expected: string,
    change: (entry: InterfaceAddress) => void,
  ): void {
    const device = address.dev ?? on;
    const name = `${address.address}/${address.prefixLength}`;
    const link = this.#interfaces.named(device);
    if (link === undefined) {
      if (verb === "add") this.#log.warn(`Cannot add ${name}: there is no interface ${device}`);
      return;
    }
    try {
      change(entryOf(address, link.index));
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      if (error.code === expected)
        this.#log.debug(`${name} on ${device}: nothing to ${verb} (${error.code})`);
      else this.#log.warn(`Cannot ${verb} ${name} on ${device}: ${error.code}`);
    }
  }
}

const keyOf = (ifindex: number, address: string): string => `${ifindex} ${address}`;

/** The address as the kernel keeps it, marked as VRRP's. */
function entryOf(virtual: VirtualAddress, ifindex: number): InterfaceAddress {
  const { address, prefixLength, broadcast, peer, label, scope } = virtual;
  return {
    ifindex,
    address,
    prefixLength,
    scope: scope ?? 0,
    protocol: VRRP_PROTOCOL,
    ...(broadcast !== undefined && { broadcast }),
    ...(peer !== undefined && { peer }),
    ...(label !== undefined && { label }),
  };
}
