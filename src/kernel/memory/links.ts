import { ERRNO } from "../../wire/errno.ts";
import type { LinkChange, NewLink } from "../../wire/rtnetlink-link-change.ts";
import { kernelError } from "../errors.ts";
import type { Closable, Link, LinkEvent, LinkPort } from "../ports.ts";
import type { Faults } from "./faults.ts";

/** What a link is made of. */
export interface MemoryLink {
  readonly name: string;
  /** One that is free on the network when absent. */
  readonly mac?: Uint8Array;
  readonly mtu?: number;
  /** Name of the network segment it is plugged into; none when absent. */
  readonly segment?: string;
  /** Addresses in CIDR spelling: "192.0.2.1/24". */
  readonly addresses?: readonly string[];
  /** Index; the next free one when absent. */
  readonly index?: number;
  readonly loopback?: boolean;
}

interface LinkState {
  link: Omit<Link, "running">;
  up: boolean;
  carrier: boolean;
}

/** Told of links that are made on top of others, and of every link that goes. */
export interface LinkObserver {
  created(link: Link): void;
  removed(link: Link): void;
}

const LOOPBACK_MTU = 65_536;
const ETHERNET_MTU = 1_500;

/** Links, and the listeners to their changes. Events are delivered later, in order, as the kernel's are. */
export class MemoryLinks implements LinkPort {
  readonly #states = new Map<number, LinkState>();
  readonly #monitors = new Set<(event: LinkEvent) => void>();
  readonly #later: (callback: () => void) => void;
  readonly #newMac: () => Uint8Array;
  readonly #faults: Faults;
  #observer: LinkObserver | undefined;

  constructor(later: (callback: () => void) => void, newMac: () => Uint8Array, faults: Faults) {
    this.#later = later;
    this.#newMac = newMac;
    this.#faults = faults;
  }

  list(): Link[] {
    this.#faults.meet("links.list");
    return [...this.#states.values()].map((state) => this.#describe(state));
  }

  get(name: string): Link | undefined {
    const state = [...this.#states.values()].find(({ link }) => link.name === name);
    return state && this.#describe(state);
  }

  at(index: number): Link | undefined {
    const state = this.#states.get(index);
    return state && this.#describe(state);
  }

  /** Administratively up; carrier apart. */
  isUp(index: number): boolean {
    return this.#states.get(index)?.up ?? false;
  }

  monitor(callback: (event: LinkEvent) => void): Closable {
    this.#monitors.add(callback);
    return { close: () => this.#monitors.delete(callback) };
  }

  observe(observer: LinkObserver): void {
    this.#observer = observer;
  }

  /** Throws KernelError EEXIST. */
  add(description: MemoryLink): Link {
    const { name, loopback = false } = description;
    const mac = description.mac ?? (loopback ? new Uint8Array(6) : this.#newMac());
    const mtu = description.mtu ?? (loopback ? LOOPBACK_MTU : ETHERNET_MTU);
    return this.#insert({ name, mac, mtu, loopback, group: 0 }, description.index, true);
  }

  create(link: NewLink): void {
    this.#faults.meet("links.create");
    const { name, base, kind, group = 0 } = link;
    const below = this.at(base);
    if (!below) throw kernelError(`create ${name}`, ERRNO.ENODEV);
    const mac = kind === "macvlan" ? link.mac : below.mac;
    const made = this.#insert(
      { name, mac, mtu: below.mtu, loopback: false, kind, base, group },
      undefined,
      false,
    );
    this.#observer?.created(made);
  }

  delete(index: number): void {
    const link = this.at(index);
    if (!link) throw kernelError(`delete link ${index}`, ERRNO.ENODEV);
    this.remove(link.name);
  }

  set(index: number, change: LinkChange): void {
    const state = this.#states.get(index);
    if (!state) throw kernelError(`change link ${index}`, ERRNO.ENODEV);
    const { up, master, group } = change;
    const { master: _, ...rest } = state.link;
    const kept = master === undefined ? state.link.master : master;
    const owner = kept === undefined || kept === 0 ? {} : { master: kept };
    state.link = { ...rest, ...owner, group: group ?? rest.group };
    this.#change(state, { up }, master !== undefined || group !== undefined);
  }

  /** The links on top of it go with it. Throws KernelError ENODEV. */
  remove(name: string): Link {
    const link = this.#named(name);
    for (const above of this.#above(link.index)) this.remove(above.link.name);
    this.#states.delete(link.index);
    this.#observer?.removed(link);
    this.#emit({ type: "link-removed", index: link.index, name });
    return link;
  }

  /** `up`: what the administrator wants; `carrier`: whether there is a cable with somebody at the other end. */
  plug(name: string, change: { readonly up?: boolean; readonly carrier?: boolean }): void {
    const state = this.#states.get(this.#named(name).index);
    if (state) this.#change(state, change, false);
  }

  #insert(link: Omit<Link, "running" | "index">, wanted: number | undefined, up: boolean): Link {
    const index = wanted ?? Math.max(0, ...this.#states.keys()) + 1;
    if (this.get(link.name) || this.#states.has(index))
      throw kernelError(`add link ${link.name}`, ERRNO.EEXIST);
    const state: LinkState = { link: { ...link, index }, up, carrier: true };
    this.#states.set(index, state);
    const made = this.#describe(state);
    this.#emit({ type: "link", link: made });
    return made;
  }

  /** Reports the link and those above it, where they are now otherwise. */
  #change(
    state: LinkState,
    { up, carrier }: { readonly up?: boolean | undefined; readonly carrier?: boolean },
    always: boolean,
  ): void {
    const affected = [state, ...this.#above(state.link.index)];
    const before = affected.map((each) => this.#describe(each).running);
    state.up = up ?? state.up;
    state.carrier = carrier ?? state.carrier;
    affected.forEach((each, place) => {
      const link = this.#describe(each);
      if (link.running !== before[place] || (always && each === state)) this.#emit({ type: "link", link });
    });
  }

  #above(index: number): LinkState[] {
    return [...this.#states.values()].filter(({ link }) => link.base === index);
  }

  #describe({ link, up, carrier }: LinkState): Link {
    const below = link.base === undefined ? undefined : this.#states.get(link.base);
    const carried = below === undefined || this.#describe(below).running;
    return { ...link, running: up && carrier && carried };
  }

  #named(name: string): Link {
    const link = this.get(name);
    if (!link) throw kernelError(`link ${name}`, ERRNO.ENODEV);
    return link;
  }

  #emit(event: LinkEvent): void {
    const monitors = [...this.#monitors];
    if (monitors.length === 0) return;
    this.#later(() => {
      for (const monitor of monitors) if (this.#monitors.has(monitor)) monitor(event);
    });
  }
}
