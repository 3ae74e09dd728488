/** Commands and long-running processes of a lab: captured output, waiting for a line, ending by process id. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** One line that a process wrote. */
export interface Line {
  /** Arrival, in milliseconds of `performance.now()`; the writer's own clock is a little earlier. */
  readonly at: number;
  readonly text: string;
}

/** Most that one command may print, bytes: the decoded packets of a busy capture. */
const MOST_OUTPUT = 2 ** 28;

/** Runs a command to its end and returns what it printed; throws with its errors when it fails. */
export function execute(command: readonly string[], input?: string): string {
  const [program = "", ...args] = command;
  const done = spawnSync(program, args, {
    encoding: "utf8",
    timeout: 60_000,
    maxBuffer: MOST_OUTPUT,
    ...(input !== undefined && { input }),
  });
  if (done.status === 0) return done.stdout;
  const reason = done.error?.message ?? `${done.stderr}${done.stdout}`.trim();
  throw new Error(`${command.join(" ")}: ${reason} (status ${done.status ?? done.signal})`);
}

/** Resolves when `check` returns something, polling every 5 ms; throws naming `what` after `timeout` ms. */
export async function eventually<T>(
  what: string,
  check: () => T | undefined | false,
  timeout = 20_000,
): Promise<T> {
  const limit = performance.now() + timeout;
  for (;;) {
    const found = check();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > limit) throw new Error(`${what}: not within ${timeout} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Fields of /proc/PID/stat after the name: state, parent, group, session, terminal and so on; none when it has ended. */
export function statOf(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name, in parentheses, may hold anything.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

/** A process and all that descend from it now, parents before children. */
export function processTree(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const each of readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)) {
    const [, parent] = statOf(each).map(Number);
    if (parent === undefined) continue;
    children.set(parent, [...(children.get(parent) ?? []), each]);
  }
  const tree = [pid];
  for (const member of tree) tree.push(...(children.get(member) ?? []));
  return tree;
}

/** Whether a process has ended, or waits for something: it has done all that it was woken for. */
export function isIdle(pid: number): boolean {
  const [state = "S"] = statOf(pid);
  return state === "S";
}

/** Sends a signal to one process; false when it is gone. */
export function signalProcess(pid: number, signal: NodeJS.Signals | number): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Processes not yet seen to end, for the exit hook. */
const live = new Set<LabProcess>();
process.once("exit", () => {
  for (const each of live) each.killTree();
});

/** A process that runs until it is stopped or killed. */
export class LabProcess {
  readonly lines: Line[] = [];
  /** Exit status, or the signal's name, once what it wrote last is in `lines`. */
  readonly exited: Promise<number | NodeJS.Signals>;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #title: string;
  #ended = false;
  #isSilent = false;

  /** Starts `command`; `ipc` adds Node's message channel. Throws when the program cannot be started. */
  constructor(command: readonly string[], options: { ipc?: boolean; env?: NodeJS.ProcessEnv } = {}) {
    const [program = "", ...args] = command;
    this.#title = command.join(" ");
    this.#child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe", ...(options.ipc ? (["ipc"] as const) : [])],
      env: { ...process.env, ...options.env },
    });
    if (this.#child.pid === undefined) throw new Error(`${this.#title}: cannot be started`);
    this.pid = this.#child.pid;
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (text) => {
        this.lines.push({ at: performance.now(), text });
      });
    }
    this.exited = new Promise((resolve) => {
      this.#child.once("exit", (status, signal) => {
        this.#ended = true;
        live.delete(this);
        // What is in the pipes by now is read by the end of the loop's next turn. Their own end is no sign: they may
        // have others who write.
        setImmediate(() => setImmediate(() => resolve(signal ?? status ?? 0)));
      });
    });
    this.#child.once("close", () => {
      this.#isSilent = true;
    });
    live.add(this);
  }

  get running(): boolean {
    return !this.#ended;
  }

  /** Everything it printed, for a failure's message. */
  get log(): string {
    return this.lines.map(({ text }) => text).join("\n");
  }

  /** A position in the output: `waitFor` with it sees only what comes later. */
  mark(): number {
    return this.lines.length;
  }

  /** The first line that matches, from `mark` on; throws with the log after `timeout` ms or at the end. */
  async waitFor(pattern: RegExp | string, timeout = 20_000, mark = 0): Promise<Line> {
    const matches = (line: Line) =>
      typeof pattern === "string" ? line.text.includes(pattern) : pattern.test(line.text);
    try {
      return await eventually(
        `a line with ${pattern}`,
        () => {
          const line = this.lines.slice(mark).find(matches);
          if (line === undefined && this.#isSilent)
            throw new Error(`the process ended without a line with ${pattern}`);
          return line;
        },
        timeout,
      );
    } catch (error) {
      throw new Error(`${this.#title}: ${error instanceof Error ? error.message : error}\n${this.log}`);
    }
  }

  /** Sends a message over the channel opened with `ipc`. */
  send(message: object): void {
    this.#child.send(message);
  }

  signal(signal: NodeJS.Signals | number): boolean {
    return this.running && signalProcess(this.pid, signal);
  }

  /** SIGTERM, then SIGKILL to whatever is left of the tree after `grace` ms, long for a busy machine. Safe to repeat. */
  async stop(grace = 20_000): Promise<number | NodeJS.Signals> {
    const tree = processTree(this.pid);
    this.signal("SIGTERM");
    const timer = setTimeout(() => {
      for (const pid of tree) signalProcess(pid, "SIGKILL");
    }, grace);
    const status = await this.exited;
    clearTimeout(timer);
    return status;
  }

  /** SIGKILL to the process and every descendant, at once: nothing gets to say goodbye. Returns who they were. */
  killTree(): number[] {
    if (!this.running) return [];
    const tree = processTree(this.pid);
    // Parents are stopped first, so that none respawns a child while its children are being killed.
    for (const pid of tree) signalProcess(pid, "SIGSTOP");
    for (const pid of [...tree].reverse()) signalProcess(pid, "SIGKILL");
    return tree;
  }
}
