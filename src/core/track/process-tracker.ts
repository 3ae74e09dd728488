import type { TrackProcess } from "../../config/config.ts";
import type { Micros } from "../../values/time.ts";
import type { DeadlineQueue } from "../timers.ts";
import type { ScriptEffect, Timer, TrackStatus } from "./script-tracker.ts";

/** What changed a count: a fork, an end, or something that takes no delay (exec, another name, a new list). */
export type CountCause = "forked" | "ended" | "other";

/**
 * One vrrp_track_process: up while no fewer than `quorum` and no more than `quorum_max` processes run. What a fork
 * changes counts after fork_delay, what an end changes after terminate_delay, everything else at once.
 */
export class ProcessTracker {
  #config: TrackProcess;
  #count: number | undefined;
  #status: TrackStatus = "unknown";
  readonly #timers: DeadlineQueue<Timer>;
  readonly #emit: (effect: ScriptEffect) => void;
  readonly #changed: (now: Micros) => void;
  readonly #delayed: Timer = (_due, now) => {
    this.#settle();
    this.#changed(now);
  };

  /** `changed` is called when a delay has passed and the status is another. */
  constructor(
    config: TrackProcess,
    timers: DeadlineQueue<Timer>,
    emit: (effect: ScriptEffect) => void,
    changed: (now: Micros) => void,
  ) {
    this.#config = config;
    this.#timers = timers;
    this.#emit = emit;
    this.#changed = changed;
  }

  get config(): TrackProcess {
    return this.#config;
  }

  get status(): TrackStatus {
    return this.#status;
  }

  /** "0 of 1 running": for messages. */
  get how(): string {
    const { most } = this;
    const bound = most !== undefined && (this.#count ?? 0) > most ? `at most ${most}` : `${this.least}`;
    return `${this.#count ?? 0} of ${bound} running`;
  }

  /** Fewest processes; none where none may run. */
  get least(): number {
    return Math.min(this.#config.quorum, this.most ?? this.#config.quorum);
  }

  /** Most processes; undefined for any number. */
  get most(): number | undefined {
    return this.#config.quorum_max;
  }

  /** Takes over a changed configuration; the count stays, and what it comes to is settled at once. */
  update(config: TrackProcess): void {
    this.#config = config;
    if (this.#count !== undefined) this.#settle();
  }

  /** Takes the number of processes that run. Returns whether the status changed. */
  observe(count: number, cause: CountCause, now: Micros): boolean {
    const first = this.#count === undefined;
    this.#count = count;
    if (this.#wanted() === this.#status) {
      this.#timers.cancel(this.#delayed);
      return false;
    }
    const delay = first ? 0 : this.#delayOf(cause);
    if (delay === 0) {
      this.#settle(first);
      return true;
    }
    if (this.#timers.deadlineOf(this.#delayed) === undefined) this.#timers.set(this.#delayed, now + delay);
    return false;
  }

  /** Forgets the delay that runs. */
  stop(): void {
    this.#timers.cancel(this.#delayed);
  }

  #delayOf(cause: CountCause): Micros {
    if (cause === "other") return 0;
    return (cause === "forked" ? this.#config.fork_delay : this.#config.terminate_delay) ?? 0;
  }

  #wanted(): TrackStatus {
    const count = this.#count ?? 0;
    return count >= this.least && count <= (this.most ?? Number.POSITIVE_INFINITY) ? "up" : "down";
  }

  #settle(silent = false): void {
    this.#timers.cancel(this.#delayed);
    const wanted = this.#wanted();
    if (wanted === this.#status) return;
    this.#status = wanted;
    if (silent) return;
    const message = `Quorum ${wanted === "up" ? "gained" : "lost"} for tracked process ${this.#config.name}`;
    this.#emit({ type: "log", level: "info", message });
  }
}
