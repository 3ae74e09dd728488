import type { VirtualServer, VirtualServerGroup } from "../../config/config.ts";
import { familyOf } from "../../values/ip.ts";
import { type IpRange, ipToNumber } from "../../values/ip-range.ts";

/** The addresses that this machine has, as far as it was told: what ha_suspend goes by. */
export class HostAddresses {
  readonly #present = new Set<string>();

  /** These are all that there are. */
  replace(all: Iterable<string>): void {
    this.#present.clear();
    for (const address of all) this.#present.add(address);
  }

  set(address: string, present: boolean): void {
    if (present) this.#present.add(address);
    else this.#present.delete(address);
  }

  /** Whether the servers of a virtual server are to be checked: with ha_suspend only while an address of it is here. */
  allow({ ha_suspend, service }: VirtualServer, group: VirtualServerGroup["entries"]): boolean {
    if (!ha_suspend || service.type === "fwmark") return true;
    if (service.type === "address") return this.#present.has(service.address);
    return group.some((entry) => {
      if (entry.type === "fwmark") return true;
      return entry.type === "address" ? this.#present.has(entry.address) : this.#hasOneOf(entry);
    });
  }

  #hasOneOf(range: IpRange): boolean {
    const [family, from, to] = [familyOf(range.from), ipToNumber(range.from), ipToNumber(range.to)];
    for (const address of this.#present) {
      if (familyOf(address) !== family) continue;
      const number = ipToNumber(address);
      if (from <= number && number <= to) return true;
    }
    return false;
  }
}
