import type { Micros } from "../values/time.ts";

interface Entry<T> {
  readonly timer: T;
  at: Micros;
  /** Earlier set, earlier due among equals: what a machine does never depends on chance. */
  order: number;
  /** Its place in the heap. */
  place: number;
}

/** Sons of a node: with four the heap is half as deep as with two, and most moves are of a timer that goes far back. */
const SONS = 4;

/**
 * The deadlines of a machine: a heap of timers, each of which has at most one. A timer is any value that is compared by
 * identity; setting one again moves it and allocates nothing. Costs grow with the logarithm of their number.
 */
export class DeadlineQueue<T> {
  readonly #heap: Entry<T>[] = [];
  readonly #entries = new Map<T, Entry<T>>();
  /** Taken out of the heap, but not yet forgotten: most timers are set again as soon as they have gone off. */
  #taken: Entry<T> | undefined;
  #orders = 0;

  /** Sets or moves a timer's deadline. */
  set(timer: T, at: Micros): void {
    this.#orders += 1;
    let entry = this.#entries.get(timer);
    if (entry === undefined) {
      entry = { timer, at, order: this.#orders, place: this.#heap.length };
      this.#entries.set(timer, entry);
      this.#heap.push(entry);
    } else {
      entry.at = at;
      entry.order = this.#orders;
      if (entry === this.#taken) {
        this.#taken = undefined;
        entry.place = this.#heap.length;
        this.#heap.push(entry);
      }
    }
    this.#settle(entry);
  }

  /** Takes a timer's deadline away; nothing happens when it has none. */
  cancel(timer: T): void {
    const entry = this.#entries.get(timer);
    if (entry === undefined || entry === this.#taken) return;
    this.#entries.delete(timer);
    this.#lift(entry);
  }

  /** The deadline of a timer, or undefined while it has none. */
  deadlineOf(timer: T): Micros | undefined {
    const entry = this.#entries.get(timer);
    return entry === this.#taken ? undefined : entry?.at;
  }

  /** The earliest deadline, or undefined while there is none. */
  next(): Micros | undefined {
    return this.#heap[0]?.at;
  }

  /** Takes out the earliest timer that is due at `now`; undefined when none is. What it gives holds until the next call. */
  take(now: Micros): { readonly timer: T; readonly at: Micros } | undefined {
    if (this.#taken !== undefined) this.#entries.delete(this.#taken.timer);
    this.#taken = undefined;
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    this.#lift(first);
    this.#taken = first;
    return first;
  }

  /** Takes an entry out of the heap. */
  #lift(entry: Entry<T>): void {
    const last = this.#heap.pop();
    if (last === undefined || last === entry) return;
    last.place = entry.place;
    this.#heap[last.place] = last;
    this.#settle(last);
  }

  /** Moves an entry up or down to where it belongs. */
  #settle(entry: Entry<T>): void {
    if (!this.#rise(entry)) this.#sink(entry);
  }

  #rise(entry: Entry<T>): boolean {
    const from = entry.place;
    while (entry.place > 0) {
      const parent = this.#heap[Math.floor((entry.place - 1) / SONS)];
      if (parent === undefined || !earlier(entry, parent)) break;
      this.#swap(entry, parent);
    }
    return entry.place !== from;
  }

  #sink(entry: Entry<T>): void {
    for (;;) {
      const first = SONS * entry.place + 1;
      let least = entry;
      for (let place = first; place < first + SONS; place++) {
        const son = this.#heap[place];
        if (son === undefined) break;
        if (earlier(son, least)) least = son;
      }
      if (least === entry) return;
      this.#swap(least, entry);
    }
  }

  /** Puts `upper` into the place of `lower`, which is right above it, and the other way round. */
  #swap(upper: Entry<T>, lower: Entry<T>): void {
    const place = lower.place;
    lower.place = upper.place;
    upper.place = place;
    this.#heap[place] = upper;
    this.#heap[lower.place] = lower;
  }
}

function earlier<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.at !== b.at ? a.at < b.at : a.order < b.order;
}
