import { type Clone, cloneOfOneLayout } from "../config/clone.ts";
import type { VirtualServer } from "../config/config.ts";

/*
 * Virtual servers on their way to a child. Each is written as what is otherwise than in the one before, and so is each
 * of its real servers: of tens of thousands, structured clone alone would write every name of every keyword every time,
 * and fill megabytes for one kilobyte of addresses.
 */

/** Virtual servers of one message: words for ParcelReader. Survives structured clone. */
export type Parcel = readonly unknown[];

/** Virtual servers of one parcel. */
const SIZE = 256;

/** What a word means that is below zero; one from zero on is a place among the values that were met last. */
const WHOLE = -1;
const LIST = -2;
/** Pairs of a property's place and its value, up to END. */
const PATCH = -3;
const END = -4;

/** Values that a place of the tree remembers. Blocks share parts, and go on sharing them where parts differ by turns. */
const REMEMBERED = 8;

type Properties = Readonly<Record<string, unknown>>;

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isBlock = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !isList(value);

/** One place in the tree of every virtual server, such as the port of its real servers: what was met there so far. */
class Place {
  /** The value that was there last. */
  previous: unknown;
  /** The block that the properties have the values of: the last one that was not just recalled. */
  base: Properties = {};
  readonly #recent: unknown[] = [];
  #next = 0;
  /** Of the list that is there, its items. */
  #items: Place | undefined;
  /** Of the blocks that are there, all of one layout: their properties. */
  keys: readonly string[] = [];
  properties: readonly Place[] = [];
  clone: Clone = (block) => ({ ...block });

  constructor(first?: unknown) {
    this.meet(first);
  }

  get items(): Place {
    this.#items ??= new Place();
    return this.#items;
  }

  /** Where among the values that are remembered this one is; below zero when it is none of them. */
  recall(value: unknown): number {
    return this.#recent.indexOf(value);
  }

  recalled(at: number): unknown {
    return this.#recent[at];
  }

  /** Remembers a value that is none of those remembered. */
  meet(value: unknown): void {
    this.previous = value;
    if (isBlock(value)) this.base = value;
    this.#recent[this.#next++ % REMEMBERED] = value;
  }

  /** A block of another layout than before. */
  settle(block: Properties): void {
    this.keys = Object.keys(block);
    this.properties = Object.values(block).map((value) => new Place(value));
    this.clone = cloneOfOneLayout();
  }

  /** Whether a block has the layout of those before. */
  fits(block: Properties): boolean {
    let at = 0;
    for (const key in block) if (this.keys[at++] !== key) return false;
    return at > 0 && at === this.keys.length;
  }
}

/** Packs virtual servers; what one has packed, one reader unpacks in the same order. */
export class ParcelWriter {
  readonly #place = new Place();
  #words: unknown[] = [];

  /** A few parcels with all of them. */
  *parcels(services: readonly VirtualServer[]): Iterable<Parcel> {
    for (let start = 0; start < services.length; start += SIZE) {
      this.#words = [];
      for (const service of services.slice(start, start + SIZE)) this.#write(service, this.#place);
      yield this.#words;
    }
  }

  #write(value: unknown, place: Place): void {
    const known = place.recall(value);
    if (known >= 0) {
      this.#words.push(known);
      place.previous = value;
    } else if (isList(value)) this.#writeList(value, place);
    else if (isBlock(value) && place.fits(value)) this.#writePatch(value, place);
    else {
      this.#words.push(WHOLE, value);
      place.meet(value);
      if (isBlock(value)) place.settle(value);
    }
  }

  #writeList(list: readonly unknown[], place: Place): void {
    this.#words.push(LIST, list.length);
    for (const item of list) this.#write(item, place.items);
    place.meet(list);
  }

  #writePatch(block: Properties, place: Place): void {
    this.#words.push(PATCH);
    place.keys.forEach((key, at) => {
      const property = place.properties[at];
      const value = block[key];
      if (property === undefined || isSame(value, property.previous)) return;
      this.#words.push(at);
      this.#write(value, property);
    });
    this.#words.push(END);
    place.meet(block);
  }
}

/** Whether nothing need be written; of lists without anything one is like the other. */
function isSame(value: unknown, previous: unknown): boolean {
  return value === previous || (isList(value) && isList(previous) && value.length + previous.length === 0);
}

/** Unpacks the parcels of one writer. */
export class ParcelReader {
  readonly #place = new Place();
  #words: Parcel = [];
  #at = 0;

  read(parcel: Parcel): VirtualServer[] {
    this.#words = parcel;
    this.#at = 0;
    const services: VirtualServer[] = [];
    // A writer has put nothing else into it.
    while (this.#at < parcel.length) services.push(this.#read(this.#place) as VirtualServer);
    return services;
  }

  #number(): number {
    return Number(this.#words[this.#at++]);
  }

  #read(place: Place): unknown {
    const word = this.#number();
    if (word >= 0) {
      place.previous = place.recalled(word);
      return place.previous;
    }
    const value =
      word === WHOLE
        ? this.#words[this.#at++]
        : word === LIST
          ? this.#readList(place)
          : this.#readPatch(place);
    place.meet(value);
    if (word === WHOLE && isBlock(value)) place.settle(value);
    return value;
  }

  #readList(place: Place): readonly unknown[] {
    const length = this.#number();
    const list: unknown[] = [];
    while (list.length < length) list.push(this.#read(place.items));
    return list;
  }

  #readPatch(place: Place): Properties {
    const block = place.clone(place.base);
    for (let at = this.#number(); at !== END; at = this.#number()) {
      const [key, property] = [place.keys[at], place.properties[at]];
      if (key !== undefined && property !== undefined) block[key] = this.#read(property);
    }
    return block;
  }
}
