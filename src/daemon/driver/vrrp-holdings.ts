import type { Route, Rule, VirtualAddress } from "../../config/config.ts";
import type { Claims } from "../../core/vrrp/claims.ts";
import type { VrrpEffect } from "../../core/vrrp/contract.ts";
import type { Closable, InterfaceAddress, Kernel, Link } from "../../kernel/ports.ts";
import type { Change } from "../../plan/plan.ts";
import { IprouteNames } from "../iproute-names.ts";
import type { Log } from "../log/log.ts";
import { type Held, type Loss, STATIC } from "./held.ts";
import { type Interfaces, VRRP_PROTOCOL } from "./interfaces.ts";
import { leftovers } from "./leftovers.ts";
import type { StaticList } from "./static-list.ts";
import { StaticObjects } from "./static-objects.ts";
import type { Host } from "./unresolved.ts";
import { VrrpAddresses } from "./vrrp-addresses.ts";
import { vrrpRoutes } from "./vrrp-routes.ts";
import { vrrpRules } from "./vrrp-rules.ts";

/** Effects about what instances hold. */
export type HoldingEffect = Extract<
  VrrpEffect,
  {
    readonly type:
      | "add-addresses"
      | "remove-addresses"
      | "add-routes"
      | "remove-routes"
      | "add-rules"
      | "remove-rules";
  }
>;

/** Who is told of what somebody else took away from an instance. */
export interface HoldingListener {
  addressRemoved(ifindex: number, address: string): void;
  holdingRemoved(instance: string, what: string): void;
}

/** What VRRP has in the kernel: addresses, routes and rules of masters, and those that are always there. */
export class VrrpHoldings {
  readonly #kernel: Kernel;
  readonly #listener: HoldingListener;
  readonly #addresses: VrrpAddresses;
  readonly #routes: ReturnType<typeof vrrpRoutes>;
  readonly #rules: ReturnType<typeof vrrpRules>;
  readonly #statics: StaticObjects;
  readonly #log: Log;
  #names = new IprouteNames({});
  #started = false;
  /** What an earlier run that was killed may have left. */
  #earlier: Claims | undefined;
  /** Of routes and rules, once there are any to look after. */
  readonly #monitors = new Map<"routes" | "rules", Closable>();

