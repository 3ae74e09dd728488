import { KernelError } from "../../kernel/ports.ts";
import type { Log } from "../log/log.ts";
import { Unresolved } from "./unresolved.ts";

/** The owner of what is there as long as the daemon. Instances have names of at least one letter. */
export const STATIC = "";

/** How one sort of thing is put into the kernel and found there again. */
export interface Port<Item, Entry> {
  /** "address", "route", "rule": for the log. */
  readonly what: string;
  text(item: Item): string;
  /** Throws Unresolved for a name that means nothing here, now. */
  resolve(item: Item): Entry;
  /** Equal for two entries that the kernel takes for one. */
  key(entry: Entry): string;
  /** `held`: the entries that we have there. Throws KernelError. */
  add(entry: Entry, held: Iterable<Entry>): void;
  /** Throws KernelError. */
  delete(entry: Entry, held: Iterable<Entry>): void;
  /** Whether what the kernel tells of is this entry: it fills in what was left open. */
  matches(entry: Entry, told: Entry): boolean;
  /** Everything there that could be ours. */
  list(): readonly Entry[];
}

interface Holding<Item, Entry> {
  readonly owner: string;
  readonly item: Item;
  readonly entry: Entry;
}

/** Something that is gone and was not taken away by us. */
export type Loss<Item> = { readonly owner: string; readonly item: Item };

/** How adding ended: it is new, it was there already, it could not be done. */
type Outcome = "added" | "present" | "refused";

/** Refusals that mean it is as wanted already. */
const THERE = "EEXIST";
const GONE: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "ESRCH", "ENOENT", "ENODEV"]);

/**
 * What we hold of one sort of thing in the kernel, and for whom. What two want is there for the last who asked: when
 * something moves between owners, the first one's giving up does not take it away.
 */
export class Held<Item, Entry> {
  readonly #port: Port<Item, Entry>;
  readonly #log: Log;
  readonly #holdings = new Map<string, Holding<Item, Entry>>();

  constructor(port: Port<Item, Entry>, log: Log) {
    this.#port = port;
    this.#log = log;
  }

  get size(): number {
    return this.#holdings.size;
  }

  /** As they are in the kernel. */
  *entries(): Iterable<Entry> {
    for (const { entry } of this.#holdings.values()) yield entry;
  }

  /** Whether we have this in the kernel. */
  holds(told: Entry): boolean {
    for (const { entry } of this.#holdings.values()) if (this.#port.matches(entry, told)) return true;
    return false;
  }

  /** Which of these items each of these things in the kernel is, where it is one of them. */
  find(items: readonly Item[], told: readonly Entry[]): ReadonlyMap<Entry, Item> {
    const entries = items.flatMap((item) => {
      const entry = this.#resolve(item, "remove");
      return entry === undefined ? [] : [{ item, entry }];
    });
    const found = new Map<Entry, Item>();
    for (const one of told) {
      const known = entries.find(({ entry }) => this.#port.matches(entry, one));
      if (known !== undefined) found.set(one, known.item);
    }
    return found;
  }

  text(item: Item): string {
    return this.#port.text(item);
  }

  add(items: readonly Item[], owner: string): void {
    for (const item of items) this.#add(item, owner);
  }

  /** Also takes away what is there of an earlier run. */
  remove(items: readonly Item[], owner: string): void {
    for (const item of items) this.#remove(item, owner);
  }

  /** Whose something was that the kernel says is gone; undefined when it is nobody's, or still there. */
  lost(told: Entry): Loss<Item> | undefined {
    for (const [key, { owner, item, entry }] of this.#holdings) {
      if (!this.#port.matches(entry, told)) continue;
      // We may have taken it away ourselves, and put it there again since.
      if (this.#port.list().some((there) => this.#port.matches(entry, there))) return undefined;
      this.#holdings.delete(key);
      return { owner, item };
    }
    return undefined;
  }

  /** Everything that is gone, when nobody could be told one by one. */
  allLost(): Loss<Item>[] {
    const there = this.#port.list();
    const losses: Loss<Item>[] = [];
    for (const [key, { owner, item, entry }] of [...this.#holdings]) {
      if (there.some((one) => this.#port.matches(entry, one))) continue;
      this.#holdings.delete(key);
      losses.push({ owner, item });
    }
    return losses;
  }

  /** Puts something back; true when it was not there, and is now. */
  restore(item: Item, owner: string): boolean {
    return this.#add(item, owner) === "added";
  }

  #add(item: Item, owner: string): Outcome {
    const entry = this.#resolve(item, "add");
    if (entry === undefined) return "refused";
    const key = this.#port.key(entry);
    const before = this.#holdings.get(key);
    this.#holdings.set(key, { owner, item, entry });
    try {
      this.#port.add(entry, this.#others(key));
      return "added";
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      if (error.code === THERE) {
        if (before === undefined) this.#log.debug(`${this.#name(item)} is there already`);
        return "present";
      }
      this.#holdings.delete(key);
      this.#log.warn(`Cannot add ${this.#name(item)}: ${error.code}`);
      return "refused";
    }
  }

  #remove(item: Item, owner: string): void {
    const entry = this.#resolve(item, "remove");
    if (entry === undefined) return;
    const key = this.#port.key(entry);
    const holding = this.#holdings.get(key);
    if (holding !== undefined && holding.owner !== owner) return;
    this.#holdings.delete(key);
    try {
      this.#port.delete(entry, this.#others(key));
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      if (!GONE.has(error.code)) this.#log.warn(`Cannot remove ${this.#name(item)}: ${error.code}`);
      else this.#log.debug(`${this.#name(item)}: nothing to remove (${error.code})`);
    }
  }

  *#others(key: string): Iterable<Entry> {
    for (const [other, { entry }] of this.#holdings) if (other !== key) yield entry;
  }

  #resolve(item: Item, verb: "add" | "remove"): Entry | undefined {
    try {
      return this.#port.resolve(item);
    } catch (error) {
      if (!(error instanceof Unresolved)) throw error;
      if (verb === "add") this.#log.warn(`Cannot add ${this.#name(item)}: ${error.message}`);
      return undefined;
    }
  }

  #name(item: Item): string {
    return `${this.#port.what} ${this.#port.text(item)}`;
  }
}
