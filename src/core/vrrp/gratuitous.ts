import type { VirtualAddress, VrrpInstance } from "../../config/config.ts";
import type { Micros } from "../../values/time.ts";
import type { Timer } from "../track/script-tracker.ts";
import type { Announcer } from "./announcer.ts";
import type { Services } from "./services.ts";

/** Gratuitous ARPs of one instance while it is master: the first set, the delayed second one, refreshes. */
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

  constructor(config: VrrpInstance, services: Services, announcer: Announcer) {
    this.#config = config;
    this.#services = services;
    this.#announcer = announcer;
  }

  /** Takes over changed keywords; a running refresh is armed or stopped as they say. */
  configure(config: VrrpInstance, master: boolean, now: Micros): void {
    const before = this.#config.garp_master_refresh;
    this.#config = config;
    if (master && before !== config.garp_master_refresh) this.#armRefresh(now);
  }

  /** On becoming master. */
  begin(addresses: readonly VirtualAddress[], now: Micros): void {
    const { garp_master_repeat, garp_master_delay } = this.#config;
    this.#addresses = addresses;
    this.#burst(addresses, garp_master_repeat, garp_master_delay, now);
    this.#armRefresh(now);
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
}
