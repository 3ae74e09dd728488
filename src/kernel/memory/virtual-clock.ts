import type { Micros } from "../../values/time.ts";
import type { Closable } from "../ports.ts";

interface Scheduled {
  readonly at: Micros;
  readonly order: number;
  readonly callback: () => void;
  cancelled: boolean;
}

const before = (a: Scheduled, b: Scheduled) => a.at < b.at || (a.at === b.at && a.order < b.order);

/**
 * Time that stands still until it is told to advance. What is scheduled happens in order of its time, and of its
 * scheduling where times are equal: the same seed gives the same run. Shared by all kernels of a network.
 */
export class VirtualClock {
  /** A binary heap, earliest first. */
  readonly #heap: Scheduled[] = [];
  #now: Micros;
  #order = 0;

  constructor(start: Micros = 0) {
    this.#now = start;
  }

  now(): Micros {
    return this.#now;
  }

  /** Calls back when time reaches `at`, or at the next advance when it is past. */
  schedule(at: Micros, callback: () => void): Closable {
    const scheduled: Scheduled = {
      at: Math.max(at, this.#now),
      order: this.#order++,
      callback,
      cancelled: false,
    };
    this.#push(scheduled);
    return {
      close: () => {
        scheduled.cancelled = true;
      },
    };
  }

  /** When the next thing happens; undefined when nothing is scheduled. */
  next(): Micros | undefined {
    while (this.#heap[0]?.cancelled) this.#pop();
    return this.#heap[0]?.at;
  }

  /** Lets everything up to and including `time` happen, then stands at `time`. */
  advanceTo(time: Micros): void {
    for (let at = this.next(); at !== undefined && at <= time; at = this.next()) {
      this.#now = at;
      this.#pop()?.callback();
    }
    this.#now = Math.max(this.#now, time);
  }

  advanceBy(duration: Micros): void {
    this.advanceTo(this.#now + duration);
  }

  #push(scheduled: Scheduled): void {
    const heap = this.#heap;
    let place = heap.push(scheduled) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (!above || !before(scheduled, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = scheduled;
  }

  #pop(): Scheduled | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      let below = heap[child];
      const right = heap[child + 1];
      if (below && right && before(right, below)) {
        child++;
        below = right;
      }
      if (!below || !before(below, last)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = last;
    return first;
  }
}
