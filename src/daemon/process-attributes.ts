import { readFileSync } from "node:fs";
import {
  lockRange,
  setAffinity,
  setPriority,
  setProcessName,
  setResourceLimit,
  setScheduler,
} from "../../native/process.ts";
import type { GlobalDefs } from "../config/config.ts";
import { errnoName } from "../wire/errno.ts";
import type { Log } from "./log/log.ts";
import type { Role } from "./messages.ts";

const SCHED_RR = 2;
/** What the process starts, scripts and threads, is not real-time. */
const SCHED_RESET_ON_FORK = 0x40000000;
const RLIMIT_RTTIME = 15;
/** Readable mappings of files, the C heap and the stack, of /proc/self/maps. */
const MAPPING = /^([\da-f]+)-([\da-f]+) r\S+ .* (?:\/.*|\[heap\]|\[stack\])$/;
/**
 * Least limit of the time without a blocking call, microseconds. keepalived's default of 10 ms would end a process
 * that collects garbage or compiles code.
 */
const LEAST_RTTIME = 500_000;

/** What global_defs says of one process. */
export interface ProcessAttributes {
  /** `comm`, when it is not Holdfast's own. */
  readonly name?: string;
  readonly nice?: number;
  readonly realTime?: number;
  /** Microseconds. */
  readonly limit: number;
  readonly locked: boolean;
  readonly cpus?: readonly number[];
}

/** Names under process_names, as keepalived gives them. */
const NAMES = { parent: "keepalived", vrrp: "keepalived_vrrp", checkers: "keepalived_lvs" } as const;

/** `comm` of a process, when the configuration names it. */
export function processNameOf(g: GlobalDefs, role: Role | "parent"): string | undefined {
  const own = { parent: g.process_name, vrrp: g.vrrp_process_name, checkers: g.checker_process_name }[role];
  return own ?? (g.process_names ? NAMES[role] : undefined);
}

/** The attributes of a child. */
export function attributesOf(g: GlobalDefs, role: Role): ProcessAttributes {
  const isVrrp = role === "vrrp";
  const name = processNameOf(g, role);
  const nice = isVrrp ? g.vrrp_priority : g.checker_priority;
  const realTime = isVrrp ? g.vrrp_rt_priority : g.checker_rt_priority;
  const cpus = isVrrp ? g.vrrp_cpu_affinity : g.checker_cpu_affinity;
  return {
    limit: isVrrp ? g.vrrp_rlimit_rttime : g.checker_rlimit_rttime,
    locked: isVrrp ? g.vrrp_no_swap : g.checker_no_swap,
    ...(name !== undefined && { name }),
    ...(nice !== undefined && { nice }),
    ...(realTime !== undefined && { realTime }),
    ...(cpus !== undefined && { cpus }),
  };
}

/** Gives this process its attributes; what the system refuses is logged, and the process goes on without. */
export function applyAttributes(attributes: ProcessAttributes, log: Log): void {
  const { name, nice, realTime, limit, locked, cpus } = attributes;
  const attempt = (what: string, result: number) => {
    if (result < 0) log.warn(`Unable to set ${what}: ${errnoName(-result)}`);
  };
  if (name !== undefined) attempt("process name", setProcessName(name));
  if (locked) attempt("memory lock", lockProgram());
  if (cpus !== undefined) attempt("CPU affinity", setAffinity(cpus));
  if (realTime !== undefined) makeRealTime(realTime, limit, log);
  else if (nice !== undefined) attempt("process priority", setPriority(nice));
}

/**
 * Keeps the program, its libraries, its C heap and its stack in memory, each page once it was used. Not the heap of
 * JavaScript: V8 gives pages of it back in a way that the system refuses for locked ones, and ends the process then.
 * 0 or -errno.
 */
function lockProgram(): number {
  for (const line of readFileSync("/proc/self/maps", "latin1").split("\n")) {
    const [, from = "", to = ""] = MAPPING.exec(line) ?? [];
    if (from === "") continue;
    const start = Number.parseInt(from, 16);
    const result = lockRange(start, Number.parseInt(to, 16) - start);
    if (result < 0) return result;
  }
  return 0;
}

/** Puts the main thread among the real-time ones. `limit`: its time without a blocking call, microseconds. */
function makeRealTime(priority: number, limit: number, log: Log): void {
  const hard = Math.max(limit, LEAST_RTTIME);
  // The soft limit is a signal, the hard one the end.
  const results = [
    setResourceLimit(RLIMIT_RTTIME, hard / 2, hard),
    setScheduler(SCHED_RR | SCHED_RESET_ON_FORK, priority),
  ];
  for (const result of results) {
    if (result < 0) log.warn(`Unable to set real-time priority ${priority}: ${errnoName(-result)}`);
  }
}

/**
 * max_auto_priority: a process whose timers come late makes itself real-time, and more so each time it happens, up to
 * a highest priority.
 */
export class AutoPriority {
  readonly #g: GlobalDefs;
  readonly #limit: number;
  readonly #log: Log;
  readonly #most: number;
  #priority = 0;

  constructor(g: GlobalDefs, role: Role, log: Log) {
    const { realTime, limit } = attributesOf(g, role);
    this.#g = g;
    this.#limit = limit;
    this.#log = log;
    const most = g.max_auto_priority === "highest" ? 99 : g.max_auto_priority;
    this.#most = realTime === undefined ? most : 0;
  }

  /** Whether lateness is looked at. */
  get active(): boolean {
    return this.#most > 0;
  }

  /** A timer was so many microseconds late. */
  late(delay: number): void {
    if (delay < this.#g.min_auto_priority_delay || this.#priority >= this.#most) return;
    this.#priority += 1;
    this.#log.info(`Timer ${delay} us late: raising real-time priority to ${this.#priority}`);
    makeRealTime(this.#priority, this.#limit, this.#log);
  }
}
