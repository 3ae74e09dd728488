import {
  addressElement,
  addressRules,
  type BlockedAddress,
  firewallFamily,
  isLinkLocal,
  linkElements,
  linkLocalRules,
  linkRules,
  type RulesetOptions,
} from "../../core/vrrp/firewall-rules.ts";
import { type FirewallPort, KernelError } from "../../kernel/ports.ts";
import type {
  FirewallCommand,
  FirewallElement,
  FirewallFamily,
  FirewallTable,
} from "../../wire/nftables-types.ts";
import type { Log } from "../log/log.ts";
import type { MadeLink } from "./vrrp-links.ts";

/** What a firewall of a VRRP router does, whatever it is made of. */
export interface Firewall {
  /** Keeps the group membership of a virtual link from the network, in these families. */
  addLink(link: MadeLink, families: readonly FirewallFamily[]): void;
  removeLink(link: MadeLink): void;
  block(addresses: readonly BlockedAddress[]): void;
  unblock(addresses: readonly BlockedAddress[]): void;
  /** Takes away what stands for nothing any more: after a reload, as if it had been started so. */
  tidy(): void;
  /** Takes away everything. */
  close(): void;
}

/** The parts of the ruleset, each made when it is first needed. */
type Part = `${"links" | "addresses"} ${FirewallFamily}` | `link-local ${boolean}`;

const familyOf = (part: Part): FirewallFamily =>
  part === "links ip" || part === "addresses ip" ? "ip" : "ip6";

const partsOf = ({ address, byName }: BlockedAddress): Part[] => {
  const part = `addresses ${firewallFamily(address)}` as const;
  return isLinkLocal(address) ? [part, `link-local ${byName}`] : [part];
};

/** Rules in a table of our own of nf_tables. Each change is one transaction. */
export class NftFirewall implements Firewall {
  readonly #port: FirewallPort;
  readonly #options: RulesetOptions;
  readonly #log: Log;
  readonly #parts = new Set<Part>();
  readonly #families = new Set<FirewallFamily>();
  /** Families that rules keep each link out of, by its index. */
  readonly #links = new Map<
    number,
    { readonly link: MadeLink; readonly families: readonly FirewallFamily[] }
  >();
  /** The addresses that are blocked, by set and key, and how many want each to be. */
  readonly #blocked = new Map<string, { readonly address: BlockedAddress; holders: number }>();
  #said: string | undefined;

  constructor(port: FirewallPort, options: RulesetOptions, log: Log) {
    this.#port = port;
    this.#options = options;
    this.#log = log;
  }

  /** Whether it has something in this table. */
  uses({ family, name }: FirewallTable): boolean {
    return name === this.#options.table && this.#families.has(family);
  }

