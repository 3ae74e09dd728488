import type { InterfaceFacts } from "../../core/vrrp/contract.ts";
import type {
  AddressEvent,
  Closable,
  InterfaceAddress,
  Kernel,
  Link,
  LinkEvent,
} from "../../kernel/ports.ts";
import { familyOf } from "../../values/ip.ts";

/** IFA_PROTO of addresses that VRRP manages: keepalived in rt_protos. They never stand for the router itself. */
export const VRRP_PROTOCOL = 18;
const SCOPE_GLOBAL = 0;
const SCOPE_LINK = 253;

const sameFacts = (a: InterfaceFacts, b: InterfaceFacts): boolean =>
  a.ifindex === b.ifindex &&
  a.running === b.running &&
  a.address4 === b.address4 &&
  a.address6 === b.address6 &&
  a.addresses?.join() === b.addresses?.join();

/** Two entries of an interface for the same address: the kernel tells them apart by prefix length and peer as well. */
const sameAddress = (a: InterfaceAddress, b: InterfaceAddress): boolean =>
  a.address === b.address && a.prefixLength === b.prefixLength && a.peer === b.peer;

/** Who is told. */
export interface InterfaceListener {
  /** The facts of a watched interface are others now. */
  changed(facts: InterfaceFacts): void;
  /** An address left an interface that is still there, whoever removed it. */
  addressRemoved(address: InterfaceAddress): void;
  /** An interface is there, new or changed. */
  linkSeen?(link: Link): void;
  /** An interface is there no longer. */
  linkGone?(index: number, name: string): void;
  /** Whether a link is up that is asked for and not told of; undefined for the others. */
  linkUp?(name: string): boolean | undefined;
}

/**
 * What is known of the interfaces of this machine, kept up to date by the kernel's monitors, and who is told when
 * something that VRRP cares about changes.
 */
export class Interfaces {
  readonly #links = new Map<number, Link>();
  readonly #addresses = new Map<number, InterfaceAddress[]>();
  /** What was last told of each interface, by name. */
  readonly #told = new Map<string, InterfaceFacts>();
  readonly #monitors: Closable[];
  /** Names of interfaces that this process makes itself. */
  readonly #made = new Set<string>();
  /** Names of interfaces whose addresses all matter to somebody. */
  readonly #addressed = new Set<string>();
  readonly #kernel: Kernel;
  readonly #listener: InterfaceListener;

  /** Watches before it lists, so that nothing falls between. */
  constructor(kernel: Kernel, listener: InterfaceListener) {
    this.#kernel = kernel;
    this.#listener = listener;
    this.#monitors = [
      kernel.links.monitor((event) => this.#onLink(event)),
      kernel.addresses.monitor((event) => this.#onAddress(event)),
    ];
    for (const link of kernel.links.list()) this.#links.set(link.index, link);
    for (const address of kernel.addresses.list()) this.#keep(address);
  }

  link(index: number): Link | undefined {
    return this.#links.get(index);
  }

  named(name: string): Link | undefined {
    for (const link of this.#links.values()) if (link.name === name) return link;
    return undefined;
  }

  /** Facts of one interface; index 0 when there is none of that name. */
  facts(name: string): InterfaceFacts {
    const link = this.named(name);
    if (link === undefined) return { name, ifindex: 0, running: false };
    const own = (this.#addresses.get(link.index) ?? []).filter(({ protocol }) => protocol !== VRRP_PROTOCOL);
    const polled = this.#listener.linkUp?.(name);
    const address4 = first(own, 4, SCOPE_GLOBAL);
    const address6 = first(own, 6, SCOPE_LINK);
    return {
      name,
      ifindex: link.index,
      running: polled ?? link.running,
      ...(polled !== undefined && { polled: true as const }),
      mtu: link.mtu,
      ...(address4 !== undefined && { address4 }),
      ...(address6 !== undefined && { address6 }),
      ...(this.#addressed.has(name) && { addresses: this.#addressesOf(link.index) }),
    };
  }

  /** Facts of the named interfaces, which from now on are reported when they change. */
  watch(names: Iterable<string>): InterfaceFacts[] {
    return [...new Set(names)].map((name) => {
      const facts = this.facts(name);
      this.#told.set(name, facts);
      return facts;
    });
  }

  /**
   * Facts of an interface that we make, as the kernel has them now: reported when they change from now on. What the
   * monitor still has to say of our own changes is old by the time it comes, so that it is only a reason to look.
   */
  refresh(name: string): InterfaceFacts {
    this.#made.add(name);
    const link = this.#kernel.links.get(name);
    const known = this.named(name);
    if (known !== undefined && known.index !== link?.index) {
      this.#links.delete(known.index);
      this.#addresses.delete(known.index);
    }
    if (link !== undefined) {
      this.#links.set(link.index, link);
      const addresses = this.#kernel.addresses.list().filter(({ ifindex }) => ifindex === link.index);
      this.#addresses.set(link.index, addresses);
    }
    const facts = this.facts(name);
    this.#told.set(name, facts);
    return facts;
  }

  /** From now on every address of the interface is among its facts. */
  tellAddresses(name: string): void {
    this.#addressed.add(name);
  }

  /** Something that is asked of the listener may be different now. */
  look(name: string): void {
    this.#tell(name);
  }

  close(): void {
    for (const monitor of this.#monitors) monitor.close();
  }

  #onLink(event: LinkEvent): void {
    if (event.type === "link-removed") {
      this.#links.delete(event.index);
      this.#addresses.delete(event.index);
      this.#tell(event.name);
      this.#listener.linkGone?.(event.index, event.name);
      return;
    }
    if (this.#made.has(event.link.name)) {
      const now = this.#kernel.links.get(event.link.name);
      if (now?.index !== event.link.index) return;
      this.#links.set(now.index, now);
      this.#tell(now.name);
      return;
    }
    const before = this.#links.get(event.link.index);
    this.#links.set(event.link.index, event.link);
    if (before !== undefined && before.name !== event.link.name) this.#tell(before.name);
    this.#tell(event.link.name);
    this.#listener.linkSeen?.(event.link);
  }

  #onAddress({ type, address }: AddressEvent): void {
    if (type === "address") this.#keep(address);
    else this.#forget(address);
    const link = this.#links.get(address.ifindex);
    if (link === undefined) return;
    if (type === "address-removed") this.#listener.addressRemoved(address);
    this.#tell(link.name);
  }

  #addressesOf(index: number): string[] {
    return (this.#addresses.get(index) ?? []).map(({ address }) => address);
  }

  #keep(address: InterfaceAddress): void {
    const known = this.#addresses.get(address.ifindex) ?? [];
    const at = known.findIndex((each) => sameAddress(each, address));
    if (at < 0) known.push(address);
    else known[at] = address;
    this.#addresses.set(address.ifindex, known);
  }

  #forget(address: InterfaceAddress): void {
    const known = this.#addresses.get(address.ifindex) ?? [];
    this.#addresses.set(
      address.ifindex,
      known.filter((each) => !sameAddress(each, address)),
    );
  }

  #tell(name: string): void {
    const told = this.#told.get(name);
    if (told === undefined) return;
    const facts = this.facts(name);
    if (sameFacts(told, facts)) return;
    this.#told.set(name, facts);
    this.#listener.changed(facts);
  }
}

/** The first address of a family and scope: what the router itself sends from. */
function first(addresses: readonly InterfaceAddress[], family: 4 | 6, scope: number): string | undefined {
  return addresses.find((each) => familyOf(each.address) === family && each.scope === scope)?.address;
}
