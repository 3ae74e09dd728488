import { familyOf, ipToBytes } from "../../values/ip.ts";
import { ERRNO } from "../../wire/errno.ts";
import { kernelError } from "../errors.ts";
import type { AddressEvent, AddressPort, Closable, InterfaceAddress } from "../ports.ts";
import { network, subnetOf } from "../subnet.ts";
import type { Faults } from "./faults.ts";
import type { MemoryLinks } from "./links.ts";

/** Addresses with Linux's rules: what exists twice, what is a secondary, what goes with its link. */
export class MemoryAddresses implements AddressPort {
  #addresses: InterfaceAddress[] = [];
  readonly #monitors = new Set<(event: AddressEvent) => void>();
  readonly #links: MemoryLinks;
  readonly #later: (callback: () => void) => void;
  readonly #faults: Faults;

  constructor(links: MemoryLinks, later: (callback: () => void) => void, faults: Faults) {
    this.#links = links;
    this.#later = later;
    this.#faults = faults;
  }

  list(): InterfaceAddress[] {
    this.#faults.meet("addresses.list");
    return [...this.#addresses];
  }

  add(address: InterfaceAddress): void {
    this.#faults.meet("addresses.add");
    const operation = `add address ${address.address}`;
    const family = familyOf(address.address);
    if (!ipToBytes(address.address)) throw new RangeError(`${address.address} is no IP address`);
    const link = this.#links.at(address.ifindex);
    if (address.prefixLength > (family === 4 ? 32 : 128)) throw kernelError(operation, ERRNO.EINVAL);
    if (!link) throw kernelError(operation, ERRNO.ENODEV);
    // IPv4 may have the same address twice on a link, with different prefixes; IPv6 may not.
    const twin = this.#addresses.some(
      (other) =>
        other.ifindex === address.ifindex &&
        other.address === address.address &&
        (family === 6 || subnetOf(other) === subnetOf(address)),
    );
    if (twin) throw kernelError(operation, ERRNO.EEXIST);
    const { peer, protocol, detectDuplicates: _, ...rest } = address;
    const added: InterfaceAddress = {
      ...rest,
      ...(peer !== undefined && peer !== address.address && { peer }),
      ...(family === 4 && { label: address.label ?? link.name }),
      ...(protocol !== undefined && protocol !== 0 && { protocol }),
    };
    this.#addresses.push(added);
    this.#emit({ type: "address", address: added });
  }

  delete(address: InterfaceAddress): void {
    this.#faults.meet("addresses.delete");
    const operation = `delete address ${address.address}`;
    if (!this.#links.at(address.ifindex)) throw kernelError(operation, ERRNO.ENODEV);
    const found = this.#addresses.find(
      (other) =>
        other.ifindex === address.ifindex &&
        other.address === address.address &&
        other.prefixLength === address.prefixLength &&
        (address.label === undefined || other.label === undefined || address.label === other.label) &&
        (address.peer === undefined || address.peer === (other.peer ?? other.address)),
    );
    if (!found) throw kernelError(operation, ERRNO.EADDRNOTAVAIL);
    for (const gone of [...this.#secondariesOf(found), found]) this.#remove(gone);
  }

  /** Whether a packet to this address is for this machine. */
  owns(address: string): boolean {
    return this.#addresses.some((one) => one.address === address);
  }

  /** The first address of a family on a link: what the kernel chooses as source. */
  primary(ifindex: number, family: 4 | 6): string | undefined {
    return this.#addresses.find((one) => one.ifindex === ifindex && familyOf(one.address) === family)
      ?.address;
  }

  /** The link whose subnets have an address, `ifindex` alone where it is not 0; undefined when none has. */
  linkTowards(address: string, ifindex: number): number | undefined {
    return this.#addresses.find(
      (one) =>
        (ifindex === 0 || one.ifindex === ifindex) &&
        familyOf(one.address) === familyOf(address) &&
        network(one.peer ?? one.address, one.prefixLength) === network(address, one.prefixLength),
    )?.ifindex;
  }

  /** The addresses of a link go with it. */
  linkRemoved(ifindex: number): void {
    for (const address of this.#addresses.filter((one) => one.ifindex === ifindex)) this.#remove(address);
  }

  monitor(callback: (event: AddressEvent) => void): Closable {
    this.#monitors.add(callback);
    return { close: () => this.#monitors.delete(callback) };
  }

  /** What is deleted with an address, as Linux does unless promote_secondaries is set. */
  #secondariesOf(address: InterfaceAddress): InterfaceAddress[] {
    if (familyOf(address.address) === 6) return [];
    const [primary, ...secondaries] = this.#addresses.filter(
      (one) => familyOf(one.address) === 4 && subnetOf(one) === subnetOf(address),
    );
    return primary === address ? secondaries : [];
  }

  #remove(address: InterfaceAddress): void {
    this.#addresses = this.#addresses.filter((one) => one !== address);
    this.#emit({ type: "address-removed", address });
  }

  #emit(event: AddressEvent): void {
    const monitors = [...this.#monitors];
    if (monitors.length === 0) return;
    this.#later(() => {
      for (const monitor of monitors) if (this.#monitors.has(monitor)) monitor(event);
    });
  }
}
