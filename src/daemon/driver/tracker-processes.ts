import { Census, type CountChange, type ProcessFacts } from "../../core/track/census.ts";
import type { CountCause } from "../../core/track/process-tracker.ts";
import type { VrrpEffect } from "../../core/vrrp/contract.ts";
import {
  type Closable,
  KernelError,
  type ProcessEvent,
  type ProcessMonitorOptions,
  type ProcessPort,
} from "../../kernel/ports.ts";
import type { Log } from "../log/log.ts";

type Count = Extract<VrrpEffect, { type: "count-processes" }>;

/** Where the kernel tells nothing, processes are listed this often, milliseconds. */
const LISTING_MS = 1_000;

/** Counts the processes that instances track: by the kernel's events, or where there are none by listing. */
export class TrackerProcesses {
  readonly #processes: ProcessPort;
  readonly #log: Log;
  readonly #tell: (process: string, count: number, cause: CountCause) => void;
  readonly #census = new Census();
  /** Patterns that are to be counted for the first time. */
  readonly #fresh = new Set<string>();
  #options: ProcessMonitorOptions = {};
  #monitor: Closable | undefined;
  #listing: NodeJS.Immediate | undefined;

  constructor(
    processes: ProcessPort,
    log: Log,
    tell: (process: string, count: number, cause: CountCause) => void,
  ) {
    this.#processes = processes;
    this.#log = log;
    this.#tell = tell;
  }

  /** process_monitor_rcv_bufs: for a monitor that opens from now on. */
  configure(options: ProcessMonitorOptions): void {
    this.#options = options;
  }

  /** All patterns of one plan are counted in one pass over the processes, which comes right after it. */
  count({ process, pattern }: Count): void {
    this.#census.add(process, pattern);
    this.#fresh.add(process);
    this.#monitor ??= this.#open();
    this.#listing ??= setImmediate(() => {
      this.#listing = undefined;
      this.#list();
    });
  }

  uncount(process: string): void {
    this.#census.remove(process);
    this.#fresh.delete(process);
    if (!this.#census.empty) return;
    this.#monitor?.close();
    this.#monitor = undefined;
  }

  close(): void {
    if (this.#listing) clearImmediate(this.#listing);
    this.#monitor?.close();
  }

  #open(): Closable {
    try {
      return this.#processes.monitor((event) => this.#onEvent(event), this.#options);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#log.warn(
        `The kernel does not tell of processes here (${error.message}): they are listed every second. It takes CAP_NET_ADMIN in its first user and process namespaces, and CONFIG_PROC_EVENTS.`,
      );
      const timer = setInterval(() => this.#list(), LISTING_MS);
      return { close: () => clearInterval(timer) };
    }
  }

  #onEvent(event: ProcessEvent): void {
    switch (event.type) {
      case "fork":
        this.#report(this.#census.fork(event.parent, event.child));
        break;
      case "exec":
        this.#report(this.#census.see(event.pid, this.#factsOf(event.pid)));
        break;
      case "name":
        this.#report(this.#census.see(event.pid, this.#factsOf(event.pid, event.name)));
        break;
      case "exit":
        this.#report(this.#census.end(event.pid));
        break;
      case "lost":
        this.#log.warn(
          "Events of processes were lost: all are listed. A greater process_monitor_rcv_bufs helps.",
        );
        this.#list();
        break;
    }
  }

  #factsOf(pid: number, name = this.#processes.name(pid) ?? ""): ProcessFacts {
    return { name, command: () => this.#processes.command(pid) };
  }

  #list(): void {
    const running = new Map(this.#processes.list().map((pid) => [pid, this.#factsOf(pid)]));
    const changes = this.#census.recount(running);
    this.#report(changes.filter(({ process }) => !this.#fresh.has(process)));
    for (const process of this.#fresh) this.#tell(process, this.#census.count(process), "other");
    this.#fresh.clear();
  }

  #report(changes: readonly CountChange[]): void {
    for (const { process, count, cause } of changes) {
      if (!this.#fresh.has(process)) this.#tell(process, count, cause);
    }
  }
}
