import type { LvsEvent } from "../../core/lvs/contract.ts";
import type { AddressPort, Closable, InterfaceAddress } from "../../kernel/ports.ts";

/** Tells the director which addresses this machine has, while a virtual server depends on it. */
export class HostAddressWatch {
  readonly #port: AddressPort;
  readonly #tell: (event: LvsEvent) => void;
  /** For each address where it is: several interfaces may have it. */
  readonly #places = new Map<string, Set<string>>();
  #monitor: Closable | undefined;

  constructor(port: AddressPort, tell: (event: LvsEvent) => void) {
    this.#port = port;
    this.#tell = tell;
  }

  /** Begins or ends watching; a beginning tells all that there is. Throws KernelError. */
  watch(wanted: boolean): void {
    if (wanted === (this.#monitor !== undefined)) return;
    this.close();
    if (!wanted) return;
    this.#monitor = this.#port.monitor(({ type, address }) => this.#onChange(type === "address", address));
    for (const address of this.#port.list()) this.#note(true, address);
    this.#tell({ type: "addresses", present: [...this.#places.keys()] });
  }

  close(): void {
    this.#monitor?.close();
    this.#monitor = undefined;
    this.#places.clear();
  }

  #onChange(present: boolean, one: InterfaceAddress): void {
    const before = this.#places.has(one.address);
    this.#note(present, one);
    const after = this.#places.has(one.address);
    if (before !== after) this.#tell({ type: "address", address: one.address, present: after });
  }

  #note(present: boolean, { address, ifindex, prefixLength, peer }: InterfaceAddress): void {
    const places = this.#places.get(address) ?? new Set();
    const place = `${ifindex}/${prefixLength}/${peer ?? ""}`;
    if (present) places.add(place);
    else places.delete(place);
    if (places.size > 0) this.#places.set(address, places);
    else this.#places.delete(address);
  }
}
