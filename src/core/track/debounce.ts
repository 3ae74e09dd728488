import type { UpDownDelay } from "../../config/config.ts";
import type { Micros } from "../../values/time.ts";
import type { DeadlineQueue } from "../timers.ts";
import type { Timer } from "./script-tracker.ts";

/** What is believed and what is told of an interface; more facts may be with it. */
interface Facts {
  readonly name: string;
  /** 0 when it does not exist. */
  readonly ifindex: number;
  readonly running: boolean;
}

/** An instance on an interface: it must not become master while its dead interface still counts as up. */
export interface Bound {
  readonly interface: string | undefined;
  readonly advertInterval: Micros;
  /** down_timer_adverts */
  readonly adverts: number;
  /** The interface on top of it that the instance has made for itself: it has the same delays. */
  readonly own?: string | undefined;
}

/** The longest down delay that an instance allows: one advert interval less than a silent master is waited for. */
const allowedBy = ({ adverts, advertInterval }: Bound): Micros =>
  (adverts - 1) * advertInterval - Math.round(advertInterval / 256);

/** The delays in force: a down delay is shortened to what every instance on the interface allows. */
export function boundedDelays(
  delays: Iterable<UpDownDelay>,
  instances: readonly Bound[],
): ReadonlyMap<string, UpDownDelay> {
  const all = new Map<string, UpDownDelay>();
  for (const delay of delays) {
    const bounds = instances.filter((each) => each.interface === delay.interface);
    const impossible = bounds.some(({ adverts }) => adverts === 1);
    const bounded = impossible
      ? { ...delay, downDelay: 0, upDelay: 0 }
      : { ...delay, downDelay: Math.min(delay.downDelay, ...bounds.map(allowedBy)) };
    all.set(delay.interface, bounded);
    for (const { own } of bounds) if (own !== undefined) all.set(own, bounded);
  }
  return all;
}

/** An interface whose change is not believed yet. */
interface Pending {
  readonly timer: Timer;
  running: boolean;
}

/**
 * interface_up_down_delays: an interface has to be down, or up, for a while to count as such. One that comes or goes
 * altogether counts at once.
 */
export class Debouncer<F extends Facts> {
  readonly #timers: DeadlineQueue<Timer>;
  readonly #settled: (name: string, running: boolean, now: Micros) => void;
  readonly #pending = new Map<string, Pending>();
  #delays: ReadonlyMap<string, UpDownDelay> = new Map();

  /** `settled` is called when a change that was delayed counts. */
  constructor(timers: DeadlineQueue<Timer>, settled: (name: string, running: boolean, now: Micros) => void) {
    this.#timers = timers;
    this.#settled = settled;
  }

  /** Takes over other delays; what is pending keeps its own. */
  configure(delays: ReadonlyMap<string, UpDownDelay>): void {
    this.#delays = delays;
  }

  /** The facts to go by: as told, but for the state while its change is delayed. */
  admit(told: F, believed: F | undefined, now: Micros): F {
    const delay = this.#delays.get(told.name);
    const there = believed !== undefined && believed.ifindex !== 0 && told.ifindex !== 0;
    if (delay === undefined || !there || told.running === believed.running) {
      this.#forget(told.name);
      return told;
    }
    const duration = told.running ? delay.upDelay : delay.downDelay;
    if (duration <= 0) {
      this.#forget(told.name);
      return told;
    }
    if (!this.#pending.has(told.name)) {
      const timer: Timer = (_due, at) => {
        this.#pending.delete(told.name);
        this.#settled(told.name, told.running, at);
      };
      this.#pending.set(told.name, { timer, running: told.running });
      this.#timers.set(timer, now + duration);
    }
    return { ...told, running: believed.running };
  }

  #forget(name: string): void {
    const pending = this.#pending.get(name);
    if (pending === undefined) return;
    this.#timers.cancel(pending.timer);
    this.#pending.delete(name);
  }
}
