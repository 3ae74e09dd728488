import type { VirtualAddress } from "../../config/config.ts";
import { familyOf } from "../../values/ip.ts";
import type { Micros } from "../../values/time.ts";
import type { Timer } from "../track/script-tracker.ts";
import { GarpGaps } from "./garp-gaps.ts";
import type { Services } from "./services.ts";

/** One announcement that waits for its turn. */
interface Queued {
  readonly instance: string;
  readonly address: VirtualAddress;
}

/** The announcements of one family on interfaces that keep a gap among each other. */
class Pace {
  gap: Micros = 0;
  readonly queue: Queued[] = [];
  readonly timer: Timer;

  constructor(send: (pace: Pace, due: Micros) => void) {
    this.timer = (due) => send(this, due);
  }
}

/**
 * Sends sets of gratuitous ARPs and unsolicited neighbour advertisements: at once, or where a gap is asked for one after
 * the other.
 */
export class Announcer {
  #gaps = new GarpGaps(undefined, []);
  readonly #services: Services;
  readonly #paces = new Map<string, Pace>();

  constructor(services: Services) {
    this.#services = services;
  }

  /** Takes over the configured gaps. What waits already goes on as before. */
  configure(gaps: GarpGaps): void {
    this.#gaps = gaps;
  }

  /** Announces each address `repeat` times on the device that it is on. */
  announce(
    instance: string,
    device: string,
    addresses: readonly VirtualAddress[],
    repeat: number,
    now: Micros,
  ): void {
    for (const { address, dev } of addresses) {
      const what = familyOf(address) === 6 ? "Unsolicited Neighbour Adverts" : "gratuitous ARPs";
      const message = `(${instance}) Sending/queueing ${what} on ${dev ?? device} for ${address}`;
      this.#services.emit({ type: "log", level: "info", message });
    }
    const [atOnce, paced] = this.#split(addresses, device);
    for (let set = 0; set < repeat; set++) {
      if (atOnce.length > 0) this.#services.emit({ type: "gratuitous-arp", instance, addresses: atOnce });
      for (const { address, pace } of paced) this.#enqueue(pace, { instance, address }, now);
    }
  }

  /** Forgets what an instance still wanted to send: it no longer holds the addresses. */
  forget(instance: string): void {
    for (const { queue } of this.#paces.values()) {
      for (let i = queue.length - 1; i >= 0; i--) if (queue[i]?.instance === instance) queue.splice(i, 1);
    }
  }

  #split(addresses: readonly VirtualAddress[], device: string) {
    const atOnce: VirtualAddress[] = [];
    const paced: { readonly address: VirtualAddress; readonly pace: Pace }[] = [];
    for (const address of addresses) {
      const pace = this.#paceOf(address, device);
      if (pace === undefined) atOnce.push(address);
      else paced.push({ address, pace });
    }
    return [atOnce, paced] as const;
  }

  /** The pace that an address keeps; undefined when there is no gap to keep. */
  #paceOf({ address, dev }: VirtualAddress, device: string): Pace | undefined {
    const family = familyOf(address);
    const scope = this.#gaps.of(dev ?? device);
    const gap = family === 4 ? scope.arp : scope.na;
    if (gap === 0) return undefined;
    const key = `${family} ${scope.key}`;
    const pace = this.#paces.get(key) ?? new Pace((each, due) => this.#send(each, due));
    this.#paces.set(key, pace);
    pace.gap = gap;
    return pace;
  }

  #enqueue(pace: Pace, queued: Queued, now: Micros): void {
    pace.queue.push(queued);
    if (this.#services.timers.deadlineOf(pace.timer) === undefined) this.#send(pace, now);
  }

  #send(pace: Pace, due: Micros): void {
    const next = pace.queue.shift();
    if (next === undefined) return;
    const { instance, address } = next;
    this.#services.emit({ type: "gratuitous-arp", instance, addresses: [address] });
    // Also after the last: what comes next must keep the distance to it.
    this.#services.timers.set(pace.timer, due + pace.gap);
  }
}
