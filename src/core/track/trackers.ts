import type { TrackFile, TrackProcess, VrrpScript } from "../../config/config.ts";
import type { Micros } from "../../values/time.ts";
import type { DeadlineQueue } from "../timers.ts";
import type { ProcessPattern } from "./census.ts";
import type { TrackEffect } from "./effects.ts";
import { type CountCause, ProcessTracker } from "./process-tracker.ts";
import { ScriptTracker, type Timer } from "./script-tracker.ts";

/** A tracked file: what it holds. */
export interface FileTracker {
  readonly config: TrackFile;
  /** Undefined until it has been read. */
  readonly value: number | undefined;
}

/** What is defined, by name; and which of it somebody tracks. */
export interface Trackable {
  readonly scripts: ReadonlyMap<string, VrrpScript>;
  readonly files: ReadonlyMap<string, TrackFile>;
  readonly processes: ReadonlyMap<string, TrackProcess>;
}

export type TrackedNames = { readonly [K in keyof Trackable]: ReadonlySet<string> };

/** Everything that is tracked and is no interface. What nobody tracks does not run, is not read and not counted. */
export class Trackers {
  readonly scripts = new Map<string, ScriptTracker>();
  readonly files = new Map<string, FileTracker>();
  readonly processes = new Map<string, ProcessTracker>();
  /** BFD sessions that were told of: whether they are up. */
  readonly sessions = new Map<string, boolean>();
  readonly #timers: DeadlineQueue<Timer>;
  readonly #emit: (effect: TrackEffect) => void;
  readonly #changed: (now: Micros) => void;

  /** `changed` is called when something changed by a deadline of the trackers. */
  constructor(
    timers: DeadlineQueue<Timer>,
    emit: (effect: TrackEffect) => void,
    changed: (now: Micros) => void,
  ) {
    this.#timers = timers;
    this.#emit = emit;
    this.#changed = changed;
  }

  /**
   * Takes over what is defined and tracked; what is tracked still keeps its state, but for the `replaced`. Returns what
   * starts those that are new, to be called when instances know that they have to wait for them.
   */
  apply(defined: Trackable, tracked: TrackedNames, replaced: ReadonlySet<string>, now: Micros): () => void {
    const starts = [
      ...this.#applyScripts(defined.scripts, tracked.scripts, replaced, now),
      ...this.#applyFiles(defined.files, tracked.files),
      ...this.#applyProcesses(defined.processes, tracked.processes),
    ];
    return () => {
      for (const start of starts) start();
    };
  }

  /** A run ended. Returns whether that changed something, as all that follow do. */
  scriptResult(script: string, ok: boolean, status: string): boolean {
    return this.scripts.get(script)?.result(ok, status) ?? false;
  }

  /** A file was read; a number that is none leaves the one before. */
  fileValue(file: string, value: number | undefined): boolean {
    const known = this.files.get(file);
    if (known === undefined) return false;
    const next = value ?? known.value ?? 0;
    if (next === known.value) return false;
    this.files.set(file, { config: known.config, value: next });
    return true;
  }

  processCount(process: string, count: number, cause: CountCause, now: Micros): boolean {
    return this.processes.get(process)?.observe(count, cause, now) ?? false;
  }

  session(name: string, up: boolean): boolean {
    const before = this.sessions.get(name);
    this.sessions.set(name, up);
    return before !== up;
  }

  #applyScripts(
    defined: Trackable["scripts"],
    tracked: ReadonlySet<string>,
    replaced: ReadonlySet<string>,
    now: Micros,
  ): (() => void)[] {
    for (const [name, tracker] of this.scripts) {
      if (tracked.has(name) && defined.has(name) && !replaced.has(name)) continue;
      tracker.stop();
      this.scripts.delete(name);
    }
    return [...defined].flatMap(([name, config]) => {
      const running = this.scripts.get(name);
      running?.update(config, now);
      if (running !== undefined || !tracked.has(name)) return [];
      const tracker = new ScriptTracker(config, this.#timers, this.#emit);
      this.scripts.set(name, tracker);
      return [() => tracker.start(now)];
    });
  }

  #applyFiles(defined: Trackable["files"], tracked: ReadonlySet<string>): (() => void)[] {
    for (const [file, { config }] of this.files) {
      if (tracked.has(file) && defined.get(file)?.file === config.file) continue;
      this.#emit({ type: "unwatch-file", file });
      this.files.delete(file);
    }
    return [...defined].flatMap(([file, config]) => {
      if (!tracked.has(file)) return [];
      const known = this.files.get(file);
      this.files.set(file, { config, value: known?.value });
      return known === undefined ? [() => this.#watch(config)] : [];
    });
  }

  #watch({ name, file, init_file: initial }: TrackFile): void {
    this.#emit({ type: "watch-file", file: name, path: file, ...(initial && { initial }) });
  }

  #applyProcesses(defined: Trackable["processes"], tracked: ReadonlySet<string>): (() => void)[] {
    for (const [process, tracker] of this.processes) {
      const next = defined.get(process);
      if (tracked.has(process) && next !== undefined && samePattern(next, tracker.config)) continue;
      tracker.stop();
      this.#emit({ type: "uncount-processes", process });
      this.processes.delete(process);
    }
    return [...defined].flatMap(([process, config]) => {
      if (!tracked.has(process)) return [];
      const known = this.processes.get(process);
      known?.update(config);
      if (known !== undefined) return [];
      const tracker = new ProcessTracker(config, this.#timers, this.#emit, this.#changed);
      this.processes.set(process, tracker);
      return [() => this.#emit({ type: "count-processes", process, pattern: patternOf(config) })];
    });
  }
}

function patternOf({ process, param_match: match, full_command: fullCommand }: TrackProcess): ProcessPattern {
  return { process, match, fullCommand };
}

function samePattern(a: TrackProcess, b: TrackProcess): boolean {
  return JSON.stringify(patternOf(a)) === JSON.stringify(patternOf(b));
}
