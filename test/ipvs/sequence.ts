/** One case under keepalived and under Holdfast, beside each other: what IPVS holds after each step. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { HOLDFAST } from "../lab/holdfast.ts";
import { KEEPALIVED } from "../lab/keepalived.ts";
import type { Lab } from "../lab/netns.ts";
import { Router } from "../lab/router.ts";
import type { NamedStep, Step } from "./case.ts";
import { type Place, within } from "./server-farm.ts";

/** IPVS after a step, a line each, sorted: the kernel's order is that of its hash tables and of time. */
export interface Comparison {
  readonly title: string;
  readonly keepalived: readonly string[];
  readonly holdfast: readonly string[];
}

export interface Patience {
  /** Milliseconds until both have heard of a step. */
  readonly hearing: number;
  /**
   * Glances without a change before tables are compared: when they are the same, longer than from one check to the next,
   * and when they differ. Counted and not timed: while the guest stands still nobody looks.
   */
  readonly rest: number;
  readonly differing: number;
}

const PATIENCE: Patience = { hearing: 30_000, rest: 25, differing: 60 };
/** Rest, in glances, where no change is to be seen. */
const UNSEEN = 42;
/** Milliseconds between glances. */
const GLANCE = 60;

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A program at its place. */
class Side {
  readonly place: Place;
  readonly router: Router;
  #started = false;
  #isInPlace = false;

  constructor(lab: Lab, place: Place, program: typeof HOLDFAST, parts: "checkers" | "all") {
    this.place = place;
    this.router = new Router(lab, place.host, program, "", parts);
  }

  /** `directory` is where the files of the case are, $DIR in configurations. Resolves when a reload is complete. */
  carryOut(step: Step, directory: string): Promise<unknown> | undefined {
    switch (step.type) {
      case "start":
        this.#configure(step.config, directory);
        this.router.start();
        this.#started = true;
        return undefined;
      case "reload": {
        const mark = this.router.process.mark();
        this.#configure(step.config, directory);
        this.router.reload();
        return this.router.process.waitFor("Reload complete", PATIENCE.hearing, mark);
      }
      case "server":
        this.place.setHealth(step.behaviour, step.addresses);
        return undefined;
      case "run":
        within(this.place.host, step.command);
        return undefined;
      case "stop":
        return this.router.stop();
      case "file":
        return undefined;
    }
  }

  #configure(config: string, directory: string): void {
    this.router.configure(PROLOGUE + config.replaceAll("$DIR", directory));
  }

  /** The kernel's own listing: once the program runs, read without a process, and so cheap to look at often. */
  glance(): string {
    return this.#listing()
      .split("\n")
      .slice(3)
      .map((line) => line.replace(/ +\d+ +\d+ *$/, "").trim())
      .sort()
      .join("\n");
  }

  #listing(): string {
    if (!this.#started) return within(this.place.host, ["cat", "/proc/net/ip_vs"]);
    const process = `/proc/${this.router.process.pid}`;
    try {
      // Until `ip netns exec` is there, it is where the test is.
      this.#isInPlace ||=
        statSync(`${process}/ns/net`).ino === statSync(`/run/netns/${this.place.host.namespace}`).ino;
      if (this.#isInPlace) return readFileSync(`${process}/net/ip_vs`, "utf8");
    } catch {
      return "";
    }
    return within(this.place.host, ["cat", "/proc/net/ip_vs"]);
  }

  /** All that is compared. */
  state(withSettings: boolean): string[] {
    const ask = (...words: string[]) => within(this.place.host, ["ipvsadm", ...words]).split("\n");
    const table = ask("-Sn").map((line) => line.trim());
    const settings = withSettings ? [...ask("-L", "--daemon"), ...ask("-L", "--timeout")] : [];
    return [...table, ...settings].filter(Boolean).sort();
  }
}

/** Stands before every configuration, so that services need not repeat how quick their checks are. */
const PROLOGUE = `$FAST= \\
    delay_loop 1 \\
    warmup 0 \\
    retry 1 \\
    delay_before_retry 0.1 \\
    connect_timeout 1
`;

const isSame = ([one, other]: readonly unknown[]) => JSON.stringify(one) === JSON.stringify(other);

/** Waits until both tables have reacted, and rest; all that is compared then. */
async function settled(
  sides: readonly Side[],
  before: readonly string[],
  { reacts, withSettings }: { reacts: boolean; withSettings: boolean },
  { hearing, rest, differing }: Patience,
): Promise<string[][]> {
  const limit = performance.now() + hearing;
  let last = before;
  let rested = 0;
  let isDoubtful = false;
  for (;;) {
    await sleep(GLANCE);
    const now = sides.map((side) => side.glance());
    rested = isSame([now, last]) ? rested + 1 : 0;
    last = now;
    const haveReacted = !reacts || now.every((text, index) => text !== before[index]);
    // Tables that differ may be a matter of time.
    const enough = isDoubtful || !isSame(now) ? differing : reacts ? rest : Math.max(rest, UNSEEN);
    if (rested < enough || !(haveReacted || performance.now() > limit)) continue;
    const states = sides.map((side) => side.state(withSettings));
    const isStill = isSame([sides.map((side) => side.glance()), now]);
    if (isSame(states) || (isStill && rested >= differing)) return states;
    // One side has moved while they were taken, or what differs is not to be seen at a glance.
    isDoubtful = true;
  }
}

