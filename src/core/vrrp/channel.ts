import { Advertiser } from "./advertiser.ts";
import type { InterfaceFacts, VrrpEffect } from "./contract.ts";
import type { Counters } from "./counters.ts";
import { type Definition, sourceOf } from "./definition.ts";
import type { Services } from "./services.ts";

type Open = Extract<VrrpEffect, { readonly type: "open" }>;

/** How an instance reaches the others: its socket, as its interface allows, and the adverts that it sends there. */
export class Channel {
  #definition: Definition;
  #facts: InterfaceFacts | undefined;
  #source: string | undefined;
  #open: Open | undefined;
  readonly #services: Services;
  readonly #counters: Counters;
  readonly #advertiser: Advertiser;

  constructor(definition: Definition, services: Services, counters: Counters) {
    this.#definition = definition;
    this.#services = services;
    this.#counters = counters;
    this.#advertiser = new Advertiser(definition);
  }

  /** Source address of adverts; undefined while there is none. */
  get source(): string | undefined {
    return this.#source;
  }

  /** Interface index that its adverts come in on; 0 for any. */
  get ifindex(): number {
    return this.#facts?.ifindex ?? 0;
  }

  /** Takes over a changed definition, and opens the socket anew as that demands. */
  configure(definition: Definition): void {
    this.#definition = definition;
    this.#advertiser.configure(definition);
    this.setFacts(this.#facts);
  }

  /** Takes over what is known of the interface, and opens or closes the socket as that allows. */
  setFacts(facts: InterfaceFacts | undefined): void {
    this.#facts = facts;
    this.#source = sourceOf(this.#definition, facts);
    this.#reopen();
  }

  /** Sends one advert; 0 resigns. Nothing happens while there is no socket. */
  send(priority: number): void {
    if (this.#source === undefined || this.#open === undefined) return;
    this.#services.emit(this.#advertiser.effect(priority, this.#source));
    this.#counters.advertsSent += 1;
    if (priority === 0) this.#counters.priorityZeroSent += 1;
  }

  close(): void {
    if (this.#open === undefined) return;
    this.#open = undefined;
    this.#services.emit({ type: "close", instance: this.#definition.config.name });
  }

  /** Has the socket opened with what holds now, reopened when that changed, closed when there is nothing to open on. */
  #reopen(): void {
    const { config, family, group } = this.#definition;
    const { ifindex } = this;
    const source = this.#source;
    const missing = config.interface !== undefined && ifindex === 0;
    if (missing) this.close();
    if (missing || source === undefined) return;
    const open: Open = {
      type: "open",
      instance: config.name,
      family,
      interface: config.interface ?? "",
      ifindex,
      ...(group === undefined ? {} : { group }),
      source,
    };
    if (JSON.stringify(open) === JSON.stringify(this.#open)) return;
    this.#open = open;
    this.#services.emit(open);
  }
}
