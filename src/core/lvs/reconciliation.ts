import type { Micros } from "../../values/time.ts";
import type { IpvsServiceEntry } from "../../wire/ipvs-types.ts";
import type { Refusal } from "./contract.ts";
import { foreignChangeText } from "./foreign.ts";
import type { Outbox } from "./outbox.ts";
import type { Pool } from "./pool.ts";
import { isGone, isSurprise, Refusals, refusalText } from "./refusals.ts";
import type { IpvsTable } from "./table.ts";

/** Time in which a second surprise is taken for a refusal: somebody else is at work all the time. */
const SETTLED: Micros = 1_000_000;

/**
 * Keeps the model of the kernel's table true: by what the kernel refuses, and by looking. It is looked at with each
 * reload, when a refusal shows that somebody else has changed it, and before what was refused is asked for again.
 */
export class Reconciliation {
  readonly #table: IpvsTable;
  readonly #pools: ReadonlyMap<string, Pool>;
  readonly #out: Outbox;
  readonly #refusals = new Refusals();
  #comparedAt = Number.NEGATIVE_INFINITY;

  /** `pools`: who owns services of the table, by identity. */
  constructor(table: IpvsTable, pools: ReadonlyMap<string, Pool>, out: Outbox) {
    this.#table = table;
    this.#pools = pools;
    this.#out = out;
  }

  /** When timer() is due. */
  get due(): Micros | undefined {
    return this.#refusals.due;
  }

  timer(now: Micros): void {
    if (this.#refusals.due === undefined || this.#refusals.due > now) return;
    this.#refusals.postpone(now);
    this.#out.push({ type: "compare" });
  }

  /** Takes over the kernel's table, and returns the pools that want it otherwise, or something in it again. */
  takeOver(present: readonly IpvsServiceEntry[], now: Micros): Iterable<Pool> {
    this.#comparedAt = now;
    const changes = this.#table.compare(present);
    for (const change of changes) this.#out.log(foreignChangeText(change), "warn");
    return this.#poolsOf(new Set([...changes.flatMap(({ owners }) => owners), ...this.#refusals.retry()]));
  }

  /** What is refused stays as it is until it is asked for again; whatever else there is goes on. */
  refused(refusals: readonly Refusal[], now: Micros): void {
    let isSurprised = false;
    for (const refusal of refusals) {
      if (isGone(refusal)) continue;
      const { command } = refusal;
      const key = "service" in command ? command.service.key : command.key;
      const owners = this.#table.ownersOf(key);
      // Destinations of a service that was refused are as well.
      if (owners.length === 0) continue;
      this.#table.refused(command);
      if (isSurprise(refusal) && now - this.#comparedAt > SETTLED) {
        isSurprised = true;
        this.#refusals.await(owners, now);
      } else if (this.#refusals.note(refusal, owners, now)) {
        const [pool] = this.#poolsOf(owners);
        const destination = "destination" in command ? command.destination : undefined;
        this.#out.log(refusalText(refusal), "error", pool?.originOf(key, destination));
      }
    }
    if (isSurprised) this.#out.push({ type: "compare" });
  }

  #poolsOf(ids: Iterable<string>): Pool[] {
    return [...ids].flatMap((id) => this.#pools.get(id) ?? []);
  }
}
