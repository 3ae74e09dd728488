import type { GlobalDefs, RealServer, VirtualServerGroup } from "../../config/config.ts";
import type { Change } from "../../plan/plan.ts";
import type { Micros } from "../../values/time.ts";
import type { IpvsServiceKey } from "../../wire/ipvs-types.ts";
import type { PatternCompiler } from "../checker/pattern.ts";
import type { Machine } from "../machine.ts";
import { CheckerCrew, type CheckerTools } from "./checker-crew.ts";
import { checkerSpecs } from "./checkers.ts";
import type { LvsEffect, LvsEvent } from "./contract.ts";
import { HostAddresses } from "./host-addresses.ts";
import { Outbox } from "./outbox.ts";
import { PacketMarks } from "./packet-marks.ts";
import { type CheckerEntry, Pool, type RealState } from "./pool.ts";
import { Reconciliation } from "./reconciliation.ts";
import { IpvsTable } from "./table.ts";

export interface LvsDirectorOptions {
  /** From 0 to below 1; scatters first checks over warmup. A fixed sequence unless given. */
  readonly random?: () => number;
  /** Compiles regular expressions of HTTP_GET and SSL_GET; without it none is looked for. */
  readonly patterns?: PatternCompiler;
}

/** The LVS director: every virtual server with its servers, checkers and quorum, as one machine. */
export interface LvsDirector extends Machine<LvsEvent, LvsEffect> {
  /** The services that it has in IPVS. */
  services(): IpvsServiceKey[];
}

/** A director without virtual servers; plans give it some. */
export function createLvsDirector(options: LvsDirectorOptions = {}): LvsDirector {
  const { random = fixedSequence(), patterns = () => undefined } = options;
  return new Director({ random, patterns });
}

