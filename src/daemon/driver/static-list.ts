import type { LinkPort } from "../../kernel/ports.ts";
import type { Log } from "../log/log.ts";
import { type Held, STATIC } from "./held.ts";

/** One line of static_ipaddress, static_routes or static_rules. */
interface StaticItem {
  readonly no_track?: true;
}

/** The static objects of one sort. */
export class StaticList<Item extends StaticItem> {
  readonly #what: string;
  readonly #held: Held<Item, unknown>;
  readonly #devices: (item: Item) => readonly (string | undefined)[];
  readonly #links: LinkPort;
  readonly #log: Log;
  /** By address in the plan. */
  readonly #items = new Map<string, Item>();

  /** `devices`: the interfaces without which it cannot be there. */
  constructor(
    what: string,
    held: Held<Item, unknown>,
    devices: (item: Item) => readonly (string | undefined)[],
    links: LinkPort,
    log: Log,
  ) {
    this.#what = what;
    this.#held = held;
    this.#devices = devices;
    this.#links = links;
    this.#log = log;
  }

  get items(): Item[] {
    return [...this.#items.values()];
  }

  put(id: string, item: Item): void {
    this.#items.set(id, item);
    this.#held.add([item], STATIC);
  }

  take(id: string): void {
    const item = this.#items.get(id);
    this.#items.delete(id);
    if (item !== undefined) this.#held.remove([item], STATIC);
  }

  /** Somebody took one away. What went with its interface is put back when that is up again. */
  lost(item: Item): void {
    const up = (name: string | undefined) => name === undefined || this.#links.get(name)?.running === true;
    if (!item.no_track && this.#devices(item).every(up)) this.#restore(item);
  }

  /** An interface is up that was down, or was not there. */
  linkUp(name: string): void {
    for (const item of this.#items.values()) {
      if (!item.no_track && this.#devices(item).includes(name)) this.#restore(item);
    }
  }

  #restore(item: Item): void {
    if (!this.#held.restore(item, STATIC)) return;
    this.#log.info(`Restoring deleted static ${this.#what} ${this.#held.text(item)}`);
  }
}
