import { readFileSync } from "node:fs";
import type { RouterProgram } from "../test/lab/router.ts";
import { type Farm, farmConfiguration } from "./lvs-configuration.ts";
import { LvsDaemon } from "./lvs-daemon.ts";
import { pause } from "./programs.ts";

/** Longest that a table may take to be filled or emptied, milliseconds. */
const LIMIT = 120_000;
/** Milliseconds between two looks at the table. */
const LOOK = 50;
/** Milliseconds that a daemon is left alone before it is told something else. */
const SETTLED = 3_000;

export interface Programming {
  /** Seconds from the start of the program to its first service, with compiling. */
  readonly start: number;
  /** Seconds from the first service to the last server. */
  readonly fill: number;
  /** Seconds from SIGTERM to an empty table. */
  readonly empty: number;
}

/**
 * How many services the table holds: each has a reference to its scheduler, which is a module here. Listing the table
 * instead would take the one processor away from who fills it.
 */
function services(): number {
  return Number(readFileSync("/sys/module/ip_vs_wlc/refcnt", "utf8"));
}

/** Lines of services and of servers. */
function entries(): number {
  const lines = readFileSync("/proc/net/ip_vs", "utf8").split("\n");
  return lines.filter((line) => /^(TCP| {2}-> [\dA-F])/.test(line)).length;
}

/** Looks rarely: it takes the processor, too. */
async function until(what: string, check: () => boolean): Promise<void> {
  const limit = performance.now() + LIMIT;
  while (!check()) {
    if (performance.now() > limit) throw new Error(`${what}: not within ${LIMIT} ms`);
    await pause(LOOK);
  }
}

/** The first checks may have failed by the time that a farm is in the table. */
async function untilFull(farm: Farm): Promise<void> {
  await until("the last service", () => services() === farm.services);
  const all = farm.services * (1 + farm.each);
  await until("the last server", () => entries() > 0.999 * all);
}

/** Seconds since `start`, a time of performance.now(). */
const secondsSince = (start: number) => (performance.now() - start) / 1000;

/** A farm programmed into the empty table, and taken out again by a stop. */
export async function programming(program: RouterProgram, folder: string, farm: Farm): Promise<Programming> {
  if (services() !== 0 || entries() !== 0) throw new Error("the table is not empty");
  const text = farmConfiguration(farm);
  const started = performance.now();
  const daemon = new LvsDaemon(program, folder, text);
  try {
    await until("the first service", () => services() > 0);
    const start = secondsSince(started);
    await untilFull(farm);
    const fill = secondsSince(started) - start;
    await pause(SETTLED);
    const stopping = performance.now();
    daemon.terminate();
    await until("an empty table", () => services() === 0);
    return { start, fill, empty: secondsSince(stopping) };
  } finally {
    daemon.terminate();
    await daemon.ended();
  }
}

export interface Reloading {
  /** Seconds from SIGHUP to the first of the new services. */
  readonly first: number;
  /** Seconds from SIGHUP to the last server. */
  readonly full: number;
  /** Seconds from SIGHUP to a table of one service again. */
  readonly back: number;
}

/** A daemon of one service is given the whole farm, and then its one service again. */
export async function reloading(program: RouterProgram, folder: string, farm: Farm): Promise<Reloading> {
  const [one, all] = [farmConfiguration({ ...farm, services: 1 }), farmConfiguration(farm)];
  const daemon = new LvsDaemon(program, folder, one);
  try {
    await until("the one service", () => services() === 1);
    await pause(SETTLED);
    const growing = performance.now();
    daemon.reload(all);
    await until("the first new service", () => services() > 1);
    const first = secondsSince(growing);
    await untilFull(farm);
    const full = secondsSince(growing);
    await pause(SETTLED);
    const shrinking = performance.now();
    daemon.reload(one);
    await until("one service", () => services() === 1);
    return { first, full, back: secondsSince(shrinking) };
  } finally {
    daemon.terminate();
    await daemon.ended();
  }
}