/** Marsaglia's xorshift32 from one seed: scattered, and the same every time. */
function fixedSequence(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

type EventOf<T extends LvsEvent["type"]> = Extract<LvsEvent, { type: T }>;
type ChangeOf<T extends Change["object"]> = Extract<Change, { object: T }>;

/** What one apply event is about, as far as single changes need to know. */
interface Batch {
  /** Virtual servers that it deletes. */
  readonly leaving: ReadonlySet<string>;
  /** For virtual servers that are of groups: how many of the same group stand before. */
  readonly ordinals: ReadonlyMap<string, number>;
  /** Nothing is left after it: the daemon stops. */
  readonly isStop: boolean;
  /** Pools to be settled when all changes are in, each with its servers that may have changed state. */
  readonly touched: Map<Pool, Set<RealState>>;
  readonly starting: CheckerEntry[];
}

/** Which of the virtual servers of its group each is, in the order of the configuration. */
function ordinalsOf(services: readonly ChangeOf<"virtual_server">[]): Map<string, number> {
  const members = new Map<string, number>();
  const ordinals = new Map<string, number>();
  for (const { kind, id, after } of services) {
    if (kind === "delete" || after?.service.type !== "group") continue;
    const { group } = after.service;
    const before = members.get(group) ?? 0;
    ordinals.set(id, before);
    members.set(group, before + 1);
  }
  return ordinals;
}

class Director implements LvsDirector {
  readonly #pools = new Map<string, Pool>();
  /** What belongs to each group, by its name. */
  readonly #groups = new Map<string, VirtualServerGroup["entries"]>();
  readonly #table = new IpvsTable();
  readonly #marks = new PacketMarks();
  readonly #addresses = new HostAddresses();
  readonly #out = new Outbox();
  readonly #reconciliation = new Reconciliation(this.#table, this.#pools, this.#out);
  readonly #crew: CheckerCrew;
  /** rs_init_notifies: scripts and FIFOs hear of servers that are assumed up. */
  #tellsStarts = false;

  constructor(tools: CheckerTools) {
    this.#crew = new CheckerCrew(tools, this.#table, this.#out);
  }

  deadline(): Micros | undefined {
    const next = this.#crew.deadline();
    const { due } = this.#reconciliation;
    return next === undefined || (due !== undefined && due < next) ? due : next;
  }

  services(): IpvsServiceKey[] {
    return [...this.#table.wanted()];
  }

  handle(event: LvsEvent, now: Micros): LvsEffect[] {
    switch (event.type) {
      case "apply":
        this.#apply(event, now);
        break;
      case "listed":
        for (const pool of this.#reconciliation.takeOver(event.present, now))
          pool.settle([], this.#table, this.#out);
        break;
      case "firewall-refused":
        this.#marks.forget();
        break;
      case "refused":
        this.#reconciliation.refused(event.refusals, now);
        break;
      case "addresses":
        this.#addresses.replace(event.present);
        this.#suspendAndActivate(now);
        break;
      case "address":
        this.#addresses.set(event.address, event.present);
        this.#suspendAndActivate(now);
        break;
      case "file-value":
      case "bfd":
        this.#crew.observe(event, now);
        break;
      case "timer":
        this.#reconciliation.timer(now);
        this.#crew.timer(now);
        break;
      default:
        this.#crew.take(event, now);
    }
    return this.#out.take();
  }

  /** All changes first, then their consequences: a service never goes through a state between two configurations. */
  #apply({ changes, present, isStop: isPartOfStop }: EventOf<"apply">, now: Micros): void {
    const services = changes.filter((change) => change.object === "virtual_server");
    const leaving = new Set(services.filter(({ kind }) => kind === "delete").map(({ id }) => id));
    const isStop =
      isPartOfStop === true ||
      (services.every(({ kind }) => kind === "delete") &&
        [...this.#pools.keys()].every((id) => leaving.has(id)));
    const batch: Batch = {
      leaving,
      ordinals: ordinalsOf(services),
      isStop,
      touched: new Map(),
      starting: [],
    };
    if (present) for (const pool of this.#reconciliation.takeOver(present, now)) this.#touch(pool, batch);
    for (const change of changes) {
      if (change.object === "global_defs") this.#configure(change.after);
      if (change.object === "virtual_server") this.#changePool(change, batch);
      if (change.object === "virtual_server_group") this.#changeGroup(change, batch);
      if (change.object === "sorry_server") this.#changeSorry(change, batch);
      if (change.object === "real_server") this.#changeReal(change, batch);
    }
    for (const pool of this.#marks.assign(this.#pools.values())) this.#touch(pool, batch);
    for (const [pool, reals] of batch.touched) pool.settle(reals, this.#table, this.#out);
    for (const pool of batch.touched.keys()) pool.withdraw(this.#table, this.#out);
    const commands = this.#marks.commands(this.#pools.values());
    if (commands.length > 0) this.#out.push({ type: "firewall", commands });
    this.#suspendAndActivate(now, batch.touched.keys(), new Set(batch.starting));
    for (const entry of batch.starting) {
      this.#crew.start(entry, now);
    }
  }

  /** Checkers of those virtual servers that have got, or lost, their last address; not those of `starting`. */
  #suspendAndActivate(
    now: Micros,
    pools: Iterable<Pool> = this.#pools.values(),
    starting: ReadonlySet<CheckerEntry> = new Set(),
  ): void {
    for (const pool of pools) {
      const suspended = !this.#addresses.allow(pool.config, pool.entries);
      if (suspended === pool.suspended) continue;
      pool.suspended = suspended;
      for (const real of pool.reals.values()) {
        for (const entry of real.checkers) {
          if (starting.has(entry)) continue;
          if (suspended) this.#crew.suspend(entry);
          else this.#crew.activate(entry, now);
        }
      }
    }
  }

  #configure(globals: GlobalDefs | undefined): void {
    this.#tellsStarts = globals?.rs_init_notifies ?? false;
    this.#marks.configure(globals);
  }

  /** Marks a pool for settling, and of it a server that may have changed state. */
  #touch(pool: Pool, batch: Batch, real?: RealState): void {
    const reals = batch.touched.get(pool) ?? new Set();
    if (real) reals.add(real);
    batch.touched.set(pool, reals);
  }

  #changeGroup({ kind, id, after }: ChangeOf<"virtual_server_group">, batch: Batch): void {
    if (kind === "keep") return;
    if (kind === "delete" || !after) this.#groups.delete(id);
    else this.#groups.set(id, after.entries);
    const entries = this.#groups.get(id) ?? [];
    for (const pool of this.#pools.values()) {
      const { service } = pool.config;
      if (service.type !== "group" || service.group !== id) continue;
      pool.entries = entries;
      this.#touch(pool, batch);
    }
  }

  #changePool({ kind, id, after }: ChangeOf<"virtual_server">, batch: Batch): void {
    const running = this.#pools.get(id);
    if (running) running.ordinal = batch.ordinals.get(id) ?? running.ordinal;
    if (kind === "keep") {
      // The same, but for its place in the configuration.
      if (running && after) running.config = after;
      return;
    }
    if (running && kind !== "update") this.#dropPool(running, batch);
    if (!after || kind === "delete") return;
    const pool = kind === "update" && running ? running : new Pool(id, after);
    pool.config = after;
    pool.ordinal = batch.ordinals.get(id) ?? 0;
    if (after.service.type === "group") pool.entries = this.#groups.get(after.service.group) ?? [];
    this.#pools.set(id, pool);
    this.#touch(pool, batch);
  }

  #dropPool(pool: Pool, batch: Batch): void {
    for (const real of [...pool.reals.values()]) this.#dropReal(pool, real, batch);
    if (!batch.isStop) this.#out.log(`Removing Virtual Server ${pool.name}`);
    pool.dispose(this.#table, this.#out);
    batch.touched.delete(pool);
    this.#pools.delete(pool.id);
  }

  #changeSorry({ kind, parent, before, after }: ChangeOf<"sorry_server">, batch: Batch): void {
    if (kind === "keep") return;
    const pool = this.#pools.get(parent);
    if (!pool || batch.leaving.has(parent)) return;
    if (kind === "replace" && before) pool.expelSorry(before, this.#table, this.#out);
    // A new sorry server may have come before the old one is said to go.
    if (kind === "delete" && before) pool.dropSorry(before, this.#out);
    if (kind !== "delete" && after) pool.setSorry(after, this.#out);
    this.#touch(pool, batch);
  }

  #changeReal(change: ChangeOf<"real_server">, batch: Batch): void {
    const { kind, parent, id, before, after } = change;
    const pool = this.#pools.get(parent);
    if (!pool) return;
    const running = pool.reals.get(id);
    if (kind === "keep") {
      if (running && after) running.config = after;
      return;
    }
    if (running && kind === "update" && after) {
      this.#updateReal(pool, running, after, change.carries.includes("failures"), batch);
      return;
    }
    if (running) this.#dropReal(pool, running, batch);
    if (kind === "replace" && before) pool.expel(before, this.#table, this.#out);
    if (after && kind !== "delete") this.#createReal(pool, id, after, batch);
  }

  #createReal(pool: Pool, id: string, config: RealServer, batch: Batch): void {
    const real: RealState = {
      id,
      config,
      checkers: [],
      alive: false,
      told: undefined,
      weight: config.weight,
    };
    pool.reals.set(id, real);
    for (const spec of checkerSpecs(config))
      real.checkers.push(this.#crew.add(pool, real, spec, batch.starting));
    pool.weigh(real);
    real.alive = real.checkers.every(({ checker }) => checker.up);
    if (this.#tellsStarts) pool.tellStart(real, this.#out);
    this.#touch(pool, batch, real);
  }

  #updateReal(pool: Pool, real: RealState, config: RealServer, keepsFailures: boolean, batch: Batch): void {
    real.config = config;
    this.#crew.update(pool, real, keepsFailures, batch.starting);
    pool.tellWeight(real, this.#out);
    this.#touch(pool, batch, real);
  }

  #dropReal(pool: Pool, real: RealState, batch: Batch): void {
    const service = pool.nameOf(real);
    if (batch.isStop) {
      const inhibited = real.config.inhibit_on_failure ? " (inhibited)" : "";
      this.#out.log(`Shutting down${inhibited} service ${service} from VS ${pool.name}`);
    } else if (!batch.leaving.has(pool.id)) {
      this.#out.log(`service ${service} no longer exist`);
      if (real.alive) {
        this.#out.log(`Removing service ${service} from VS ${pool.name}`);
        pool.tellRemoval(real, this.#out);
      }
    }
    if (batch.leaving.has(pool.id) && pool.config.omega && real.alive) pool.tellEnd(real, this.#out);
    for (const entry of real.checkers) this.#crew.drop(entry);
    pool.reals.delete(real.id);
    batch.touched.get(pool)?.delete(real);
    this.#touch(pool, batch);
  }
}
