import type { Closable, ProcessEvent, ProcessMonitorOptions, ProcessPort } from "../ports.ts";
import type { Faults } from "./faults.ts";

interface Running {
  name: string;
  command: readonly string[];
}

/** Longest name that the kernel keeps. */
const NAME_LENGTH = 15;
const FIRST_PID = 1_000;

const nameOf = (command: readonly string[]): string =>
  (command[0] ?? "").replace(/^.*\//, "").slice(0, NAME_LENGTH);

/** Processes in memory, and the hands that start and end them. */
export class MemoryProcesses implements ProcessPort {
  readonly #later: (callback: () => void) => void;
  readonly #faults: Faults;
  readonly #running = new Map<number, Running>();
  readonly #monitors = new Set<(event: ProcessEvent) => void>();
  #nextPid = FIRST_PID;

  constructor(later: (callback: () => void) => void, faults: Faults) {
    this.#later = later;
    this.#faults = faults;
  }

  list(): number[] {
    return [...this.#running.keys()];
  }

  name(pid: number): string | undefined {
    return this.#running.get(pid)?.name;
  }

  command(pid: number): readonly string[] | undefined {
    return this.#running.get(pid)?.command;
  }

  monitor(callback: (event: ProcessEvent) => void, _options?: ProcessMonitorOptions): Closable {
    this.#faults.meet("processes.monitor");
    this.#monitors.add(callback);
    return { close: () => this.#monitors.delete(callback) };
  }

  /** A shell forks and runs a program: its pid. */
  start(command: readonly string[]): number {
    const pid = this.#create({ name: "sh", command: ["sh"] });
    this.#emit({ type: "fork", parent: 1, child: pid });
    this.#running.set(pid, { name: nameOf(command), command });
    this.#emit({ type: "exec", pid });
    return pid;
  }

  /** A process forks: the pid of the child, which is the same program. */
  fork(parent: number): number {
    const child = this.#create({ name: "", command: [], ...this.#running.get(parent) });
    this.#emit({ type: "fork", parent, child });
    return child;
  }

  rename(pid: number, name: string): void {
    const process = this.#running.get(pid);
    if (process === undefined) return;
    process.name = name.slice(0, NAME_LENGTH);
    this.#emit({ type: "name", pid, name: process.name });
  }

  end(pid: number): void {
    if (this.#running.delete(pid)) this.#emit({ type: "exit", pid });
  }

  #create(process: Running): number {
    const pid = this.#nextPid;
    this.#nextPid += 1;
    this.#running.set(pid, process);
    return pid;
  }

  #emit(event: ProcessEvent): void {
    for (const monitor of this.#monitors) {
      this.#later(() => {
        if (this.#monitors.has(monitor)) monitor(event);
      });
    }
  }
}
