import type { VrrpAdvert } from "../../wire/vrrp.ts";
import type { VrrpEffect } from "./contract.ts";
import type { Definition } from "./definition.ts";

type SendAdvert = Extract<VrrpEffect, { readonly type: "send-advert" }>;

/**
 * Makes the adverts of one instance. As long as nothing changes it gives out the same frozen effect with the same
 * advert, so that sending allocates nothing here and the driver can keep the bytes by identity.
 */
export class Advertiser {
  #definition: Definition;
  #current: SendAdvert | undefined;

  constructor(definition: Definition) {
    this.#definition = definition;
  }

  configure(definition: Definition): void {
    this.#definition = definition;
    this.#current = undefined;
  }

  /** The advert of a master with this priority and source; priority 0 resigns. */
  effect(priority: number, source: string): SendAdvert {
    const current = this.#current;
    if (current?.advert.priority === priority && current.source === source) return current;
    const made = this.#make(priority, source);
    if (priority !== 0) this.#current = made;
    return made;
  }

  #make(priority: number, source: string): SendAdvert {
    const { config, destinations, version, expectation } = this.#definition;
    const { addresses, authType, password, virtualRouterId } = expectation;
    const common = { virtualRouterId, priority, interval: config.advert_int, addresses };
    const secret = password === undefined ? {} : { password };
    const advert: VrrpAdvert =
      version === 3 ? { version, ...common } : { version, ...common, authType, ...secret };
    return Object.freeze({
      type: "send-advert",
      instance: config.name,
      advert: Object.freeze(advert),
      source,
      destinations,
    });
  }
}
