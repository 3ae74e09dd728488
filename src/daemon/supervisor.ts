import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Config } from "../config/config.ts";
import type { VrrpSnapshot } from "../core/vrrp/snapshot.ts";
import { parentConsole } from "./log/console-sink.ts";
import type { Log } from "./log/log.ts";
import { relayLines } from "./log/relay-lines.ts";
import type { ChildSettings, FromChild, Role, ToChild } from "./messages.ts";
import type { Alert, LocatedLine } from "./notify/outlets.ts";
import { ParcelWriter } from "./parcels.ts";
import { type PidFile, takePidFile } from "./pid-file.ts";
import { childProgram } from "./program-path.ts";

/** How a child is called in the log, as keepalived calls it. */
const NAMES = { vrrp: "VRRP", checkers: "Healthcheck" } as const;
/**
 * How each child's V8 starts. VRRP is not to stand still for 10 ms, three times, for a few megabytes that could be given
 * back some seconds after a start. Of a farm nearly everything survives, and each collection of garbage has a price of its
 * own: a space for young objects of 2 MB instead of one has half as many of them, and is as small otherwise.
 */
const V8_OPTIONS = { vrrp: ["--no-memory-reducer"], checkers: ["--min-semi-space-size=2"] } as const;
/** Milliseconds that a child has to carry out a plan, which may hold tens of thousands of servers. */
const APPLY_LIMIT = 60_000;
/** Milliseconds that a child has to answer an operator. */
const REPORT_LIMIT = 5_000;
/** A child that lives shorter than this, in milliseconds, several times in a row, is started again later and later. */
const SETTLED = 5_000;
const QUICK_DEATHS = 3;
const LONGEST_PAUSE = 30_000;

/** Milliseconds before a child is started again that has died so often within moments of its start. */
export function respawnPause(quickDeaths: number): number {
  return quickDeaths <= QUICK_DEATHS
    ? 0
    : Math.min(LONGEST_PAUSE, 1_000 * 2 ** (quickDeaths - QUICK_DEATHS - 1));
}

/** A configuration's part for one child. */
export interface Assignment {
  readonly config: Config;
  readonly fifos: readonly string[];
}

export interface SupervisorOptions {
  readonly role: Role;
  readonly settings: ChildSettings;
  readonly pidFile: string;
  readonly respawn: boolean;
  readonly log: Log;
  /** What a child that is started again gets: the configuration of that moment. */
  readonly current: () => Assignment;
  /** The child cannot work, or died and is not to be started again. */
  readonly onFatal: (reason: string) => void;
  readonly onAlert: (alert: Alert) => void;
  /** A line for the log, to be completed by its place. */
  readonly onLocated: (line: LocatedLine) => void;
}

