import type { VirtualAddress } from "../../config/config.ts";
import type { Micros } from "../../values/time.ts";
import type { Timer } from "../track/script-tracker.ts";
import type { Services } from "./services.ts";

/** One gratuitous ARP that waits for its turn. */
interface Queued {
  readonly instance: string;
  readonly address: VirtualAddress;
}

/** The gratuitous ARPs of one interface, a gap apart. */
class Pace {
  readonly queue: Queued[] = [];
  readonly timer: Timer;

  constructor(send: (pace: Pace, due: Micros) => void) {
    this.timer = (due) => send(this, due);
  }
}

/** Sends sets of gratuitous ARPs: at once, or with vrrp_garp_interval one after the other on each interface. */
export class Announcer {
  /** vrrp_garp_interval, microseconds; 0 for no gap. */
  gap: Micros = 0;
  readonly #services: Services;
  readonly #paces = new Map<string, Pace>();

  constructor(services: Services) {
    this.#services = services;
  }

  /** Announces each address `repeat` times on the device that it is on. */
  announce(
    instance: string,
    device: string,
    addresses: readonly VirtualAddress[],
    repeat: number,
    now: Micros,
  ): void {
    if (addresses.length === 0) return;
    for (const { address, dev } of addresses) {
      const what = address.includes(":") ? "Unsolicited Neighbour Adverts" : "gratuitous ARPs";
      const message = `(${instance}) Sending/queueing ${what} on ${dev ?? device} for ${address}`;
      this.#services.emit({ type: "log", level: "info", message });
    }
    for (let set = 0; set < repeat; set++) {
      if (this.gap === 0) this.#services.emit({ type: "gratuitous-arp", instance, addresses });
      else for (const address of addresses) this.#enqueue(address.dev ?? device, { instance, address }, now);
    }
  }

  /** Forgets what an instance still wanted to send: it no longer holds the addresses. */
  forget(instance: string): void {
    for (const { queue } of this.#paces.values()) {
      for (let i = queue.length - 1; i >= 0; i--) if (queue[i]?.instance === instance) queue.splice(i, 1);
    }
  }

  #enqueue(device: string, queued: Queued, now: Micros): void {
    const pace = this.#paces.get(device) ?? new Pace((each, due) => this.#send(each, due));
    this.#paces.set(device, pace);
    pace.queue.push(queued);
    if (this.#services.timers.deadlineOf(pace.timer) === undefined) this.#send(pace, now);
  }

  #send(pace: Pace, due: Micros): void {
    const next = pace.queue.shift();
    if (next === undefined) return;
    const { instance, address } = next;
    this.#services.emit({ type: "gratuitous-arp", instance, addresses: [address] });
    // Also after the last: what comes next must keep the distance to it.
    this.#services.timers.set(pace.timer, due + this.gap);
  }
}
