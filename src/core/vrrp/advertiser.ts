import type { Micros } from "../../values/time.ts";
import type { ChecksumRule, VrrpAdvert } from "../../wire/vrrp.ts";
import type { Authenticity } from "./authenticity.ts";
import type { ChecksumRules } from "./checksum-rules.ts";
import type { VrrpEffect } from "./contract.ts";
import type { Definition } from "./definition.ts";

type SendAdvert = Extract<VrrpEffect, { readonly type: "send-advert" }>;

/** An effect, and what it was made for. */
interface Made {
  readonly effect: SendAdvert;
  readonly rule: ChecksumRule;
}

/**
 * Makes the adverts of one instance. As long as nothing changes it gives out the same frozen effect with the same
 * advert, so that sending allocates nothing here and the driver can keep the bytes by identity. An authentic advert
 * differs from the last by its seal alone.
 */
export class Advertiser {
  #definition: Definition;
  #current: Made | undefined;
  readonly #rules: ChecksumRules;
  readonly #authenticity: Authenticity;

  constructor(definition: Definition, rules: ChecksumRules, authenticity: Authenticity) {
    this.#definition = definition;
    this.#rules = rules;
    this.#authenticity = authenticity;
  }

  configure(definition: Definition): void {
    this.#definition = definition;
    this.#current = undefined;
  }

  /** The advert of a master with this priority and source; priority 0 resigns. */
  effect(priority: number, source: string, now: Micros): SendAdvert {
    const plain = this.#plain(priority, source);
    const seal = this.#authenticity.seal(now);
    return seal === undefined ? plain : { ...plain, seal };
  }

  #plain(priority: number, source: string): SendAdvert {
    const current = this.#current;
    const rule = this.#rules.sending;
    const { advert } = current?.effect ?? {};
    if (
      current &&
      advert?.priority === priority &&
      current.effect.source === source &&
      sameRule(current.rule, rule)
    )
      return current.effect;
    const effect = this.#make(priority, source, rule);
    if (priority !== 0) this.#current = { effect, rule };
    return effect;
  }

  #make(priority: number, source: string, rule: ChecksumRule): SendAdvert {
    const { config, destinations, version, hops, expectation } = this.#definition;
    const { addresses, authType, password, virtualRouterId } = expectation;
    const common = { virtualRouterId, priority, interval: config.advert_int, addresses };
    const secret = password === undefined ? {} : { password };
    const checksum = rule === "packet" ? {} : { checksum: rule };
    const advert: VrrpAdvert =
      version === 3 ? { version, ...common, ...checksum } : { version, ...common, authType, ...secret };
    return Object.freeze({
      type: "send-advert",
      instance: config.name,
      advert: Object.freeze(advert),
      source,
      destinations,
      ...(hops === 255 ? {} : { hops }),
    });
  }
}

function sameRule(a: ChecksumRule, b: ChecksumRule): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return a.destination === b.destination;
}
