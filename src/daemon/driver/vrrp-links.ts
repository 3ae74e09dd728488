import { sameLink, type VirtualLink } from "../../core/vrrp/virtual-link.ts";
import { type Kernel, KernelError, type Link } from "../../kernel/ports.ts";
import { formatMac } from "../../wire/ethernet.ts";
import type { NewLink } from "../../wire/rtnetlink-link-change.ts";
import type { Log } from "../log/log.ts";
import { linkLocalOf } from "./link-local.ts";
import { LinkParameters } from "./link-parameters.ts";
import type { Parameters } from "./parameters.ts";

/** A virtual link that stands. */
export interface MadeLink {
  readonly link: VirtualLink;
  readonly ifindex: number;
  readonly baseIndex: number;
}

/** Who is told. */
export interface VirtualLinkListener {
  /** The number of a link group by its number or name; undefined when nothing has that name. */
  group(text: string): number | undefined;
  /** A link was made, adopted, deleted or lost, or could not be made. */
  changed(name: string, made: MadeLink | undefined): void;
}

const LINK_SCOPE = 253;
const VIRTUAL_ROUTER = /^00:00:5e:00:0[12]:/;

/**
 * The interfaces that the router makes. They are there while they are wanted and their bases are: what somebody else
 * deletes is made again, and so is what went with its base once that is back.
 */
export class VrrpLinks {
  readonly #kernel: Kernel;
  readonly #log: Log;
  readonly #listener: VirtualLinkListener;
  readonly #parameters: LinkParameters;
  readonly #wanted = new Map<string, VirtualLink>();
  readonly #made = new Map<string, MadeLink>();

  constructor(kernel: Kernel, parameters: Parameters, log: Log, listener: VirtualLinkListener) {
    this.#kernel = kernel;
    this.#log = log;
    this.#listener = listener;
    this.#parameters = new LinkParameters(parameters, kernel.links, log);
  }

  /** The links that stand, in the order they were made. */
  get made(): MadeLink[] {
    return [...this.#made.values()];
  }

  /**
   * Names of other interfaces with the MAC address of a virtual router (RFC 9568 §7.3): of a daemon that was killed and
   * has another configuration since, or of another one that runs.
   */
  notOurs(): string[] {
    const ours = new Set(this.made.map(({ ifindex }) => ifindex));
    const links = this.#kernel.links
      .list()
      .filter(({ kind, index }) => kind === "macvlan" && !ours.has(index));
    return links.filter(({ mac }) => VIRTUAL_ROUTER.test(formatMac(mac))).map(({ name }) => name);
  }

  /** The links that are to stand. */
  get wanted(): VirtualLink[] {
    return [...this.#wanted.values()];
  }

  /** Deletes those of these links, of an earlier run, that still stand and are not wanted. */
  clear(earlier: readonly VirtualLink[]): void {
    for (const link of earlier) {
      const found = this.#wanted.has(link.name) ? undefined : this.#kernel.links.get(link.name);
      const base = this.#kernel.links.get(link.base);
      if (found === undefined || base === undefined || !isLink(found, link, base)) continue;
      this.#attempt(`remove interface ${link.name}`, () => {
        this.#kernel.links.delete(found.index);
        this.#log.info(`Removing ${kindOf(link)} interface ${link.name}, left by an earlier run`);
      });
    }
  }

  /** From now on these are wanted, and no others. What stays as it is is not touched. */
  want(links: readonly VirtualLink[]): void {
    const next = new Map(links.map((link) => [link.name, link]));
    for (const [name, link] of this.#wanted) {
      const after = next.get(name);
      if (after === undefined || !sameLink(link, after)) this.#remove(link);
    }
    this.#wanted.clear();
    for (const [name, link] of next) this.#wanted.set(name, link);
    for (const link of links) if (!this.#made.has(link.name)) this.#make(link);
  }

  /** An interface was reported by the kernel, new or changed. */
  linkSeen({ name, index }: Link): void {
    for (const link of this.#wanted.values()) {
      if (link.base !== name) continue;
      const made = this.#made.get(link.name);
      if (made === undefined) this.#make(link);
      else if (made.baseIndex !== index) this.#lose(made);
    }
  }

  /** An interface is gone. */
  linkGone(index: number, name: string): void {
    for (const made of this.#made.values()) {
      if (made.ifindex === index) {
        this.#lose(made);
        if (this.#kernel.links.get(made.link.base)?.index === made.baseIndex) this.#make(made.link);
      }
    }
    const used = [...this.#wanted.values()].some(({ base }) => base === name);
    if (used && this.#kernel.links.get(name) === undefined) this.#parameters.baseRemoved(name);
  }

  #lose(made: MadeLink): void {
    this.#made.delete(made.link.name);
    this.#listener.changed(made.link.name, undefined);
  }

  #remove(link: VirtualLink): void {
    const made = this.#made.get(link.name);
    this.#made.delete(link.name);
    if (made !== undefined) {
      this.#listener.changed(link.name, undefined);
      this.#attempt(`remove interface ${link.name}`, () => {
        this.#kernel.links.delete(made.ifindex);
        this.#log.info(`Success removing VMAC interface ${link.name}`);
      });
    }
    this.#parameters.release(link);
  }

