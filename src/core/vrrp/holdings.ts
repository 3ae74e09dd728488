import type { Micros } from "../../values/time.ts";
import { diffAddresses } from "./addresses.ts";
import type { Announcer } from "./announcer.ts";
import type { Definition } from "./definition.ts";
import { Gratuitous } from "./gratuitous.ts";
import type { InstanceLog } from "./instance-log.ts";
import type { Services } from "./services.ts";

/** What an instance holds while it is master: its virtual addresses, and the announcements of them. */
export class Holdings {
  #definition: Definition;
  readonly #services: Services;
  readonly #log: InstanceLog;
  readonly #gratuitous: Gratuitous;

  constructor(definition: Definition, services: Services, announcer: Announcer, log: InstanceLog) {
    this.#definition = definition;
    this.#services = services;
    this.#log = log;
    this.#gratuitous = new Gratuitous(definition.config, services, announcer);
  }

  /** Takes over a changed definition; what a master holds changes with `change`. */
  configure(definition: Definition, master: boolean, now: Micros): void {
    this.#definition = definition;
    this.#gratuitous.configure(definition.config, master, now);
  }

  /** On becoming master. */
  take(now: Micros): void {
    const { all } = this.#definition;
    if (all.length > 0) {
      this.#log.info("setting VIPs.");
      this.#services.emit({ type: "add-addresses", instance: this.#name, addresses: all });
    }
    this.#gratuitous.begin(all, now);
  }

  /** No longer master. */
  release(): void {
    this.#gratuitous.end();
    this.clear();
  }

  /** Takes away what may be there, held or left by an earlier run. */
  clear(): void {
    const { all } = this.#definition;
    if (all.length === 0) return;
    this.#log.info("removing VIPs.");
    this.#services.emit({ type: "remove-addresses", instance: this.#name, addresses: all });
  }

  /**
   * A master gives up what the next definition does not have. Done for all instances before any of them takes its
   * definition over, because an address may move from one to another.
   */
  withdraw(next: Definition): void {
    const { removed } = diffAddresses(this.#definition.all, next.all);
    if (removed.length === 0) return;
    for (const { address, prefixLength, dev } of removed) {
      this.#log.info(`ip address ${address}/${prefixLength} dev ${dev}, no longer exist`);
    }
    this.#services.emit({ type: "remove-addresses", instance: this.#name, addresses: removed });
  }

  /** Whether a master holds something else under the definition in force than under the one before. */
  differs(before: Definition): boolean {
    const { removed, added } = diffAddresses(before.all, this.#definition.all);
    return removed.length + added.length > 0;
  }

  /** A master takes what the definition before did not have. */
  change(before: Definition, now: Micros): void {
    const { all } = this.#definition;
    const { added } = diffAddresses(before.all, all);
    if (added.length > 0) {
      this.#log.info("setting VIPs.");
      this.#services.emit({ type: "add-addresses", instance: this.#name, addresses: added });
    }
    this.#gratuitous.change(all, added, now);
  }

  /** A master of lower priority was heard: what is held is announced again. */
  reclaim(now: Micros): void {
    this.#gratuitous.reclaim(now);
  }

  get #name(): string {
    return this.#definition.config.name;
  }
}
