import type { VrrpEffect, VrrpEvent } from "../../../src/core/vrrp/contract.ts";
import { createVrrpRouter } from "../../../src/core/vrrp/router.ts";
import type { VrrpAdvert } from "../../../src/wire/vrrp.ts";
import { facts, plan, type VrrpConfiguration } from "./configuration.ts";

type EffectOf<T extends VrrpEffect["type"]> = Extract<VrrpEffect, { readonly type: T }>;

/** One effect and the time at which it came. */
export interface Timed {
  readonly at: number;
  readonly effect: VrrpEffect;
}

/** A router under a clock that the test turns. */
export class Harness {
  readonly router = createVrrpRouter();
  /** Microseconds. */
  now = 0;
  /** Everything that came out so far. */
  readonly all: Timed[] = [];
  #configuration: VrrpConfiguration = {};
  readonly #interfaces;

  constructor(
    configuration: VrrpConfiguration,
    interfaces = [facts("eth0"), facts("eth1", { address4: "10.8.0.1" })],
  ) {
    this.#interfaces = interfaces;
    this.apply(configuration);
  }

  feed(event: VrrpEvent): VrrpEffect[] {
    const effects = this.router.handle(event, this.now);
    this.all.push(...effects.map((effect) => ({ at: this.now, effect })));
    return effects;
  }

  /** Applies the difference to another configuration. */
  apply(configuration: VrrpConfiguration, replaced: readonly string[] = []): VrrpEffect[] {
    const changes = plan(this.#configuration, configuration, replaced);
    this.#configuration = configuration;
    return this.feed({ type: "apply", changes, interfaces: this.#interfaces });
  }

  /** Lets time pass, every timer fired exactly when it is due, and returns what came out. */
  pass(duration: number): Timed[] {
    const from = this.all.length;
    const end = this.now + duration;
    for (let due = this.router.deadline(); due !== undefined && due <= end; due = this.router.deadline()) {
      this.now = Math.max(this.now, due);
      this.feed({ type: "timer" });
    }
    this.now = end;
    return this.all.slice(from);
  }

  /** An advert of another router, as the harness's first instance expects it unless told otherwise. */
  advert(
    more: Partial<VrrpAdvert> = {},
    arrival: { source?: string; hops?: number; ifindex?: number; destination?: string } = {},
  ) {
    const advert: VrrpAdvert = {
      version: 2,
      virtualRouterId: 51,
      priority: 200,
      interval: 1_000_000,
      addresses: ["10.9.0.100"],
      ...(more.version === 3 ? {} : { authType: 0 }),
      ...more,
    };
    const { source = "10.9.0.2", hops = 255, ifindex = 2, destination = "224.0.0.18" } = arrival;
    return this.feed({ type: "advert", advert, source, destination, hops, ifindex });
  }

  state(name = "VI_1"): string | undefined {
    return this.router.snapshot().instances.find((each) => each.name === name)?.state;
  }

  instance(name = "VI_1") {
    const found = this.router.snapshot().instances.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no instance ${name}`);
    return found;
  }
}

/** The effects of one type. */
export function only<T extends VrrpEffect["type"]>(effects: readonly VrrpEffect[], type: T): EffectOf<T>[] {
  return effects.filter((effect): effect is EffectOf<T> => effect.type === type);
}

export function logs(effects: readonly VrrpEffect[]): string[] {
  return only(effects, "log").map(({ message }) => message);
}

/** Effects in one word each, logs left out: what happens in which order. */
export function brief(effects: readonly VrrpEffect[]): string[] {
  return effects.flatMap((effect) => {
    switch (effect.type) {
      case "log":
        return [];
      case "send-advert":
        return [`advert ${effect.advert.priority}`];
      case "add-addresses":
      case "remove-addresses":
      case "gratuitous-arp":
        return [`${effect.type.replace("-addresses", "")} ${effect.addresses.map(({ address }) => address)}`];
      case "notify":
        return [`notify ${effect.target.name} ${effect.state}`];
      case "open":
        return [`open ${effect.interface} ${effect.source}`];
      default:
        return [effect.type];
    }
  });
}