/** Keeps one child running: starts it, hands it plans, starts it again when it dies, and ends it. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #name: string;
  #process: ChildProcess | undefined;
  #pidFile: PidFile | undefined;
  #startedAt = 0;
  #quickDeaths = 0;
  #timer: NodeJS.Timeout | undefined;
  #wanted = false;
  /** Called once for the next `applied`, or with false when the child ends before. */
  #waiting: ((applied: boolean) => void)[] = [];
  /** Called once, in order, for each `report`. */
  #reporting: ((snapshot: VrrpSnapshot | undefined) => void)[] = [];

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#name = NAMES[options.role];
  }

  /** Whether a child is meant to be there. */
  get wanted(): boolean {
    return this.#wanted;
  }

  /** Starts the child; resolves when its first plan is carried out, or it turned out that it cannot be. */
  async start(assignment: Assignment): Promise<boolean> {
    this.#wanted = true;
    return this.#spawn(assignment);
  }

  /** Hands the child its part of another configuration; resolves when the plan that leads there is carried out. */
  async apply({ config, fifos }: Assignment): Promise<void> {
    // A child that is being started again gets the new configuration as it starts.
    if (this.#process === undefined) return;
    const applied = this.#applied(APPLY_LIMIT);
    this.#send({ type: "apply", config: this.#sendServices(config), fifos });
    if (!(await applied)) this.#options.log.error(`${this.#name} child process did not confirm the new plan`);
  }

  /** What the child tells of itself; undefined when it is not there, or does not answer. */
  report(clear: boolean): Promise<VrrpSnapshot | undefined> {
    if (this.#process === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), REPORT_LIMIT);
      this.#reporting.push((snapshot) => {
        clearTimeout(timer);
        resolve(snapshot);
      });
      this.#send({ type: "report", clear });
    });
  }

  /** Ends the child by its plan to empty; by SIGKILL after `limit` milliseconds. Resolves when it is gone. */
  async stop(limit: number): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#timer);
    const child = this.#process;
    if (child === undefined) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    this.#send({ type: "stop" });
    const timer = setTimeout(() => {
      this.#options.log.error(`${this.#name} child process(${child.pid}) does not stop; killing it`);
      child.kill("SIGKILL");
    }, limit);
    await gone;
    clearTimeout(timer);
  }

  #send(message: ToChild): void {
    // A child that is gone is noticed by its exit.
    if (this.#process?.connected) this.#process.send(message, () => {});
  }

  /** Resolves to whether the child confirmed a plan within the limit. */
  #applied(limit: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), limit);
      this.#waiting.push((applied) => {
        clearTimeout(timer);
        resolve(applied);
      });
    });
  }

  #spawn({ config, fifos }: Assignment): Promise<boolean> {
    const { role, log } = this.#options;
    const child = spawn(process.execPath, [...V8_OPTIONS[role], childProgram(), role], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      // Plans and configurations are sent as they are; structured clone keeps what JSON would lose.
      serialization: "advanced",
    });
    this.#process = child;
    this.#startedAt = Date.now();
    if (child.pid !== undefined) {
      log.info(`Starting ${this.#name} child process, pid=${child.pid}`);
      this.#takePidFile(child.pid);
    }
    child.on("message", (message: FromChild) => this.#take(child, message));
    child.once("error", (error) => {
      // Without a process there is no exit to come: out of memory or processes, perhaps not for long.
      if (child.pid === undefined) this.#ended(child, error.message);
      else log.error(`${this.#name} child process(${child.pid}): ${error.message}`);
    });
    child.once("exit", (status, signal) => this.#ended(child, signal ?? `status ${status}`));
    if (child.stderr !== null) this.#relay(child.stderr);
    const settings = this.#settings();
    this.#send({ type: "start", settings, config: this.#sendServices(config), fifos });
    return this.#applied(APPLY_LIMIT);
  }

  /** What another daemon writes down beside a pid file that it holds is not for this one to clear up. */
  #settings(): ChildSettings {
    const { ledger: _, ...others } = this.#options.settings;
    return this.#pidFile === undefined ? others : this.#options.settings;
  }

  /** Returns the rest of the configuration. */
  #sendServices(config: Config): Config {
    for (const parcel of new ParcelWriter().parcels(config.virtual_server))
      this.#send({ type: "services", parcel });
    return { ...config, virtual_server: [] };
  }

  /** With a console its lines are the child's own log; without one, only what Node itself has to say. */
  #relay(stream: NodeJS.ReadableStream): void {
    const { log, settings } = this.#options;
    if (settings.log.console) relayLines(stream, (lines) => parentConsole.pass(lines));
    else
      createInterface({ input: stream }).on("line", (line) =>
        log.error(`${this.#name} child process: ${line}`),
      );
  }

  #takePidFile(pid: number): void {
    const taken = takePidFile(this.#options.pidFile, pid);
    if (taken.taken) this.#pidFile = taken;
    else {
      const reason = taken.running ? `${this.#options.pidFile} is held by another process` : taken.reason;
      this.#options.log.warn(reason);
    }
  }

  #take(child: ChildProcess, message: FromChild): void {
    if (child !== this.#process) return;
    switch (message.type) {
      case "applied":
        this.#waiting.shift()?.(true);
        break;
      case "report":
        this.#reporting.shift()?.(message.vrrp);
        break;
      case "alert":
        this.#options.onAlert(message.alert);
        break;
      case "located":
        this.#options.onLocated(message.line);
        break;
      case "fatal":
        this.#wanted = false;
        this.#options.onFatal(`pid ${child.pid} exited with permanent error: ${message.reason}. Terminating`);
        break;
    }
  }

  #ended(child: ChildProcess, how: string): void {
    if (child !== this.#process) return;
    this.#process = undefined;
    this.#pidFile?.release();
    this.#pidFile = undefined;
    for (const resolve of this.#waiting.splice(0)) resolve(false);
    for (const resolve of this.#reporting.splice(0)) resolve(undefined);
    if (!this.#wanted) return;
    const { log, respawn, onFatal } = this.#options;
    if (!respawn) {
      this.#wanted = false;
      onFatal(`${this.#name} child process(${child.pid}) died (${how}): Exiting`);
      return;
    }
    this.#quickDeaths = Date.now() - this.#startedAt < SETTLED ? this.#quickDeaths + 1 : 0;
    const pause = respawnPause(this.#quickDeaths);
    const when = pause === 0 ? "Respawning" : `Respawning in ${pause / 1_000} s`;
    log.error(`${this.#name} child process(${child.pid}) died (${how}): ${when}`);
    this.#timer = setTimeout(() => void this.#spawn(this.#options.current()), pause);
  }
}
