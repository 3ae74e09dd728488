import type { Route, Rule } from "../../config/config.ts";
import type { Micros } from "../../values/time.ts";
import { diffAddresses } from "./addresses.ts";
import type { Announcer } from "./announcer.ts";
import type { Definition } from "./definition.ts";
import { Gratuitous } from "./gratuitous.ts";
import { diffHeld } from "./holdings-diff.ts";
import type { InstanceLog } from "./instance-log.ts";
import type { Services } from "./services.ts";

const NOTHING = { routes: [], rules: [] } as const;

/** What an instance holds while it is master: virtual addresses, the announcements of them, routes and rules. */
export class Holdings {
  /** What `settle` gives up. */
  #superseded: { readonly routes: readonly Route[]; readonly rules: readonly Rule[] } = NOTHING;
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
    const { all, routes, rules } = this.#definition;
    if (all.length > 0) {
      this.#logAddresses("setting");
      this.#services.emit({ type: "add-addresses", instance: this.#name, addresses: all });
    }
    this.#addRoutes(routes);
    this.#addRules(rules);
    this.#gratuitous.begin(all, now);
  }

  /** No longer master. */
  release(): void {
    this.#gratuitous.end();
    this.clear();
  }

  /** Takes away what may be there, held or left by an earlier run. */
  clear(): void {
    const { all, routes, rules } = this.#definition;
    this.#removeRules(rules);
    this.#removeRoutes(routes);
    if (all.length === 0) return;
    this.#logAddresses("removing");
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

  /** A master takes the routes and rules that the definition before did not have; what stays is not touched. */
  reroute(before: Definition): void {
    const routes = diffHeld(before.routes, this.#definition.routes);
    const rules = diffHeld(before.rules, this.#definition.rules);
    this.#addRoutes(routes.added);
    this.#addRules(rules.added);
    this.#superseded = { routes: routes.removed, rules: rules.removed };
  }

  /**
   * Gives up the routes and rules that the definition before had and this one has not. Done when every instance has
   * taken its new ones: packets always have a way, and what moves between instances stays where it is.
   */
  settle(): void {
    const { routes, rules } = this.#superseded;
    this.#superseded = NOTHING;
    this.#removeRules(rules);
    this.#removeRoutes(routes);
  }

  /** A master takes the addresses that the definition before did not have. */
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

  #addRoutes(routes: readonly Route[]): void {
    if (routes.length === 0) return;
    this.#log.info("setting Virtual Routes");
    this.#services.emit({ type: "add-routes", instance: this.#name, routes });
  }

  #removeRoutes(routes: readonly Route[]): void {
    if (routes.length === 0) return;
    this.#log.info("removing Virtual Routes");
    this.#services.emit({ type: "remove-routes", instance: this.#name, routes });
  }

  #addRules(rules: readonly Rule[]): void {
    if (rules.length === 0) return;
    this.#log.info("setting Virtual Rules");
    this.#services.emit({ type: "add-rules", instance: this.#name, rules });
  }

  #removeRules(rules: readonly Rule[]): void {
    if (rules.length === 0) return;
    this.#log.info("removing Virtual Rules");
    this.#services.emit({ type: "remove-rules", instance: this.#name, rules });
  }

  /** keepalived sets up the addresses that stand in no advert apart, and says so. */
  #logAddresses(verb: "setting" | "removing"): void {
    const { addresses, excluded } = this.#definition;
    if (addresses.length > 0) this.#log.info(`${verb} VIPs.`);
    if (excluded.length > 0) this.#log.info(`${verb} E-VIPs.`);
  }

  get #name(): string {
    return this.#definition.config.name;
  }
}
