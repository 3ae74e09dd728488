import type { ScriptCommand } from "../../config/config.ts";
import type { Micros } from "../../values/time.ts";
import type { Checker } from "./check-loop.ts";
import type { CheckEffect, CheckEvent, CheckTiming } from "./contract.ts";

export interface MiscCheckOptions {
  /** The servers as logs name them. */
  readonly service: string;
  readonly virtualServer: string;
  readonly command: ScriptCommand;
  /** Microseconds that a run may take. */
  readonly timeout: Micros;
  /** Exit statuses from 2 are weights, less 2. */
  readonly dynamic: boolean;
  readonly up: boolean;
  readonly hasRun?: boolean;
  readonly failures?: number;
  /** A weight that was in force before a reload. */
  readonly weight?: number | undefined;
  readonly logAllFailures: boolean;
  readonly random: () => number;
}

type Phase = "idle" | "waiting" | "running";
type Exited = Extract<CheckEvent, { readonly type: "exited" }>;

/**
 * MISC_CHECK: a program whose exit status says whether a server is up, and with misc_dynamic how much it weighs. One run
 * at a time. As keepalived, it retries only a server that is up.
 */
export class MiscCheck implements Checker {
  up: boolean;
  hasRun: boolean;
  failures: number;
  /** What the last good run said that the server weighs; undefined while it said nothing. */
  weight: number | undefined;
  #phase: Phase = "idle";
  #due: Micros = 0;
  readonly #timing: CheckTiming;
  readonly #options: MiscCheckOptions;

  constructor(timing: CheckTiming, options: MiscCheckOptions) {
    this.#timing = timing;
    this.#options = options;
    this.up = options.up;
    this.hasRun = options.hasRun ?? false;
    this.failures = options.failures ?? 0;
    this.weight = options.weight;
  }

  deadline(): Micros | undefined {
    return this.#phase === "waiting" ? this.#due : undefined;
  }

  handle(event: CheckEvent, now: Micros): CheckEffect[] {
    switch (event.type) {
      case "start": // also after a suspension, which has ended its run
        this.#wait(now + Math.floor(this.#options.random() * this.#timing.firstDelay));
        return [];
      case "timer":
        return this.#phase === "waiting" && now >= this.#due ? this.#run() : [];
      case "exited":
        return this.#phase === "running" ? this.#exited(event, now) : [];
      default:
        return []; // it has no connection
    }
  }

  #wait(until: Micros): void {
    this.#phase = "waiting";
    this.#due = until;
  }

  #run(): CheckEffect[] {
    this.#phase = "running";
    const { command, timeout } = this.#options;
    return [{ type: "run", command, timeout }];
  }

  #exited(event: Exited, now: Micros): CheckEffect[] {
    const { status } = event;
    const isGood = status === 0 || (this.#options.dynamic && status !== undefined && status > 1);
    return isGood ? this.#passed(status, now) : this.#failed(event, now);
  }

  #passed(status: number, now: Micros): CheckEffect[] {
    const effects: CheckEffect[] = [];
    this.failures = 0;
    // From the start of the run, so that its length does not add up.
    this.#wait(Math.max(this.#due + this.#timing.delayLoop, now));
    const weight = this.#options.dynamic && status > 1 ? status - 2 : undefined;
    if (weight !== this.weight) {
      this.weight = weight;
      effects.push({ type: "weight" });
    }
    if (this.up && this.hasRun) return effects;
    const message = `${this.#name} succeeded.`;
    effects.push({ type: "log", level: "info", message }, { type: "verdict", up: true, reason: message });
    this.up = true;
    this.hasRun = true;
    return effects;
  }

  #failed({ status, how }: Exited, now: Micros): CheckEffect[] {
    const { retry, delayBeforeRetry, delayLoop } = this.#timing;
    const done = this.failures;
    const retrying = this.up && this.hasRun && done < retry;
    const isNews = !retrying && (this.up || !this.hasRun);
    this.failures = retrying ? done + 1 : 0;
    this.#wait(now + (retrying ? delayBeforeRetry : delayLoop));
    const why = status === undefined && how === "timed out" ? "" : ` (${how})`;
    const verb = why === "" ? "timed out" : "failed";
    if (retrying) {
      if (!this.#options.logAllFailures) return [];
      const words = done === 0 ? `, will do ${retries(retry)}` : ` on retry ${done}/${retry}`;
      return [{ type: "log", level: "warn", message: `${this.#name} ${verb}${words}${why}.` }];
    }
    if (!isNews) return [];
    const words = retry === 0 ? " with retry disabled" : ` after ${retries(retry)}`;
    const message = `${this.#name} ${verb}${words}${why}.`;
    this.up = false;
    this.hasRun = true;
    return [
      { type: "log", level: "warn", message },
      { type: "verdict", up: false, reason: message },
    ];
  }

  get #name(): string {
    const { service, virtualServer, command } = this.#options;
    return `Misc check for [${service} VS ${virtualServer}] by [${command.argv[0]}]`;
  }
}

const retries = (count: number): string => (count === 1 ? "1 retry" : `${count} retries`);
