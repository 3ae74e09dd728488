/** What keepalived and Holdfast have in common as routers of a lab, so that scenarios name no program. */
import { writeFileSync } from "node:fs";
import type { Host, Lab } from "./netns.ts";
import { eventually, type LabProcess, signalProcess } from "./process.ts";

export type RouterState = "MASTER" | "BACKUP" | "FAULT";

/** Which of its parts the daemon runs, by its option: checkers need a kernel with IPVS. */
export type RouterParts = "vrrp" | "checkers" | "all";

/** The options, the same for both programs. */
export const PART_OPTIONS: Readonly<Record<RouterParts, readonly string[]>> = {
  vrrp: ["-P"],
  checkers: ["-C"],
  all: [],
};

/** How a program is started: everything but the configuration. */
export interface RouterProgram {
  readonly name: string;
  /** The command line that runs `config` in the foreground, logging to its output. */
  readonly command: (files: RouterFiles, parts?: RouterParts) => readonly string[];
}

/** Paths of its own for each router: several share one mount namespace. */
export interface RouterFiles {
  readonly config: string;
  readonly pid: string;
  readonly vrrpPid: string;
  readonly checkersPid: string;
}

let routers = 0;

/** A daemon running in a host of the lab on a configuration of its own. */
export class Router {
  readonly host: Host;
  readonly program: RouterProgram;
  readonly files: RouterFiles;
  readonly parts: RouterParts;
  #process: LabProcess | undefined;

  /** Prepares the files; `start` starts. */
  constructor(lab: Lab, host: Host, program: RouterProgram, config: string, parts: RouterParts = "vrrp") {
    routers += 1;
    const base = lab.path(`${host.name}-${routers}`);
    this.host = host;
    this.program = program;
    this.parts = parts;
    this.files = {
      config: `${base}.conf`,
      pid: `${base}.pid`,
      vrrpPid: `${base}-vrrp.pid`,
      checkersPid: `${base}-checkers.pid`,
    };
    this.configure(config);
  }

  /** Writes the configuration; a running daemon reads it at `reload`. */
  configure(config: string): void {
    writeFileSync(this.files.config, config, { mode: 0o644 });
  }

  /** The running daemon; throws before `start`. */
  get process(): LabProcess {
    if (this.#process === undefined)
      throw new Error(`${this.host.name}: ${this.program.name} was never started`);
    return this.#process;
  }

  start(): void {
    if (this.#process?.running) throw new Error(`${this.host.name}: ${this.program.name} runs already`);
    this.#process = this.host.spawn(this.program.command(this.files, this.parts));
  }

  /** Starts it on another configuration; resolves when everything runs. */
  async startOn(config: string): Promise<void> {
    this.configure(config);
    this.start();
    await this.process.waitFor("Startup complete", 20_000);
  }

  /** Waits for the log to say that the instance entered the state, after `mark` in the log. */
  async waitForState(instance: string, state: RouterState, timeout = 20_000, mark = 0): Promise<void> {
    await this.process.waitFor(`(${instance}) Entering ${state} STATE`, timeout, mark);
  }

  /** Asks it to read its configuration again. */
  reload(): void {
    this.process.signal("SIGHUP");
  }

  /** Ends it as an operator would; resolves to its exit status. */
  async stop(): Promise<number | NodeJS.Signals> {
    return this.process.stop();
  }

  /** Kills parent and children with SIGKILL: no farewell advert, and its addresses stay behind. */
  async kill(): Promise<void> {
    const tree = this.process.killTree();
    await this.process.exited;
    // A child is there, if only as a zombie, until init has buried it; keepalived takes it for a running daemon.
    const buried = () => tree.every((pid) => !signalProcess(pid, 0));
    await eventually(`${this.host.name}: the end of ${tree.length} processes`, buried);
  }
}
