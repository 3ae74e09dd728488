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
  /** Takes away everything. */
  close(): void;
}

/** The parts of the ruleset, each made when it is first needed. */
type Part = `${"links" | "addresses"} ${FirewallFamily}` | `link-local ${boolean}`;

/** Rules in a table of our own of nf_tables. Each change is one transaction. */
export class NftFirewall implements Firewall {
  readonly #port: FirewallPort;
  readonly #options: RulesetOptions;
  readonly #log: Log;
  readonly #parts = new Set<Part>();
  readonly #families = new Set<FirewallFamily>();
  /** Families that rules keep each link out of, by its index. */
  readonly #links = new Map<number, readonly FirewallFamily[]>();
  /** How many hold each address back, by set and key. */
  readonly #holders = new Map<string, number>();
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
    const done = this.#build(() =>
      families.flatMap((family) => [
        ...this.#part(`links ${family}`, family, () => linkRules(this.#options, family)),
        ...linkElements(this.#options, family, "add-elements", link),
      ]),
    );
    if (done) this.#links.set(link.ifindex, families);
  }

  removeLink(link: MadeLink): void {
    const families = this.#links.get(link.ifindex) ?? [];
    this.#links.delete(link.ifindex);
    this.#apply(families.flatMap((family) => linkElements(this.#options, family, "delete-elements", link)));
  }

  block(addresses: readonly BlockedAddress[]): void {
    this.#build(() => [
      ...addresses.flatMap((blocked) => this.#addressParts(blocked)),
      ...this.#elements("add-elements", addresses),
    ]);
  }

  unblock(addresses: readonly BlockedAddress[]): void {
    this.#apply(this.#elements("delete-elements", addresses));
  }

  close(): void {
    const standing = [...this.#families];
    this.#families.clear();
    this.#parts.clear();
    this.#links.clear();
    this.#holders.clear();
    this.#apply(
      standing.map((family) => ({ type: "delete-table", table: { family, name: this.#options.table } })),
    );
  }

  #addressParts({ address, byName }: BlockedAddress): FirewallCommand[] {
    const family = firewallFamily(address);
    const commands = this.#part(`addresses ${family}`, family, () => addressRules(this.#options, family));
    if (!isLinkLocal(address)) return commands;
    const local = this.#part(`link-local ${byName}`, family, () => linkLocalRules(this.#options, byName));
    return [...commands, ...local];
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
  #part(part: Part, family: FirewallFamily, make: () => FirewallCommand[]): FirewallCommand[] {
    if (this.#parts.has(part)) return [];
    this.#parts.add(part);
    if (this.#families.has(family)) return make();
    this.#families.add(family);
    const table = { family, name: this.#options.table };
    return [{ type: "add-table", table }, { type: "delete-table", table }, ...make()];
  }

  /** The elements that come with the first who wants an address blocked, or go with the last, set by set. */
  #elements(
    type: "add-elements" | "delete-elements",
    addresses: readonly BlockedAddress[],
  ): FirewallCommand[] {
    const sets = new Map<string, { family: FirewallFamily; elements: FirewallElement[] }>();
    for (const blocked of addresses) {
      const { set, key } = addressElement(blocked);
      const family = firewallFamily(blocked.address);
      const identity = `${family} ${set} ${key.join(".")}`;
      const before = this.#holders.get(identity) ?? 0;
      const after = type === "add-elements" ? before + 1 : Math.max(0, before - 1);
      if (after === 0) this.#holders.delete(identity);
      else this.#holders.set(identity, after);
      if ((before === 0) === (after === 0)) continue;
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