  constructor(kernel: Kernel, interfaces: Interfaces, log: Log, listener: HoldingListener) {
    this.#kernel = kernel;
    this.#log = log;
    this.#listener = listener;
    const names = () => this.#names;
    const host: Host = {
      get names() {
        return names();
      },
      ifindex: (name) => interfaces.named(name)?.index,
    };
    this.#addresses = new VrrpAddresses(kernel, interfaces, log);
    this.#routes = vrrpRoutes(kernel, host, log);
    this.#rules = vrrpRules(kernel, host, log);
    const holders = { addresses: this.#addresses, routes: this.#routes, rules: this.#rules };
    this.#statics = new StaticObjects(holders, kernel.links, log);
  }

  /** Before the machine gets a plan. */
  begin(changes: readonly Change[]): void {
    for (const { object, after } of changes) {
      if (object !== "global_defs" || after === undefined) continue;
      const { iproute_usr_dir: usr, iproute_etc_dir: etc } = after;
      this.#names = new IprouteNames({
        ...(usr !== undefined && { usr }),
        ...(etc !== undefined && { etc }),
      });
    }
    this.#watchFor(changes);
    this.#statics.begin(changes);
  }

  /** After the machine had it. */
  end(changes: readonly Change[]): void {
    this.#statics.end(changes);
    if (this.#started) return;
    this.#started = true;
    const held = { addresses: this.#addresses, routes: this.#routes, rules: this.#rules };
    for (const { text, remove } of leftovers(this.#kernel, held, this.#earlier)) {
      if (remove === undefined) {
        this.#log.warn(`${text} is marked as keepalived's and is not in this configuration: left as it is`);
        continue;
      }
      this.#log.info(`Removing ${text}, left by an earlier run`);
      remove();
    }
    this.#earlier = undefined;
  }

  /** Before the first plan: what an earlier run may have left. */
  inherit(earlier: Claims): void {
    this.#earlier = earlier;
  }

  /** What is always there. */
  get statics(): Claims {
    const { addresses, routes, rules } = this.#statics;
    return { addresses: addresses.items, routes: routes.items, rules: rules.items };
  }

  /** `on` is the interface of the instance, for addresses that name none. */
  carryOut(effect: HoldingEffect, on: string): void {
    switch (effect.type) {
      case "add-addresses":
        this.#addresses.add(placed(effect.addresses, on), effect.instance);
        break;
      case "remove-addresses":
        this.#addresses.remove(placed(effect.addresses, on), effect.instance);
        break;
      case "add-routes":
        this.#routes.add(effect.routes, effect.instance);
        break;
      case "remove-routes":
        this.#routes.remove(effect.routes, effect.instance);
        break;
      case "add-rules":
        this.#rules.add(effect.rules, effect.instance);
        break;
      case "remove-rules":
        this.#rules.remove(effect.rules, effect.instance);
        break;
    }
  }

  /** An address left an interface that is still there, whoever removed it. */
  addressRemoved(told: InterfaceAddress): void {
    const loss = this.#addresses.lost(told);
    if (loss === undefined || loss.item.no_track) return;
    if (loss.owner === STATIC) this.#statics.addresses.lost(loss.item);
    else this.#listener.addressRemoved(told.ifindex, told.address);
  }

  linkSeen(link: Link): void {
    this.#statics.linkSeen(link);
  }

  linkGone(index: number): void {
    this.#statics.linkGone(index);
  }

  close(): void {
    for (const monitor of this.#monitors.values()) monitor.close();
    this.#monitors.clear();
  }

  /** Nobody listens to the kernel's routes for nothing: there may be a million. */
  #watchFor(changes: readonly Change[]): void {
    const has = (...objects: readonly Change["object"][]) =>
      changes.some(({ object, after }) => objects.includes(object) && after !== undefined);
    if (!this.#monitors.has("routes") && has("virtual_route", "static_route")) {
      const monitor = this.#kernel.routes.monitor(VRRP_PROTOCOL, (event) => {
        if (event.type === "route-removed")
          this.#lostOne("route", this.#routes, this.#statics.routes, event.route);
        else if (event.type === "lost") this.#lostSome("route", this.#routes, this.#statics.routes);
      });
      this.#monitors.set("routes", monitor);
    }
    if (!this.#monitors.has("rules") && has("virtual_rule", "static_rule")) {
      const monitor = this.#kernel.rules.monitor(VRRP_PROTOCOL, (event) => {
        if (event.type === "rule-removed")
          this.#lostOne("rule", this.#rules, this.#statics.rules, event.rule);
        else if (event.type === "lost") this.#lostSome("rule", this.#rules, this.#statics.rules);
      });
      this.#monitors.set("rules", monitor);
    }
  }

  #lostOne<T extends Route | Rule, E>(what: string, held: Held<T, E>, statics: StaticList<T>, told: E): void {
    const loss = held.lost(told);
    if (loss !== undefined) this.#report(what, held, statics, loss);
  }

  #lostSome<T extends Route | Rule, E>(what: string, held: Held<T, E>, statics: StaticList<T>): void {
    for (const loss of held.allLost()) this.#report(what, held, statics, loss);
  }

  #report<T extends Route | Rule, E>(
    what: string,
    held: Held<T, E>,
    statics: StaticList<T>,
    { owner, item }: Loss<T>,
  ): void {
    if (item.no_track) return;
    if (owner === STATIC) statics.lost(item);
    else this.#listener.holdingRemoved(owner, `${what} ${held.text(item)}`);
  }
}

const placed = (addresses: readonly VirtualAddress[], on: string): VirtualAddress[] =>
  addresses.map((address) => ({ ...address, dev: address.dev ?? on }));
