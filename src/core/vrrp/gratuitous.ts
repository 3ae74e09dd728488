import type { VirtualAddress, VrrpInstance } from "../../config/config.ts";
import type { Micros } from "../../values/time.ts";
import type { Timer } from "../track/script-tracker.ts";
import type { Announcer } from "./announcer.ts";
import type { Services } from "./services.ts";

/**
 * Gratuitous ARPs and unsolicited neighbour advertisements of one instance while it is master: the first set, the delayed
 * second one, refreshes, and what keeps switches aware of interfaces that no advert leaves from (garp_extra_if).
 */
export class Gratuitous {
  #config: VrrpInstance;
  #addresses: readonly VirtualAddress[] = [];
  #repeat = 0;
  readonly #services: Services;
  readonly #announcer: Announcer;
  readonly #second: Timer = (_, now) => this.#announce(this.#addresses, this.#repeat, now);
  readonly #refresh: Timer = (due, now) => {
    const { garp_master_refresh_repeat, garp_master_refresh } = this.#config;
    this.#announce(this.#addresses, garp_master_refresh_repeat, now);
    const next = due + garp_master_refresh;
    this.#services.timers.set(this.#refresh, next > now ? next : now + garp_master_refresh);
  };

  readonly #extra: Timer = (due, now) => {
    this.#announce(extraAddresses(this.#config, this.#addresses), 1, now);
    const next = due + extraInterval(this.#config);
    this.#services.timers.set(this.#extra, next > now ? next : now + extraInterval(this.#config));
  };

  constructor(config: VrrpInstance, services: Services, announcer: Announcer) {
    this.#config = config;
    this.#services = services;
    this.#announcer = announcer;
  }

  /** Takes over changed keywords; a running refresh is armed or stopped as they say. */
  configure(config: VrrpInstance, master: boolean, now: Micros): void {
    const before = this.#config;
    this.#config = config;
    if (!master) return;
    if (before.garp_master_refresh !== config.garp_master_refresh) this.#armRefresh(now);
    if (extraInterval(before) !== extraInterval(config)) this.#armExtra(now);
  }

  /** On becoming master. */
  begin(addresses: readonly VirtualAddress[], now: Micros): void {
    const { garp_master_repeat, garp_master_delay } = this.#config;
    this.#addresses = addresses;
    this.#burst(addresses, garp_master_repeat, garp_master_delay, now);
    this.#armRefresh(now);
    // As keepalived, after the second set.
    this.#armExtra(now + garp_master_delay);
  }

  /** Another master of lower priority was heard: the switches may have learned the addresses there. */
  reclaim(now: Micros): void {
    const { garp_lower_prio_repeat, garp_lower_prio_delay } = this.#config;
    this.#burst(this.#addresses, garp_lower_prio_repeat, garp_lower_prio_delay, now);
  }

  /** The addresses held have changed; `added` are announced, all of them in the second set. */
  change(addresses: readonly VirtualAddress[], added: readonly VirtualAddress[], now: Micros): void {
    this.#addresses = addresses;
    if (added.length === 0) return;
    const { garp_master_repeat, garp_master_delay } = this.#config;
    this.#burst(added, garp_master_repeat, garp_master_delay, now);
  }

  /** No longer master. */
  end(): void {
    this.#services.timers.cancel(this.#second);
    this.#services.timers.cancel(this.#refresh);
    this.#services.timers.cancel(this.#extra);
    this.#announcer.forget(this.#config.name);
  }

  #burst(addresses: readonly VirtualAddress[], repeat: number, delay: Micros, now: Micros): void {
    this.#repeat = repeat;
    this.#announce(addresses, repeat, now);
    if (delay > 0) this.#services.timers.set(this.#second, now + delay);
    else this.#services.timers.cancel(this.#second);
  }

  #announce(addresses: readonly VirtualAddress[], repeat: number, now: Micros): void {
    if (repeat === 0) return;
    this.#announcer.announce(this.#config.name, this.#config.interface ?? "", addresses, repeat, now);
  }

  #armRefresh(now: Micros): void {
    const { garp_master_refresh } = this.#config;
    if (garp_master_refresh > 0) this.#services.timers.set(this.#refresh, now + garp_master_refresh);
    else this.#services.timers.cancel(this.#refresh);
  }

  #armExtra(from: Micros): void {
    const interval = extraInterval(this.#config);
    if (interval > 0) this.#services.timers.set(this.#extra, from + interval);
    else this.#services.timers.cancel(this.#extra);
  }
}

/** Microseconds; 0 for none. */
function extraInterval({ garp_extra_if }: VrrpInstance): Micros {
  return garp_extra_if?.interval ?? 0;
}

/**
 * One address of each interface other than the instance's own, the first: a switch learns a port, not an address.
 * Without `all` only of those that are VMACs.
 */
function extraAddresses(
  { interface: own, garp_extra_if }: VrrpInstance,
  addresses: readonly VirtualAddress[],
): VirtualAddress[] {
  const seen = new Set([own]);
  return addresses.filter(({ dev, use_vmac }) => {
    if (dev === undefined || seen.has(dev) || !(garp_extra_if?.all || use_vmac)) return false;
    seen.add(dev);
    return true;
  });
}