  #make(link: VirtualLink): void {
    const base = this.#kernel.links.get(link.base);
    if (base === undefined) {
      this.#listener.changed(link.name, undefined);
      return;
    }
    const done = this.#attempt(`create interface ${link.name}`, () => {
      const adopted = this.#adopt(link, base);
      this.#parameters.prepare(link, adopted);
      if (!adopted) this.#kernel.links.create(this.#newLink(link, base));
      const made = this.#kernel.links.get(link.name);
      if (made === undefined) return;
      this.#finish(link, made, base);
      this.#made.set(link.name, { link, ifindex: made.index, baseIndex: base.index });
      this.#log.info(`${adopted ? "Adopting" : "Success creating"} ${kindOf(link)} interface ${link.name}`);
    });
    if (!done) this.#parameters.release(link);
    this.#listener.changed(link.name, this.#made.get(link.name));
  }

  /**
   * Whether an interface of this name that stands already is what we want, left by a daemon that was killed. One that
   * is not, but is of a kind that we make, is deleted. Throws KernelError EEXIST for somebody else's.
   */
  #adopt(link: VirtualLink, base: Link): boolean {
    const found = this.#kernel.links.get(link.name);
    if (found === undefined) return false;
    if (isLink(found, link, base)) return true;
    if (found.kind !== "macvlan" && found.kind !== "ipvlan") {
      this.#log.error(`Interface ${link.name} is there already and is no ${deviceKindOf(link)}`);
      return false;
    }
    this.#kernel.links.delete(found.index);
    return false;
  }

  #newLink(link: VirtualLink, base: Link): NewLink {
    const group = link.group === undefined ? base.group : this.#listener.group(link.group);
    if (group === undefined) this.#log.warn(`There is no link group ${link.group} for ${link.name}`);
    const common = { name: link.name, base: base.index, group: group ?? base.group };
    if (link.mac === undefined) return { ...common, kind: "ipvlan", flag: link.flag ?? "bridge" };
    const mac = new Uint8Array(link.mac.split(":").map((octet) => Number.parseInt(octet, 16)));
    return { ...common, kind: "macvlan", mac };
  }

  #finish(link: VirtualLink, { index, master }: Link, base: Link): void {
    const { links } = this.#kernel;
    if (base.master !== undefined && base.master !== master && this.#isVrf(base.master)) {
      links.set(index, { master: base.master });
    }
    if (link.mac !== undefined)
      this.#attempt("set addrgenmode", () => links.set(index, { addressGeneration: "none" }));
    this.#parameters.configure(link);
    links.set(index, { up: true });
    this.#giveAddress(link, index, base);
    if (link.announced) links.set(base.index, { group: base.group });
  }

  #isVrf(index: number): boolean {
    return this.#kernel.links.list().some((link) => link.index === index && link.kind === "vrf");
  }

  /** The address that adverts come from, where it has one of its own. */
  #giveAddress(link: VirtualLink, ifindex: number, base: Link): void {
    const [own, length] = link.address?.split("/") ?? [];
    const local =
      link.linkLocal === undefined ? undefined : (link.linkLocal.from ?? this.#baseLinkLocal(base));
    const address = own ?? local;
    if (address === undefined) return;
    const six = address.includes(":");
    const prefixLength =
      length === undefined ? (local === undefined ? (six ? 128 : 32) : 64) : Number(length);
    const scope = six && address.startsWith("fe8") ? LINK_SCOPE : 0;
    const give = () => {
      // Deprecated: the kernel chooses it for nothing else.
      const deprecated = local === undefined ? {} : { preferredLifetime: 0 };
      this.#kernel.addresses.add({ ifindex, address, prefixLength, scope, ...deprecated });
    };
    this.#attempt(`give ${link.name} the address ${address}`, give, "EEXIST");
  }

  #baseLinkLocal(base: Link): string | undefined {
    const found = this.#kernel.addresses
      .list()
      .find(({ ifindex, address }) => ifindex === base.index && address.startsWith("fe80:"));
    return found?.address ?? linkLocalOf(base.mac);
  }

  /** `expected` is the refusal that means it is as wanted already. */
  #attempt(what: string, run: () => void, expected?: string): boolean {
    try {
      run();
      return true;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      if (error.code === expected) return true;
      this.#log.error(`Cannot ${what}: ${error.message}`);
      return false;
    }
  }
}

/** What the kernel calls its kind. */
const deviceKindOf = ({ mac }: VirtualLink): string => (mac === undefined ? "ipvlan" : "macvlan");

/** Whether an interface of the kernel is what we would make. */
const isLink = (found: Link, link: VirtualLink, base: Link): boolean =>
  found.kind === deviceKindOf(link) &&
  found.base === base.index &&
  (link.mac === undefined || formatMac(found.mac) === link.mac);

const kindOf = ({ mac }: VirtualLink): string => (mac === undefined ? "ipvlan" : "VMAC");
