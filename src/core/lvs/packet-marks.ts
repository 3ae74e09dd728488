import type { GlobalDefs } from "../../config/config.ts";
import type { FirewallCommand } from "../../wire/nftables-types.ts";
import { type MarkedPool, type MarkMap, markElements, markMapCommands, standingMap } from "./mark-maps.ts";
import type { Pool } from "./pool.ts";

/** What global_defs says of marks. */
export type MarkSettings = Pick<
  GlobalDefs,
  "nftables_ipvs" | "nftables_ipvs_priority" | "nftables_ipvs_start_fwmark"
>;

/**
 * nftables_ipvs: a virtual server of a group of addresses is one service, of a mark that nf_tables gives the packets to
 * its addresses. A mark is given once and for as long as the virtual server is there; each next one is the next number.
 */
export class PacketMarks {
  readonly #marks = new Map<string, number>();
  #settings: MarkSettings | undefined;
  #next = 0;
  /** What nf_tables holds, as far as our transactions tell. */
  #standing = new Map<string, MarkMap>();
  #table: { readonly name: string; readonly priority: number } | undefined;

  configure(settings: MarkSettings | undefined): void {
    const start = settings?.nftables_ipvs_start_fwmark;
    if (start !== this.#settings?.nftables_ipvs_start_fwmark) this.#next = start ?? 0;
    this.#settings = settings;
  }

  /** Gives marks, and takes them, and returns the pools for which that changes what they are. */
  *assign(pools: Iterable<Pool>): Iterable<Pool> {
    if (this.#settings?.nftables_ipvs === undefined && this.#marks.size === 0) return;
    const all = [...pools];
    const taken = new Set(all.flatMap(marksOf));
    for (const pool of all) {
      const mark = this.#isMarked(pool) ? this.#markOf(pool.id, taken) : undefined;
      if (mark === undefined) this.#marks.delete(pool.id);
      if (mark === pool.mark) continue;
      pool.mark = mark;
      yield pool;
    }
    for (const id of this.#marks.keys()) {
      if (!all.some((pool) => pool.id === id)) this.#marks.delete(id);
    }
  }

  /** As in keepalived, a group that has marks of its own is served address by address. */
  #isMarked({ config, entries }: Pool): boolean {
    if (this.#settings?.nftables_ipvs === undefined || config.service.type !== "group") return false;
    return entries.length > 0 && entries.every(({ type }) => type !== "fwmark");
  }

  #markOf(id: string, taken: ReadonlySet<number>): number {
    const known = this.#marks.get(id);
    if (known !== undefined) return known;
    while (taken.has(this.#next)) this.#next++;
    const mark = this.#next++;
    this.#marks.set(id, mark);
    return mark;
  }

  /** One transaction from what is to what the pools need; no command where that is the same. */
  commands(pools: Iterable<Pool>): FirewallCommand[] {
    const name = this.#settings?.nftables_ipvs;
    const table =
      name === undefined ? undefined : { name, priority: this.#settings?.nftables_ipvs_priority ?? 0 };
    const wanted = table ? markElements([...pools].flatMap(markedPool)) : new Map<string, MarkMap>();
    const isOther = table?.name !== this.#table?.name || table?.priority !== this.#table?.priority;
    const commands: FirewallCommand[] = [];
    if (this.#table && (isOther || wanted.size === 0)) commands.push(...this.#removal(this.#table.name));
    if (table && wanted.size > 0) {
      commands.push(...markMapCommands(table, this.#standing, wanted));
      this.#table = table;
      this.#standing = standingMap(this.#standing, wanted);
    }
    return commands;
  }

  /** The transaction was refused: what there is is not known, and made anew with the next one. */
  forget(): void {
    this.#table = undefined;
    this.#standing = new Map();
  }

  #removal(name: string): FirewallCommand[] {
    const families = new Set(Array.from(this.#standing.values(), ({ family }) => family));
    this.forget();
    return [...families].map((family) => ({ type: "delete-table", table: { family, name } }));
  }
}

/** The marks that a virtual server has by its configuration. */
function marksOf({ config: { service }, entries }: Pool): number[] {
  if (service.type === "fwmark") return [service.fwmark];
  return entries.flatMap((entry) => (entry.type === "fwmark" ? entry.fwmark : []));
}

function markedPool({ mark, config, entries }: Pool): MarkedPool[] {
  return mark === undefined ? [] : [{ mark, protocol: config.protocol ?? "UDP", entries }];
}
