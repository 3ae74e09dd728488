import type { Micros } from "../../values/time.ts";
import { Advertiser } from "./advertiser.ts";
import type { Authenticity } from "./authenticity.ts";
import type { ChecksumRules } from "./checksum-rules.ts";
import type { InterfaceFacts, VrrpEffect } from "./contract.ts";
import type { Counters } from "./counters.ts";
import { type Definition, sourceOf } from "./definition.ts";
import type { Services } from "./services.ts";

type Open = Extract<VrrpEffect, { readonly type: "open" }>;

const ETHERNET_MTU = 1500;

/** How an instance reaches the others: its socket, as its interface allows, and the adverts that it sends there. */
export class Channel {
  #definition: Definition;
  #facts: InterfaceFacts | undefined;
  #base: InterfaceFacts | undefined;
  #source: string | undefined;
  #open: Open | undefined;
  readonly #services: Services;
  readonly #counters: Counters;
  readonly #advertiser: Advertiser;

  constructor(
    definition: Definition,
    services: Services,
    counters: Counters,
    rules: ChecksumRules,
    authenticity: Authenticity,
  ) {
    this.#definition = definition;
    this.#services = services;
    this.#counters = counters;
    this.#advertiser = new Advertiser(definition, rules, authenticity);
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
    this.setFacts(this.#facts, this.#base);
  }

  /** Takes over what is known of the interface and the one below, and opens or closes the socket as that allows. */
  setFacts(facts: InterfaceFacts | undefined, base: InterfaceFacts | undefined): void {
    this.#facts = facts;
    this.#base = base;
    this.#source = sourceOf(this.#definition, facts, base);
    this.#reopen();
  }

  /** Sends one advert; 0 resigns. Nothing happens while there is no socket. */
  send(priority: number, now: Micros): void {
    if (this.#source === undefined || this.#open === undefined) return;
    this.#services.emit(this.#advertiser.effect(priority, this.#source, now));
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
    const { config, device, family, group, hops, headerKey } = this.#definition;
    const { ifindex } = this;
    const receiveBuffer = this.#receiveBuffer();
    const source = this.#source;
    const missing = device !== undefined && ifindex === 0;
    if (missing) this.close();
    if (missing || source === undefined) return;
    const open: Open = {
      type: "open",
      instance: config.name,
      family,
      interface: device ?? "",
      ifindex,
      ...(group === undefined ? {} : { group }),
      source,
      ...(hops === 255 ? {} : { hops }),
      ...(headerKey === undefined ? {} : { authenticated: true as const }),
      ...(receiveBuffer === undefined ? {} : { receiveBuffer }),
    };
    if (JSON.stringify(open) === JSON.stringify(this.#open)) return;
    this.#open = open;
    this.#services.emit(open);
  }

  /** Bytes that this instance adds to the buffer of its socket. */
  #receiveBuffer(): number | undefined {
    const { receiveBuffer } = this.#definition;
    if (receiveBuffer === undefined) return undefined;
    if ("bytes" in receiveBuffer) return receiveBuffer.bytes;
    return receiveBuffer.mtus * (this.#facts?.mtu ?? ETHERNET_MTU);
  }
}
