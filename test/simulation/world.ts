import { DeadlineQueue } from "../../src/core/timers.ts";
import type { InterfaceFacts, VrrpEffect, VrrpEvent } from "../../src/core/vrrp/contract.ts";
import { createVrrpRouter, type VrrpRouter } from "../../src/core/vrrp/router.ts";
import type { InstanceSnapshot } from "../../src/core/vrrp/snapshot.ts";
import { decodeAdvert, encodeAdvert, type VrrpAdvert } from "../../src/wire/vrrp.ts";
import { plan, type VrrpConfiguration } from "../core/vrrp/configuration.ts";
import type { Random } from "./random.ts";

/** What the network and the clocks do to everybody. */
export interface Conditions {
  /** Longest time that a packet takes, microseconds. */
  readonly delay: number;
  /** Probability that a packet is lost on its way to one receiver. Never two in a row from one sender. */
  readonly loss: number;
  /** Probability that a packet arrives twice. */
  readonly duplication: number;
  /** Probability that a packet is overtaken: it takes up to `straggling` longer. */
  readonly reordering: number;
  /** Microseconds. */
  readonly straggling: number;
  /** Longest time by which a timer is late, microseconds. */
  readonly lag: number;
  /** How much a router's clock may be too fast or too slow, as a share. */
  readonly drift: number;
}

/** A running router, or the place where one may run: its interfaces, one for each segment. */
export class Node {
  readonly name: string;
  readonly index: number;
  configuration: VrrpConfiguration;
  /** Undefined while the daemon does not run. */
  router: VrrpRouter | undefined;
  /** Segments whose interface is down here. */
  readonly down = new Set<number>();
  /** Segment → side of a partition that it is on. */
  readonly side = new Map<number, number>();
  /** Addresses on its interfaces. */
  readonly addresses = new Set<string>();
  /** Result of its scripts. */
  healthy = true;
  /** Its instances after the last step. */
  instances: readonly InstanceSnapshot[] = [];
  readonly wake: () => void;
  /** Its microseconds in one of the world's. */
  readonly rate: number;
  /** What it has yet to see, while it is stopped in its tracks; undefined while it runs. */
  held: VrrpEvent[] | undefined;

  constructor(index: number, configuration: VrrpConfiguration, rate: number, wake: (node: Node) => void) {
    this.index = index;
    this.name = `r${index}`;
    this.configuration = configuration;
    this.rate = rate;
    this.wake = () => wake(this);
  }

  facts(segment: number): InterfaceFacts {
    const running = !this.down.has(segment);
    return { name: `eth${segment}`, ifindex: segment + 2, running, address4: this.source(segment) };
  }

  source(segment: number): string {
    return `10.${segment}.0.${this.index + 1}`;
  }
}

/** Called after everything that a router did. */
export type Observer = (
  node: Node,
  effects: readonly VrrpEffect[],
  before: readonly InstanceSnapshot[],
) => void;

/** Routers on segments that delay, lose and partition, under one virtual clock. */
export class World {
  now = 0;
  readonly nodes: readonly Node[];
  readonly segments: number;
  readonly #random: Random;
  readonly #conditions: Conditions;
  readonly #observe: Observer;
  readonly #queue = new DeadlineQueue<() => void>();
  readonly #lost = new Set<string>();
  readonly #encoded = new WeakMap<VrrpAdvert, Uint8Array>();

  constructor(
    configurations: readonly VrrpConfiguration[],
    segments: number,
    conditions: Conditions,
    random: Random,
    observe: Observer,
  ) {
    this.segments = segments;
    this.#conditions = conditions;
    this.#random = random;
    this.#observe = observe;
    const rate = () => 1 + conditions.drift * (2 * random.next() - 1);
    this.nodes = configurations.map(
      (each, index) => new Node(index, each, rate(), (node) => this.feed(node, { type: "timer" })),
    );
  }

  at(time: number, action: () => void): void {
    this.#queue.set(() => action(), time);
  }

  /** Runs until `end`. */
  run(end: number): void {
    for (let due = this.#queue.take(end); due !== undefined; due = this.#queue.take(end)) {
      this.now = due.at;
      due.timer();
    }
    this.now = end;
  }

  start(node: Node): void {
    if (node.router !== undefined) return;
    node.router = createVrrpRouter();
    this.apply(node, {}, node.configuration);
  }

  /** A stop that says goodbye. */
  stop(node: Node): void {
    if (node.router === undefined) return;
    this.apply(node, node.configuration, {});
    this.crash(node);
  }

  /** Power off. */
  crash(node: Node): void {
    node.router = undefined;
    node.held = undefined;
    node.instances = [];
    node.addresses.clear();
    this.#queue.cancel(node.wake);
  }

