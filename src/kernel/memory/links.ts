import { ERRNO } from "../../wire/errno.ts";
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
  readonly link: Omit<Link, "running">;
  up: boolean;
  carrier: boolean;
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

  constructor(later: (callback: () => void) => void, newMac: () => Uint8Array, faults: Faults) {
    this.#later = later;
    this.#newMac = newMac;
    this.#faults = faults;
  }

  list(): Link[] {
    this.#faults.meet("links.list");
    return [...this.#states.values()].map(describe);
  }

  get(name: string): Link | undefined {
    const state = [...this.#states.values()].find(({ link }) => link.name === name);
    return state && describe(state);
  }

  at(index: number): Link | undefined {
    const state = this.#states.get(index);
    return state && describe(state);
  }

  /** Administratively up; carrier apart. */
  isUp(index: number): boolean {
    return this.#states.get(index)?.up ?? false;
  }

  monitor(callback: (event: LinkEvent) => void): Closable {
    this.#monitors.add(callback);
    return { close: () => this.#monitors.delete(callback) };
  }

  /** Throws KernelError EEXIST. */
  add(description: MemoryLink): Link {
    const { name, loopback = false } = description;
    const index = description.index ?? Math.max(0, ...this.#states.keys()) + 1;
    if (this.get(name) || this.#states.has(index)) throw kernelError(`add link ${name}`, ERRNO.EEXIST);
    const mac = description.mac ?? (loopback ? new Uint8Array(6) : this.#newMac());
    const mtu = description.mtu ?? (loopback ? LOOPBACK_MTU : ETHERNET_MTU);
    const state: LinkState = { link: { index, name, mac, mtu, loopback }, up: true, carrier: true };
    this.#states.set(index, state);
    const link = describe(state);
    this.#emit({ type: "link", link });
    return link;
  }

  /** Throws KernelError ENODEV. */
  remove(name: string): Link {
    const link = this.#named(name);
    this.#states.delete(link.index);
    this.#emit({ type: "link-removed", index: link.index, name });
    return link;
  }

  /** `up`: what the administrator wants; `carrier`: whether there is a cable with somebody at the other end. */
  set(name: string, change: { readonly up?: boolean; readonly carrier?: boolean }): void {
    const state = this.#states.get(this.#named(name).index);
    if (!state) return;
    const before = describe(state).running;
    state.up = change.up ?? state.up;
    state.carrier = change.carrier ?? state.carrier;
    const link = describe(state);
    if (link.running !== before) this.#emit({ type: "link", link });
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

function describe({ link, up, carrier }: LinkState): Link {
  return { ...link, running: up && carrier };
}
