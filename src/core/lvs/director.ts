import type { GlobalDefs, RealServer, VirtualServerGroup } from "../../config/config.ts";
import type { Change } from "../../plan/plan.ts";
import type { Micros } from "../../values/time.ts";
import type { CheckEffect, CheckEvent } from "../checker/contract.ts";
import type { PatternCompiler } from "../checker/pattern.ts";
import type { Machine } from "../machine.ts";
import { DeadlineQueue } from "../timers.ts";
import {
  type CheckerContext,
  type CheckerSpec,
  checkerSpecs,
  createChecker,
  fingerprint,
  follows,
  isAssumedUp,
  isFollowing,
} from "./checkers.ts";
import type { CheckerId, LvsEffect, LvsEvent } from "./contract.ts";
import { HostAddresses } from "./host-addresses.ts";
import { Observed } from "./observed.ts";
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
export function createLvsDirector(options: LvsDirectorOptions = {}): Machine<LvsEvent, LvsEffect> {
  return new LvsDirector(options.random ?? fixedSequence(), options.patterns ?? (() => undefined));
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
const TIMER: CheckEvent = { type: "timer" };

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

class LvsDirector implements Machine<LvsEvent, LvsEffect> {
  readonly #pools = new Map<string, Pool>();
  /** What belongs to each group, by its name. */
  readonly #groups = new Map<string, VirtualServerGroup["entries"]>();
  readonly #entries = new Map<CheckerId, CheckerEntry>();
  readonly #timers = new DeadlineQueue<CheckerEntry>();
  readonly #table = new IpvsTable();
  readonly #marks = new PacketMarks();
  readonly #addresses = new HostAddresses();
  readonly #observed = new Observed();
  readonly #out = new Outbox();
  readonly #reconciliation = new Reconciliation(this.#table, this.#pools, this.#out);
  readonly #random: () => number;
  readonly #patterns: PatternCompiler;
  /** rs_init_notifies: scripts and FIFOs hear of servers that are assumed up. */
  #tellsStarts = false;
  #serial = 0;

  constructor(random: () => number, patterns: PatternCompiler) {
    this.#random = random;
    this.#patterns = patterns;
  }

  deadline(): Micros | undefined {
    const next = this.#timers.next();
    const { due } = this.#reconciliation;
    return next === undefined || (due !== undefined && due < next) ? due : next;
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
        this.#observe(event, now);
        break;
      case "timer":
        this.#reconciliation.timer(now);
        for (let due = this.#timers.take(now); due; due = this.#timers.take(now))
          this.#feed(due.timer, TIMER, now);
        break;
      default: {
        const entry = this.#entries.get(event.checker);
        if (entry) this.#feed(entry, event, now);
      }
    }
    return this.#out.take();
  }

  #observe(event: EventOf<"file-value" | "bfd">, now: Micros): void {
    const told = this.#observed.take(event);
    if (!told) return;
    for (const entry of this.#entries.values())
      if (follows(entry.spec, told.kind, told.name)) this.#feed(entry, told.event, now);
  }

  #feed(entry: CheckerEntry, event: CheckEvent, now: Micros): void {
    const effects = entry.checker.handle(event, now);
    const due = entry.checker.deadline();
    if (due === undefined || entry.pool.suspended) this.#timers.cancel(entry);
    else this.#timers.set(entry, due);
    for (const effect of effects) this.#onCheckEffect(entry, effect);
  }

  #onCheckEffect(entry: CheckerEntry, effect: CheckEffect): void {
    switch (effect.type) {
      case "connect":
        entry.isConnected = true;
        this.#out.push({ type: "connect", checker: entry.id, target: effect.target });
        break;
      case "run":
        entry.isConnected = true;
        this.#out.push({ ...effect, type: "run-check", checker: entry.id });
        break;
      case "weight":
        entry.pool.reweigh(entry.real, this.#table, this.#out);
        break;
      case "send":
        this.#out.push({ type: "send", checker: entry.id, bytes: effect.bytes });
        break;
      case "close":
        this.#disconnect(entry);
        break;
      case "log":
        this.#out.push(effect);
        break;
      case "verdict": {
        const { pool, real } = entry;
        const wasAlive = real.alive;
        pool.weigh(real);
        pool.settle([real], this.#table, this.#out);
        pool.tellFirstVerdict(real, this.#out);
        pool.tellVerdict(entry, effect.up, effect.reason, wasAlive, this.#out);
        break;
      }
    }
  }

  #disconnect(entry: CheckerEntry): void {
    if (entry.isConnected) this.#out.push({ type: "close", checker: entry.id });
    entry.isConnected = false;
  }

  /** All changes first, then their consequences: a service never goes through a state between two configurations. */
  #apply({ changes, present }: EventOf<"apply">, now: Micros): void {
    const services = changes.filter((change) => change.object === "virtual_server");
    const leaving = new Set(services.filter(({ kind }) => kind === "delete").map(({ id }) => id));
    const isStop =
      services.every(({ kind }) => kind === "delete") &&
      [...this.#pools.keys()].every((id) => leaving.has(id));
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
    this.#suspendAndActivate(now, new Set(batch.starting));
    for (const entry of batch.starting) {
      if (!this.#entries.has(entry.id)) continue;
      if (entry.pool.suspended) this.#logHealthchecker("Deactivating", entry);
      else this.#activate(entry, now);
    }
  }

  /** Checkers of virtual servers that have got, or lost, their last address; not those of `starting`. */
  #suspendAndActivate(now: Micros, starting: ReadonlySet<CheckerEntry> = new Set()): void {
    for (const pool of this.#pools.values()) {
      const suspended = !this.#addresses.allow(pool.config, pool.entries);
      if (suspended === pool.suspended) continue;
      pool.suspended = suspended;
      for (const real of pool.reals.values()) {
        for (const entry of real.checkers) {
          if (starting.has(entry)) continue;
          if (suspended) this.#suspend(entry);
          else this.#activate(entry, now);
        }
      }
    }
  }

  #activate(entry: CheckerEntry, now: Micros): void {
    this.#logHealthchecker("Activating", entry);
    this.#feed(entry, { type: "start" }, now);
  }

  /** It keeps its verdict until it starts again. */
  #suspend(entry: CheckerEntry): void {
    this.#logHealthchecker("Suspending", entry);
    this.#disconnect(entry);
    this.#timers.cancel(entry);
  }

  #logHealthchecker(verb: string, { pool, real }: CheckerEntry): void {
    this.#out.log(`${verb} healthchecker for service ${pool.nameOf(real)} for VS ${pool.name}`);
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
      real.checkers.push(this.#addChecker(pool, real, spec, { up: isAssumedUp(spec) }, batch));
    pool.weigh(real);
    real.alive = real.checkers.every(({ checker }) => checker.up);
    if (this.#tellsStarts) pool.tellStart(real, this.#out);
    this.#touch(pool, batch, real);
  }

  #updateReal(pool: Pool, real: RealState, config: RealServer, keepsFailures: boolean, batch: Batch): void {
    real.config = config;
    this.#updateCheckers(pool, real, keepsFailures, batch);
    pool.tellWeight(real, this.#out);
    this.#touch(pool, batch, real);
  }

  /**
   * Checkers that are as before go on undisturbed. One that has changed starts anew with the verdict of the one that it
   * replaces (the first of its kind that is left over), and with its failures when the plan carries them over.
   */
  #updateCheckers(pool: Pool, real: RealState, keepsFailures: boolean, batch: Batch): void {
    const old = real.checkers.map((entry) => ({ entry, print: fingerprint(entry.spec) }));
    const takeOld = (matches: (one: (typeof old)[number]) => boolean): CheckerEntry | undefined => {
      const index = old.findIndex(matches);
      return index < 0 ? undefined : old.splice(index, 1)[0]?.entry;
    };
    const wanted = checkerSpecs(real.config).map((spec) => ({ spec, print: fingerprint(spec) }));
    const kept = wanted.map(({ print }) => takeOld((one) => one.print === print));
    real.checkers = wanted.map(({ spec }, index) => {
      const same = kept[index];
      if (same) return same;
      const before = takeOld(({ entry }) => entry.spec.kind === spec.kind);
      if (before) this.#dropChecker(before);
      const state = before
        ? {
            up: before.checker.up,
            hasRun: before.checker.hasRun,
            failures: keepsFailures ? before.checker.failures : 0,
            weight: before.checker.weight,
          }
        : { up: isAssumedUp(spec) };
      return this.#addChecker(pool, real, spec, state, batch);
    });
    for (const { entry } of old) this.#dropChecker(entry);
  }

  #addChecker(
    pool: Pool,
    real: RealState,
    spec: CheckerSpec,
    state: Pick<CheckerContext, "up" | "hasRun" | "failures" | "weight">,
    batch: Batch,
  ): CheckerEntry {
    const checker = createChecker(spec, real.config, {
      ...state,
      service: pool.nameOf(real),
      virtualServer: pool.name,
      random: this.#random,
      patterns: this.#patterns,
      observed: this.#observed,
    });
    this.#serial++;
    const id = `${pool.id}/${real.id}#${this.#serial}`;
    const entry: CheckerEntry = { id, pool, real, spec, checker, isConnected: false, wasUp: checker.up };
    this.#entries.set(id, entry);
    if (!isFollowing(spec)) batch.starting.push(entry);
    return entry;
  }

  #dropChecker(entry: CheckerEntry): void {
    this.#disconnect(entry);
    this.#timers.cancel(entry);
    this.#entries.delete(entry.id);
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
    for (const entry of real.checkers) this.#dropChecker(entry);
    pool.reals.delete(real.id);
    batch.touched.get(pool)?.delete(real);
    this.#touch(pool, batch);
  }
}