  addLink(link: MadeLink, families: readonly FirewallFamily[]): void {
    if (this.#links.has(link.ifindex)) return;
    const done = this.#build(() => families.flatMap((family) => this.#linkCommands(link, family)));
    if (done) this.#links.set(link.ifindex, { link, families });
  }

  removeLink(link: MadeLink): void {
    const { families = [] } = this.#links.get(link.ifindex) ?? {};
    this.#links.delete(link.ifindex);
    this.#apply(families.flatMap((family) => linkElements(this.#options, family, "delete-elements", link)));
  }

  block(addresses: readonly BlockedAddress[]): void {
    const fresh = this.#counted(addresses, 1);
    this.#build(() => this.#addressCommands(fresh));
  }

  unblock(addresses: readonly BlockedAddress[]): void {
    this.#apply(this.#elements("delete-elements", this.#counted(addresses, -1)));
  }

  /** Replaces the table of each family that has a part too many by one that has what is needed, if anything is. */
  tidy(): void {
    const links = [...this.#links.values()];
    const addresses = [...this.#blocked.values()].map(({ address }) => address);
    const needed = new Set<Part>([
      ...links.flatMap(({ families }) => families.map((family) => `links ${family}` as const)),
      ...addresses.flatMap(partsOf),
    ]);
    const stale = new Set([...this.#parts].filter((part) => !needed.has(part)).map(familyOf));
    if (stale.size === 0) return;
    this.#build(() => {
      for (const part of this.#parts) if (stale.has(familyOf(part))) this.#parts.delete(part);
      for (const family of stale) this.#families.delete(family);
      return [...stale].flatMap((family) => [
        { type: "delete-table", table: { family, name: this.#options.table } } as const,
        ...links
          .filter(({ families }) => families.includes(family))
          .flatMap(({ link }) => this.#linkCommands(link, family)),
        ...this.#addressCommands(addresses.filter(({ address }) => firewallFamily(address) === family)),
      ]);
    });
  }

  close(): void {
    const standing = [...this.#families];
    this.#families.clear();
    this.#parts.clear();
    this.#links.clear();
    this.#blocked.clear();
    this.#apply(
      standing.map((family) => ({ type: "delete-table", table: { family, name: this.#options.table } })),
    );
  }

  #linkCommands(link: MadeLink, family: FirewallFamily): FirewallCommand[] {
    return [
      ...this.#part(`links ${family}`, () => linkRules(this.#options, family)),
      ...linkElements(this.#options, family, "add-elements", link),
    ];
  }

  #addressCommands(addresses: readonly BlockedAddress[]): FirewallCommand[] {
    const parts = addresses.flatMap((blocked) =>
      partsOf(blocked).flatMap((part) =>
        this.#part(part, () =>
          part.startsWith("link-local")
            ? linkLocalRules(this.#options, blocked.byName)
            : addressRules(this.#options, familyOf(part)),
        ),
      ),
    );
    return [...parts, ...this.#elements("add-elements", addresses)];
  }

  /** Carries out what may begin new parts, which do not count when it is refused. */
  #build(make: () => FirewallCommand[]): boolean {
    const before = { parts: [...this.#parts], families: [...this.#families] };
    if (this.#apply(make())) return true;
    this.#parts.clear();
    this.#families.clear();
    for (const part of before.parts) this.#parts.add(part);
    for (const family of before.families) this.#families.add(family);
    return false;
  }

  /** The commands of a part that is not there yet, none of one that is. A table of an earlier run is replaced. */
  #part(part: Part, make: () => FirewallCommand[]): FirewallCommand[] {
    if (this.#parts.has(part)) return [];
    const family = familyOf(part);
    this.#parts.add(part);
    if (this.#families.has(family)) return make();
    this.#families.add(family);
    const table = { family, name: this.#options.table };
    return [{ type: "add-table", table }, { type: "delete-table", table }, ...make()];
  }

  /** Counts who wants addresses blocked: those that come with the first who does, or go with the last. */
  #counted(addresses: readonly BlockedAddress[], step: 1 | -1): BlockedAddress[] {
    return addresses.filter((address) => {
      const { set, key } = addressElement(address);
      const identity = `${firewallFamily(address.address)} ${set} ${key.join(".")}`;
      const before = this.#blocked.get(identity)?.holders ?? 0;
      const holders = Math.max(0, before + step);
      if (holders === 0) this.#blocked.delete(identity);
      else this.#blocked.set(identity, { address, holders });
      return (before === 0) !== (holders === 0);
    });
  }

  /** The commands for the elements of addresses, set by set. */
  #elements(
    type: "add-elements" | "delete-elements",
    addresses: readonly BlockedAddress[],
  ): FirewallCommand[] {
    const sets = new Map<string, { family: FirewallFamily; elements: FirewallElement[] }>();
    for (const blocked of addresses) {
      const { set, key } = addressElement(blocked);
      const family = firewallFamily(blocked.address);
      const place = sets.get(`${family} ${set}`) ?? { family, elements: [] };
      place.elements.push({ key });
      sets.set(`${family} ${set}`, place);
    }
    return [...sets].map(([name, { family, elements }]) => ({
      type,
      table: { family, name: this.#options.table },
      set: name.slice(family.length + 1),
      elements,
    }));
  }

  /** Says a refusal once: without nf_tables every change would be refused. */
  #apply(commands: readonly FirewallCommand[]): boolean {
    try {
      this.#port.apply(commands);
      return true;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      const message = `Cannot change the firewall (table ${this.#options.table}): ${error.message}`;
      if (message !== this.#said) this.#log.warn(message);
      this.#said = message;
      return false;
    }
  }
}
