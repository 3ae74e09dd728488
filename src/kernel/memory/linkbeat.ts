import type { LinkbeatMethod, LinkbeatPort } from "../ports.ts";
import type { MemoryLinks } from "./links.ts";

/** Drivers that know ethtool and flags and have no transceiver, as those of virtual Ethernet. */
export class MemoryLinkbeat implements LinkbeatPort {
  readonly #links: MemoryLinks;

  constructor(links: MemoryLinks) {
    this.#links = links;
  }

  ask(name: string, method: LinkbeatMethod): boolean | undefined {
    return method === "MII" ? undefined : this.#links.get(name)?.running;
  }
}
