import type { Route, Rule, VirtualAddress } from "../../config/config.ts";
import type { Link, LinkPort } from "../../kernel/ports.ts";
import type { Change } from "../../plan/plan.ts";
import type { Log } from "../log/log.ts";
import type { Held } from "./held.ts";
import { StaticList } from "./static-list.ts";

/** Where static objects are held, each with those of the instances. */
export interface Holders {
  readonly addresses: Held<VirtualAddress, unknown>;
  readonly routes: Held<Route, unknown>;
  readonly rules: Held<Rule, unknown>;
}

/**
 * Addresses, routes and rules that are there as long as the daemon. What somebody takes away is put back, as is what
 * went with an interface when that is up again; `no_track` leaves it to whoever took it.
 */
export class StaticObjects {
  readonly addresses: StaticList<VirtualAddress>;
  readonly routes: StaticList<Route>;
  readonly rules: StaticList<Rule>;
  /** Indexes of the interfaces that were running when last seen. */
  readonly #running: Set<number>;

  constructor({ addresses, routes, rules }: Holders, links: LinkPort, log: Log) {
    const running = links.list().filter((link) => link.running);
    this.#running = new Set(running.map(({ index }) => index));
    this.addresses = new StaticList("address", addresses, ({ dev }) => [dev], links, log);
    this.routes = new StaticList("route", routes, devicesOf, links, log);
    // Rules name interfaces that need not be there.
    this.rules = new StaticList("rule", rules, () => [], links, log);
  }

  /** Puts in place what comes. An address that cannot be edited goes, and comes back. */
  begin(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind === "keep" || change.after === undefined) continue;
      if (change.kind === "replace") this.#take(change);
      switch (change.object) {
        case "static_ipaddress":
          this.addresses.put(change.address, change.after);
          break;
        case "static_route":
          this.routes.put(change.address, change.after);
          break;
        case "static_rule":
          this.rules.put(change.address, change.after);
          break;
        default:
          break;
      }
    }
  }

  /** Takes away what goes, once whatever replaces it is there. */
  end(changes: readonly Change[]): void {
    for (const change of changes) if (change.kind === "delete") this.#take(change);
  }

  linkSeen({ index, name, running }: Link): void {
    const before = this.#running.has(index);
    if (running) this.#running.add(index);
    else this.#running.delete(index);
    if (before || !running) return;
    this.addresses.linkUp(name);
    this.routes.linkUp(name);
  }

  linkGone(index: number): void {
    this.#running.delete(index);
  }

  #take({ object, address }: Change): void {
    if (object === "static_ipaddress") this.addresses.take(address);
    else if (object === "static_route") this.routes.take(address);
    else if (object === "static_rule") this.rules.take(address);
  }
}

/** The interfaces that a route leads out of, as far as it names them. */
function devicesOf({ dev, nexthop = [] }: Route): (string | undefined)[] {
  return [dev, ...nexthop.map((hop) => hop.dev)].filter((name) => name !== undefined);
}
