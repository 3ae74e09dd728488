import type { Micros } from "../../values/time.ts";
import { arpOfFrame } from "../../wire/arp.ts";
import { formatMac } from "../../wire/ethernet.ts";
import type { Closable, ReceivedPacket } from "../ports.ts";
import { Hosts } from "./hosts.ts";
import type { Later } from "./later.ts";
import { seededRandom } from "./random.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What travels on a segment: an IP packet with a VRRP message, or a complete frame. */
export type Transmission =
  /** A packet of a raw socket, of this IP protocol. */
  | { readonly kind: "vrrp"; readonly protocol: number; readonly packet: Omit<ReceivedPacket, "ifindex"> }
  | { readonly kind: "frame"; readonly frame: Uint8Array };

/** How a segment carries: what it adds to each delivery, and what it drops. */
export interface SegmentQuality {
  /** Microseconds of every delivery. */
  readonly latency?: Micros;
  /** Microseconds added at random on top, up to this many. */
  readonly jitter?: Micros;
  /** Share of deliveries that are lost, 0 to 1. */
  readonly loss?: number;
}

/** A link's end on a segment. */
export interface SegmentPort {
  readonly mac: Uint8Array;
  /** Ports that share a trunk are on one cable, and do not hear each other. */
  readonly trunk?: object;
  receive(transmission: Transmission): void;
}

/** A layer-2 segment: everything sent reaches every other port, later. */
export class Segment {
  /** Who the segment believes has an address, by the ARP packets that passed: address to "02:00:…". */
  readonly neighbours = new Map<string, string>();
  /** How it carries; may be changed at any time. */
  quality: SegmentQuality = {};
  readonly #ports = new Set<SegmentPort>();
  readonly #cut = new Set<SegmentPort>();
  readonly #observers = new Set<(transmission: Transmission, from: SegmentPort) => void>();
  readonly #later: Later;
  readonly #random: () => number;

  constructor(later: Later, random: () => number) {
    this.#later = later;
    this.#random = random;
  }

  attach(port: SegmentPort): Closable {
    this.#ports.add(port);
    return {
      close: () => {
        this.#ports.delete(port);
        this.#cut.delete(port);
      },
    };
  }

  /** Silently drops everything from and to the port with this hardware address: its link stays up. */
  cut(mac: Uint8Array): void {
    for (const port of this.#portsOf(mac)) this.#cut.add(port);
  }

  /** Undoes cut(). */
  join(mac: Uint8Array): void {
    for (const port of this.#portsOf(mac)) this.#cut.delete(port);
  }

  /** Sees every transmission as it enters the segment, also from ports that are cut off. */
  observe(callback: (transmission: Transmission, from: SegmentPort) => void): Closable {
    this.#observers.add(callback);
    return { close: () => this.#observers.delete(callback) };
  }

  transmit(transmission: Transmission, from: SegmentPort): void {
    for (const observer of this.#observers) observer(transmission, from);
    if (this.#cut.has(from)) return;
    this.#learn(transmission);
    for (const port of this.#ports) {
      if (port === from || (port.trunk !== undefined && port.trunk === from.trunk)) continue;
      const { latency = 0, jitter = 0, loss = 0 } = this.quality;
      if (loss > 0 && this.#random() < loss) continue;
      const delay = latency + (jitter > 0 ? Math.floor(this.#random() * (jitter + 1)) : 0);
      this.#later(delay, () => {
        const reachable = this.#ports.has(port) && !this.#cut.has(port) && !this.#cut.has(from);
        if (reachable) port.receive(transmission);
      });
    }
  }

  #portsOf(mac: Uint8Array): SegmentPort[] {
    const wanted = formatMac(mac);
    return [...this.#ports].filter((port) => formatMac(port.mac) === wanted);
  }

  #learn(transmission: Transmission): void {
    const arp = transmission.kind === "frame" ? arpOfFrame(transmission.frame) : undefined;
    if (arp) this.neighbours.set(arp.senderAddress, formatMac(arp.senderMac));
  }
}

export interface MemoryNetworkOptions {
  /** Virtual time for everything on the network and every kernel that joins it; real time when absent. */
  readonly clock?: VirtualClock;
  /** Of loss and jitter. */
  readonly seed?: number;
}

/** Segments and hosts that memory kernels share. */
export class MemoryNetwork {
  readonly clock: VirtualClock | undefined;
  /** Hosts that connections can be made to. */
  readonly hosts: Hosts;
  readonly #random: () => number;
  readonly #segments = new Map<string, Segment>();
  #links = 0;

  constructor({ clock, seed = 1 }: MemoryNetworkOptions = {}) {
    this.clock = clock;
    this.#random = seededRandom(seed);
    this.hosts = new Hosts((delay, callback) => this.later(delay, callback));
  }

  /** The segment of this name, made when first asked for. */
  segment(name: string): Segment {
    let segment = this.#segments.get(name);
    if (!segment) {
      segment = new Segment((delay, callback) => this.later(delay, callback), this.#random);
      this.#segments.set(name, segment);
    }
    return segment;
  }

  /** A hardware address that no other link of the network has: locally administered, counted up. */
  newMac(): Uint8Array {
    const number = ++this.#links;
    return new Uint8Array([2, 0, 0, number >> 16, number >> 8, number]);
  }

  /** Never at once: a delivery must not run inside the call that caused it. */
  later(delay: Micros, callback: () => void): void {
    if (this.clock) this.clock.schedule(this.clock.now() + delay, callback);
    else if (delay === 0) setImmediate(callback);
    else setTimeout(callback, delay / 1000);
  }
}
