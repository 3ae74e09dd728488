import type { Micros } from "../../values/time.ts";
import type { CheckEffect, CheckEvent } from "../checker/contract.ts";
import type { PatternCompiler } from "../checker/pattern.ts";
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
import type { CheckerId, LvsEvent } from "./contract.ts";
import { Observed } from "./observed.ts";
import type { Outbox } from "./outbox.ts";
import type { CheckerEntry, Pool, RealState } from "./pool.ts";
import type { IpvsTable } from "./table.ts";

/** What checkers need of the world around the director. */
export interface CheckerTools {
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly patterns: PatternCompiler;
}

type EventOf<T extends LvsEvent["type"]> = Extract<LvsEvent, { type: T }>;
type State = { readonly [K in "up" | "hasRun" | "failures"]: NonNullable<CheckerContext[K]> } & Pick<
  CheckerContext,
  "weight"
>;

const TIMER: CheckEvent = { type: "timer" };

/** Every checker at work: gives each its events at its times, and its pool its verdicts. */
export class CheckerCrew {
  readonly #tools: CheckerTools;
  readonly #table: IpvsTable;
  readonly #out: Outbox;
  readonly #entries = new Map<CheckerId, CheckerEntry>();
  readonly #timers = new DeadlineQueue<CheckerEntry>();
  readonly #observed = new Observed();
  #serial = 0;

  constructor(tools: CheckerTools, table: IpvsTable, out: Outbox) {
    this.#tools = tools;
    this.#table = table;
    this.#out = out;
  }

  deadline(): Micros | undefined {
    return this.#timers.next();
  }

  timer(now: Micros): void {
    for (let due = this.#timers.take(now); due; due = this.#timers.take(now))
      this.#feed(due.timer, TIMER, now);
  }

  /** An event of a checker, which may be gone. */
  take(event: Extract<LvsEvent, { readonly checker: CheckerId }>, now: Micros): void {
    const entry = this.#entries.get(event.checker);
    if (entry) this.#feed(entry, event, now);
  }

  observe(event: EventOf<"file-value" | "bfd">, now: Micros): void {
    const told = this.#observed.take(event);
    if (!told) return;
    for (const entry of this.#entries.values())
      if (follows(entry.spec, told.kind, told.name)) this.#feed(entry, told.event, now);
  }

  /** A new checker begins, unless it is gone already, or there is nothing to check for. */
  start(entry: CheckerEntry, now: Micros): void {
    if (!this.#entries.has(entry.id)) return;
    if (entry.pool.suspended) this.#logHealthchecker("Deactivating", entry);
    else this.activate(entry, now);
  }

  activate(entry: CheckerEntry, now: Micros): void {
    this.#logHealthchecker("Activating", entry);
    this.#feed(entry, { type: "start" }, now);
  }

  /** It keeps its verdict until it starts again. */
  suspend(entry: CheckerEntry): void {
    this.#logHealthchecker("Suspending", entry);
    this.#disconnect(entry);
    this.#timers.cancel(entry);
  }

  /**
   * Checkers that are as before go on undisturbed. One that has changed starts anew with the verdict of the one that it
   * replaces (the first of its kind that is left over), and with its failures when the plan carries them over.
   * Those that are new are added to `starting`.
   */
  update(pool: Pool, real: RealState, keepsFailures: boolean, starting: CheckerEntry[]): void {
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
      if (before) this.drop(before);
      const state = before
        ? {
            up: before.checker.up,
            hasRun: before.checker.hasRun,
            failures: keepsFailures ? before.checker.failures : 0,
            weight: before.checker.weight,
          }
        : undefined;
      return this.add(pool, real, spec, starting, state);
    });
    for (const { entry } of old) this.drop(entry);
  }

  /** A checker that is to be started, with the state of its predecessor if it has any. */
  add(
    pool: Pool,
    real: RealState,
    spec: CheckerSpec,
    starting: CheckerEntry[],
    state: State = { up: isAssumedUp(spec), hasRun: false, failures: 0, weight: undefined },
  ): CheckerEntry {
    // Written out: with tens of thousands of checkers a spread takes longer than all the rest.
    const context = {
      up: state.up,
      hasRun: state.hasRun,
      failures: state.failures,
      weight: state.weight,
      service: pool.nameOf(real),
      virtualServer: pool.name,
      random: this.#tools.random,
      patterns: this.#tools.patterns,
      observed: this.#observed,
    };
    const checker = createChecker(spec, real.config, context);
    this.#serial++;
    const id = [real.id, "#", this.#serial].join("");
    const entry: CheckerEntry = { id, pool, real, spec, checker, isConnected: false, wasUp: checker.up };
    this.#entries.set(id, entry);
    if (!isFollowing(spec)) starting.push(entry);
    return entry;
  }

  drop(entry: CheckerEntry): void {
    this.#disconnect(entry);
    this.#timers.cancel(entry);
    this.#entries.delete(entry.id);
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

  #logHealthchecker(verb: string, { pool, real }: CheckerEntry): void {
    this.#out.log(`${verb} healthchecker for service ${pool.nameOf(real)} for VS ${pool.name}`);
  }
}
