import type { GarpGroup, GlobalDefs } from "../../config/config.ts";
import type { Micros } from "../../values/time.ts";

/** The gaps to keep between announcements, microseconds; 0 for none. */
export interface Gaps {
  /** Between gratuitous ARPs. */
  readonly arp: Micros;
  /** Between unsolicited neighbour advertisements. */
  readonly na: Micros;
}

/** Interfaces among which gaps are kept. */
export interface GapScope extends Gaps {
  /** The same for all interfaces of one scope. */
  readonly key: string;
}

/**
 * The gaps by interface: those of its garp_group, which the interfaces of the group keep among each other and which
 * takes nothing from global_defs, or else the global ones for each interface by itself.
 */
export class GarpGaps {
  readonly #global: Gaps;
  readonly #groups = new Map<string, GapScope>();

  constructor(global: GlobalDefs | undefined, groups: Iterable<GarpGroup>) {
    this.#global = { arp: global?.vrrp_garp_interval ?? 0, na: global?.vrrp_gna_interval ?? 0 };
    let index = 0;
    for (const { interface: only, interfaces, garp_interval, gna_interval } of groups) {
      const scope: GapScope = { key: `group ${index++}`, arp: garp_interval ?? 0, na: gna_interval ?? 0 };
      for (const name of [only ?? [], ...interfaces].flat()) {
        if (!this.#groups.has(name)) this.#groups.set(name, scope);
      }
    }
  }

  /** The scope of a physical interface. */
  of(device: string): GapScope {
    return this.#groups.get(device) ?? { ...this.#global, key: device };
  }
}
