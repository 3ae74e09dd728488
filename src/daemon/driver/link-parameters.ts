import type { VirtualLink } from "../../core/vrrp/virtual-link.ts";
import type { LinkPort } from "../../kernel/ports.ts";
import type { Log } from "../log/log.ts";
import type { Parameters } from "./parameters.ts";

/** Parameters of an interface, by family. */
const of = (family: "ipv4" | "ipv6", name: string, parameter: string): string =>
  `net/${family}/conf/${name}/${parameter}`;

/** Only the interface that has an address may answer for it: the base must not answer for what is above it. */
const BASE_PARAMETERS = ["arp_ignore", "arp_filter"] as const;
const REVERSE_PATH = "rp_filter";

/** Whether the neighbours below must leave ARP for IPv4 addresses to the link. */
const answersArp = ({ family, mac }: VirtualLink): boolean => family === 4 && mac !== undefined;

/** What kernel parameters virtual links need: their own, those of their bases, and the filter of reverse paths. */
export class LinkParameters {
  readonly #parameters: Parameters;
  readonly #links: LinkPort;
  readonly #log: Log;
  /** Links that need something of their base, by base. */
  readonly #users = new Map<string, Set<string>>();
  /** Parameters of reverse path filtering that were changed. */
  #filtered: string[] = [];

  constructor(parameters: Parameters, links: LinkPort, log: Log) {
    this.#parameters = parameters;
    this.#links = links;
    this.#log = log;
  }

  /** Before a link is made. `adopted`: a daemon that was killed left it, and its base as that link needs it. */
  prepare(link: VirtualLink, adopted: boolean): void {
    if (!answersArp(link)) return;
    if (this.#users.size === 0) this.#openReversePaths();
    const users = this.#users.get(link.base) ?? new Set<string>();
    this.#users.set(link.base, users.add(link.name));
    for (const parameter of BASE_PARAMETERS) {
      const path = of("ipv4", link.base, parameter);
      const standard = adopted ? this.#parameters.read(of("ipv4", "default", parameter)) : undefined;
      this.#parameters.set(path, "1", standard);
    }
  }

  /** Once it is made, before it comes up. */
  configure({ name, family, mac, ipv6 }: VirtualLink): void {
    const parameters = this.#parameters;
    if (mac !== undefined) {
      parameters.setForGood(of("ipv4", name, "arp_ignore"), "1");
      if (family === 4) {
        parameters.setForGood(of("ipv4", name, "accept_local"), "1");
        parameters.setForGood(of("ipv4", name, "promote_secondaries"), "1");
        parameters.setForGood(of("ipv4", name, REVERSE_PATH), "0");
      }
    }
    parameters.setForGood(of("ipv6", name, "disable_ipv6"), ipv6 ? "0" : "1");
  }

  /** When it is no longer needed. */
  release(link: VirtualLink): void {
    const users = this.#users.get(link.base);
    if (!users?.delete(link.name) || users.size > 0) return;
    this.#users.delete(link.base);
    for (const parameter of BASE_PARAMETERS) this.#parameters.restore(of("ipv4", link.base, parameter));
    if (this.#users.size > 0) return;
    for (const path of this.#filtered) this.#parameters.restore(path);
    this.#filtered = [];
  }

  /** The base is gone, and its parameters with it. */
  baseRemoved(name: string): void {
    this.#users.delete(name);
    this.#parameters.forget(of("ipv4", name, ""));
  }

  /**
   * `all` raises the filter of every interface, of a macvlan too, which hears its own router from outside: the others
   * get it each, and `all` none.
   */
  #openReversePaths(): void {
    const all = of("ipv4", "all", REVERSE_PATH);
    const value = Number(this.#parameters.original(all) ?? 0);
    if (!(value > 0)) return;
    for (const name of ["default", ...this.#links.list().map((link) => link.name)]) {
      const path = of("ipv4", name, REVERSE_PATH);
      const own = Number(this.#parameters.original(path) ?? value);
      if (own >= value) continue;
      this.#log.info(`NOTICE: setting sysctl net.ipv4.conf.${name}.rp_filter from ${own} to ${value}`);
      this.#set(path, String(value));
    }
    this.#set(all, "0");
  }

  #set(path: string, value: string): void {
    this.#filtered.push(path);
    this.#parameters.set(path, value);
  }
}