/** Runs the case at two places, keepalived at the first; both are left as they were found. */
export async function compareSequence(
  lab: Lab,
  name: string,
  steps: readonly NamedStep[],
  places: readonly [Place, Place],
  patience = PATIENCE,
): Promise<{ comparisons: Comparison[]; log: string }> {
  const directory = lab.path(name);
  mkdirSync(directory);
  // Daemons and timeouts are compared where a configuration sets them: asking takes time.
  const withSettings = steps.some(
    ({ step }) => "config" in step && /lvs_(sync_daemon|timeouts)/.test(step.config),
  );
  const parts = steps.some(({ step }) => step.type === "start" && step.parts === "all") ? "all" : "checkers";
  const [theirs, ours] = places;
  const sides = [new Side(lab, theirs, KEEPALIVED, parts), new Side(lab, ours, HOLDFAST, parts)] as const;
  const comparisons: Comparison[] = [];
  let started = false;
  try {
    for (const { title, step, quiet } of steps) {
      const before = sides.map((side) => side.glance());
      if (step.type === "file") writeOrRemove(`${directory}/${step.name}`, step.content);
      await Promise.all(sides.map((side) => side.carryOut(step, directory)));
      if (step.type === "start") started = true;
      if (!started) continue;
      const [keepalived, holdfast] =
        step.type === "stop"
          ? sides.map((side) => side.state(withSettings))
          : await settled(sides, before, { reacts: !quiet, withSettings }, patience);
      comparisons.push({ title, keepalived: keepalived ?? [], holdfast: holdfast ?? [] });
    }
  } finally {
    await Promise.all(sides.map(({ router }) => (started ? router.stop() : undefined)));
    for (const { place } of sides) place.reset();
  }
  const log = sides.map(({ router }) => `== ${router.program.name}\n${router.process.log}`).join("\n");
  rmSync(directory, { recursive: true });
  return { comparisons, log };
}

/**
 * Holdfast that came to a configuration by a reload, and Holdfast that was started on it: both tables as of the two
 * programs of a comparison. The servers `down` are so from before the start.
 */
export async function compareReload(
  lab: Lab,
  name: string,
  { before, after, down }: { before: string; after: string; down: readonly string[] },
  places: readonly [Place, Place],
): Promise<{ afterReload: string[]; afterStart: string[]; log: string }> {
  const directory = lab.path(name);
  mkdirSync(directory);
  const [here, there] = places;
  const reloaded = new Side(lab, here, HOLDFAST, "checkers");
  const started = new Side(lab, there, HOLDFAST, "checkers");
  const sides = [reloaded, started];
  const empty = sides.map((side) => side.glance());
  try {
    for (const side of sides)
      side.carryOut({ type: "server", behaviour: "down", addresses: down }, directory);
    reloaded.carryOut({ type: "start", parts: "checkers", config: before }, directory);
    started.carryOut({ type: "start", parts: "checkers", config: after }, directory);
    await settled(sides, empty, { reacts: true, withSettings: false }, PATIENCE);
    await reloaded.carryOut({ type: "reload", config: after }, directory);
    const states = await settled(sides, empty, { reacts: false, withSettings: false }, PATIENCE);
    const [afterReload = [], afterStart = []] = states;
    return { afterReload, afterStart, log: reloaded.router.process.log };
  } finally {
    await Promise.all(sides.map(({ router }) => router.stop()));
    for (const { place } of sides) place.reset();
    rmSync(directory, { recursive: true });
  }
}

function writeOrRemove(path: string, content: string | undefined): void {
  if (content === undefined) rmSync(path);
  else writeFileSync(path, content, { mode: 0o755 });
}

/** Lines that only one of the two has, by step. */
export function differencesOf(comparisons: readonly Comparison[]): Record<string, string[]> {
  const only = (name: string, these: readonly string[], those: readonly string[]) =>
    these.filter((line) => !those.includes(line)).map((line) => `only ${name}: ${line}`);
  const found: Record<string, string[]> = {};
  for (const [index, { title, keepalived, holdfast }] of comparisons.entries()) {
    const lines = [...only("keepalived", keepalived, holdfast), ...only("holdfast", holdfast, keepalived)];
    if (lines.length > 0) found[`${index + 1} ${title}`] = lines;
  }
  return found;
}
