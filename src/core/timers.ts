import type { Micros } from "../values/time.ts";

interface Entry<T> {
  readonly timer: T;
  at: Micros;
  /** Earlier set, earlier due among equals: what a machine does never depends on chance. */
  order: number;
}

/**
 * The deadlines of a machine: a binary heap of timers, each of which has at most one. A timer is any value that is
 * compared by identity; setting one again moves it and allocates nothing.
 */
export class DeadlineQueue<T> {
  readonly #heap: Entry<T>[] = [];
  readonly #entries = new Map<T, Entry<T>>();
  readonly #positions = new Map<Entry<T>, number>();
  #orders = 0;

  /** Sets or moves a timer's deadline. */
  set(timer: T, at: Micros): void {
    const known = this.#entries.get(timer);
    const entry = known ?? { timer, at, order: 0 };
    this.#orders += 1;
    entry.at = at;
    entry.order = this.#orders;
    if (known === undefined) {
      this.#entries.set(timer, entry);
      this.#place(entry, this.#heap.length);
    }
    this.#settle(entry);
  }

  /** Takes a timer's deadline away; nothing happens when it has none. */
  cancel(timer: T): void {
    const entry = this.#entries.get(timer);
    if (entry !== undefined) this.#remove(entry);
  }

  /** The deadline of a timer, or undefined while it has none. */
  deadlineOf(timer: T): Micros | undefined {
    return this.#entries.get(timer)?.at;
  }

  /** The earliest deadline, or undefined while there is none. */
  next(): Micros | undefined {
    return this.#heap[0]?.at;
  }

  /** Takes out the earliest timer that is due at `now`; undefined when none is. */
  take(now: Micros): { readonly timer: T; readonly at: Micros } | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    this.#remove(first);
    return first;
  }

  #remove(entry: Entry<T>): void {
    const position = this.#positions.get(entry) ?? 0;
    this.#entries.delete(entry.timer);
    this.#positions.delete(entry);
    const last = this.#heap.pop();
    if (last === undefined || last === entry) return;
    this.#place(last, position);
    this.#settle(last);
  }

  #place(entry: Entry<T>, position: number): void {
    this.#heap[position] = entry;
    this.#positions.set(entry, position);
  }

  #settle(entry: Entry<T>): void {
    let position = this.#positions.get(entry) ?? 0;
    for (;;) {
      const up = (position - 1) >> 1;
      const parent = position > 0 ? this.#heap[up] : undefined;
      const above = parent !== undefined && earlier(entry, parent);
      const down = above ? -1 : this.#earliestChild(position);
      const other = above ? parent : this.#heap[down];
      if (other === undefined || (!above && !earlier(other, entry))) return;
      this.#place(other, position);
      position = above ? up : down;
      this.#place(entry, position);
    }
  }

  #earliestChild(position: number): number {
    const left = this.#heap[2 * position + 1];
    const right = this.#heap[2 * position + 2];
    const rightFirst = left !== undefined && right !== undefined && earlier(right, left);
    return 2 * position + (rightFirst ? 2 : 1);
  }
}

function earlier<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.at !== b.at ? a.at < b.at : a.order < b.order;
}