  /** Its process gets no time: what happens waits. */
  pause(node: Node): void {
    if (node.router !== undefined) node.held ??= [];
  }

  /** It goes on, with everything that it missed in order. */
  resume(node: Node): void {
    const { held } = node;
    node.held = undefined;
    for (const event of held ?? []) this.feed(node, event);
  }

  reload(node: Node, configuration: VrrpConfiguration): void {
    if (node.router !== undefined) this.apply(node, node.configuration, configuration);
    node.configuration = configuration;
  }

  apply(node: Node, before: VrrpConfiguration, after: VrrpConfiguration): void {
    const interfaces = Array.from({ length: this.segments }, (_, segment) => node.facts(segment));
    this.feed(node, { type: "apply", changes: plan(before, after), interfaces });
  }

  setInterface(node: Node, segment: number, up: boolean): void {
    if (up) node.down.delete(segment);
    else node.down.add(segment);
    this.feed(node, { type: "interface", facts: node.facts(segment) });
  }

  /** Whether packets get from one router to another, loss aside. */
  connected(from: Node, to: Node, segment: number): boolean {
    return (
      from.held === undefined &&
      to.held === undefined &&
      !from.down.has(segment) &&
      !to.down.has(segment) &&
      (from.side.get(segment) ?? 0) === (to.side.get(segment) ?? 0)
    );
  }

  feed(node: Node, event: VrrpEvent): void {
    const { router } = node;
    if (router === undefined) return;
    if (node.held !== undefined) {
      node.held.push(event);
      return;
    }
    const before = node.instances;
    const effects = router.handle(event, Math.round(this.now * node.rate));
    node.instances = router.snapshot().instances;
    for (const effect of effects) this.#carryOut(node, effect);
    const deadline = router.deadline();
    if (deadline === undefined) this.#queue.cancel(node.wake);
    else
      this.#queue.set(
        node.wake,
        Math.max(this.now, Math.ceil(deadline / node.rate) + this.#random.between(0, this.#conditions.lag)),
      );
    this.#observe(node, effects, before);
  }

  #carryOut(node: Node, effect: VrrpEffect): void {
    if (effect.type === "send-advert") this.#send(node, effect);
    else if (effect.type === "add-addresses")
      for (const { address } of effect.addresses) node.addresses.add(address);
    else if (effect.type === "remove-addresses") {
      for (const { address } of effect.addresses) node.addresses.delete(address);
    } else if (effect.type === "run-script") {
      const { script } = effect;
      this.at(this.now + this.#random.between(1, effect.timeout), () => {
        const ok = node.healthy;
        this.feed(node, {
          type: "script-result",
          script,
          ok,
          status: ok ? "exited with status 0" : "exited with status 1",
        });
      });
    }
  }

  #send(node: Node, { advert, source, destinations }: Extract<VrrpEffect, { type: "send-advert" }>): void {
    const segment = Number(source.split(".")[1]);
    for (const destination of destinations) {
      const payload = this.#encoded.get(advert) ?? encodeAdvert(advert, source, destination);
      if (destinations.length === 1) this.#encoded.set(advert, payload);
      for (const to of this.nodes) {
        const addressed = destination === "224.0.0.18" || destination === to.source(segment);
        if (to !== node && addressed && this.connected(node, to, segment)) {
          this.#transmit(node, to, segment, { payload, source, destination });
        }
      }
    }
  }

  #transmit(
    from: Node,
    to: Node,
    segment: number,
    { payload, source, destination }: { payload: Uint8Array; source: string; destination: string },
  ): void {
    const flow = `${from.index} ${to.index} ${segment} ${payload[1]}`;
    if (!this.#lost.delete(flow) && this.#random.chance(this.#conditions.loss)) {
      this.#lost.add(flow);
      return;
    }
    const { delay, duplication, reordering, straggling } = this.#conditions;
    for (let copies = this.#random.chance(duplication) ? 2 : 1; copies > 0; copies--) {
      const extra = this.#random.chance(reordering) ? this.#random.between(0, straggling) : 0;
      const arrival = this.now + this.#random.between(1, delay) + extra;
      this.at(arrival, () => this.#arrive(from, to, segment, { payload, source, destination }));
    }
  }

  #arrive(
    from: Node,
    to: Node,
    segment: number,
    { payload, source, destination }: { payload: Uint8Array; source: string; destination: string },
  ): void {
    if (to.down.has(segment)) return;
    const advert = decodeAdvert(payload, { source, destination, family: 4 });
    if ("error" in advert) throw new Error(`${from.name} sent what nobody understands: ${advert.detail}`);
    this.feed(to, { type: "advert", advert, source, destination, hops: 255, ifindex: segment + 2 });
  }
}
