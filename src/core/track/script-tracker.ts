import type { ScriptCommand, VrrpScript } from "../../config/config.ts";
import type { Micros } from "../../values/time.ts";
import type { DeadlineQueue } from "../timers.ts";

/** unknown: no run has ended yet. */
export type TrackStatus = "unknown" | "up" | "down";

/** What a tracker asks for; a subset of the VRRP router's effects. */
export type ScriptEffect =
  | {
      readonly type: "run-script";
      readonly script: string;
      readonly command: ScriptCommand;
      readonly timeout: Micros;
    }
  | { readonly type: "cancel-script"; readonly script: string }
  | { readonly type: "log"; readonly level: "info" | "warn"; readonly message: string };

/** A function to call when a deadline has come, with the time it was meant for and the time it is. */
export type Timer = (due: Micros, now: Micros) => void;

/**
 * One vrrp_script: when it runs, and whether it is up after `rise` successes or down after `fall` failures in a row.
 * As with keepalived the very first result counts at once, whatever rise and fall. Runs never overlap: a start that
 * comes due while the last run goes on is left out.
 */
export class ScriptTracker {
  #config: VrrpScript;
  #status: TrackStatus = "unknown";
  /** Results in a row that speak against the status. */
  #against = 0;
  #running = false;
  #exitStatus: string | undefined = "0";
  #how: string | undefined;
  readonly #timers: DeadlineQueue<Timer>;
  readonly #emit: (effect: ScriptEffect) => void;
  readonly #due: Timer = (due, now) => this.#start(due, now);

  constructor(config: VrrpScript, timers: DeadlineQueue<Timer>, emit: (effect: ScriptEffect) => void) {
    this.#config = config;
    this.#timers = timers;
    this.#emit = emit;
  }

  /** What instances are to make of it: with init_fail it is down until the first result. */
  get status(): TrackStatus {
    return this.#status === "unknown" && this.#config.init_fail ? "down" : this.#status;
  }

  get config(): VrrpScript {
    return this.#config;
  }

  /** "failed 3 of 3": what made the status, for messages; undefined before the first result. */
  get how(): string | undefined {
    return this.#how;
  }

  /** Runs it now, and then at every interval. */
  start(now: Micros): void {
    this.#timers.set(this.#due, now);
  }

  /** Ends what runs; no result counts any more. */
  stop(): void {
    this.#timers.cancel(this.#due);
    if (this.#running) this.#emit({ type: "cancel-script", script: this.#config.name });
    this.#running = false;
  }

  /** Takes over a changed configuration. The status stays; a shorter interval counts from now. */
  update(config: VrrpScript, now: Micros): void {
    this.#config = config;
    const due = this.#timers.deadlineOf(this.#due);
    if (due !== undefined && due > now + config.interval) this.#timers.set(this.#due, now + config.interval);
  }

  /** Takes the result of a run. Returns whether the status changed. */
  result(ok: boolean, status: string): boolean {
    if (!this.#running) return false;
    this.#running = false;
    this.#logExitStatus(ok, status);
    const next: TrackStatus = ok ? "up" : "down";
    this.#against = next === this.#status ? 0 : this.#against + 1;
    const needed = this.#status === "unknown" ? 1 : ok ? this.#config.rise : this.#config.fall;
    if (this.#against < needed) return false;
    this.#how = `${ok ? "succeeded" : "failed"} ${this.#against} of ${needed}`;
    this.#against = 0;
    this.#status = next;
    const { name } = this.#config;
    const how = status === "timed out" ? "timed_out" : `failed (${status})`;
    this.#emit({ type: "log", level: "info", message: `VRRP_Script(${name}) ${ok ? "succeeded" : how}` });
    return true;
  }

  #start(due: Micros, now: Micros): void {
    const { name, interval, timeout, script, user } = this.#config;
    // From the time it was due, so that runs keep their rhythm; a long standstill is not caught up with.
    this.#timers.set(this.#due, due + interval > now ? due + interval : now + interval);
    if (this.#running) {
      const message = `Track script ${name} is already running, expect idle - skipping run`;
      this.#emit({ type: "log", level: "warn", message });
      return;
    }
    this.#running = true;
    const command = script.user === undefined && user !== undefined ? { ...script, ...user } : script;
    this.#emit({ type: "run-script", script: name, command, timeout: timeout ?? interval });
  }

  #logExitStatus(ok: boolean, status: string): void {
    const exitStatus = ok ? "0" : /^exited with status (\d+)$/.exec(status)?.[1];
    if (exitStatus !== undefined && exitStatus !== this.#exitStatus) {
      const message = `Script \`${this.#config.name}\` now returning ${exitStatus}`;
      this.#emit({ type: "log", level: "info", message });
    }
    this.#exitStatus = exitStatus;
  }
}
