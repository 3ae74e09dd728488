import { type ChildProcess, spawn } from "node:child_process";
import { admit } from "./admission.ts";
import type { Identity } from "./identity.ts";
import type { FromRunner, ScriptPolicy, ScriptRequest, ScriptResult } from "./messages.ts";
import { findProgram } from "./program.ts";

/** Milliseconds between SIGTERM and SIGKILL of a script whose time is up. */
const GRACE = 2_000;

interface Waiting {
  readonly id: number;
  readonly request: ScriptRequest;
}

interface Running extends Waiting {
  readonly process: ChildProcess;
  readonly timers: NodeJS.Timeout[];
  answered: boolean;
}

/**
 * Runs scripts in a process of their own, so that the process with VRRP's timers never forks: a fork stops the whole
 * process for milliseconds. One queue for each key.
 */
export class ScriptQueues {
  readonly #report: (message: FromRunner) => void;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #running = new Map<string, Set<Running>>();
  #policy: ScriptPolicy = { secure: true };

  constructor(report: (message: FromRunner) => void) {
    this.#report = report;
  }

  setPolicy(policy: ScriptPolicy): void {
    this.#policy = policy;
  }

  run(id: number, request: ScriptRequest): void {
    const queue = this.#waiting.get(request.key) ?? [];
    // What it is to run beside may have been started by now, or have ended.
    if (request.beside && queue.length === 0) {
      this.#begin({ id, request });
      return;
    }
    queue.push({ id, request });
    this.#waiting.set(request.key, queue);
    this.#next(request.key);
  }

  /** Drops what waits and kills what runs under the key; their results are reported as failures. */
  cancel(key: string): void {
    for (const { id } of this.#waiting.get(key)?.splice(0) ?? [])
      this.#answer(id, { ok: false, status: "cancelled" });
    for (const running of this.#running.get(key) ?? []) this.#end(running, "cancelled");
  }

  /** Nobody waits for results any more: ends tracking scripts, leaves notify scripts to finish. */
  abandon(): void {
    this.#waiting.clear();
    for (const running of [...this.#running.values()].flatMap((together) => [...together])) {
      if (running.request.kind === "track") killGroup(running, "SIGKILL");
      for (const timer of running.timers) clearTimeout(timer);
      running.process.unref();
    }
  }

  #next(key: string): void {
    if (this.#running.has(key)) return;
    const queue = this.#waiting.get(key) ?? [];
    const next = queue.shift();
    if (next === undefined) {
      this.#waiting.delete(key);
      return;
    }
    const together = [next];
    while (queue[0]?.request.beside) together.push(...queue.splice(0, 1));
    for (const each of together) this.#begin(each);
    this.#next(key);
  }

  #begin(next: Waiting): void {
    const admission = admit(next.request, this.#policy);
    if ("problem" in admission) this.#fail(next, `not run: ${admission.problem}`);
    else this.#start(next, admission.program, admission.identity);
  }

  #start(next: Waiting, program: string, identity: Identity): void {
    const child = spawnScript(program, next.request.argv, identity);
    const running: Running = { ...next, process: child, timers: [], answered: false };
    const { key, timeout } = next.request;
    this.#running.set(key, (this.#running.get(key) ?? new Set()).add(running));
    child.once("error", (error) => this.#ended(running, { ok: false, status: error.message }));
    child.once("exit", (status, signal) => {
      this.#ended(running, {
        ok: status === 0,
        status: signal === null ? `exited with status ${status}` : `killed by ${signal}`,
        ...(status !== null && { exitStatus: status }),
      });
    });
    if (timeout === undefined) return;
    running.timers.push(setTimeout(() => this.#end(running, "timed out"), Math.ceil(timeout / 1_000)));
  }

  /** Its result is known now, whenever it dies. */
  #end(running: Running, status: string): void {
    this.#answerOnce(running, { ok: false, status });
    killGroup(running, "SIGTERM");
    running.timers.push(setTimeout(() => killGroup(running, "SIGKILL"), GRACE));
  }

  #ended(running: Running, result: ScriptResult): void {
    const { key } = running.request;
    for (const timer of running.timers) clearTimeout(timer);
    this.#answerOnce(running, result);
    const together = this.#running.get(key);
    if (!together?.delete(running) || together.size > 0) return;
    this.#running.delete(key);
    this.#next(key);
  }

  #fail(waiting: Waiting, status: string): void {
    // Said before it is answered: a daemon that stops listens no longer than for the last answer.
    if (waiting.request.kind === "notify") {
      const message = `script ${waiting.request.argv[0] ?? ""} ${status}`;
      this.#report({ type: "log", level: "warn", message });
    }
    this.#answer(waiting.id, { ok: false, status });
  }

  #answerOnce(running: Running, result: ScriptResult): void {
    if (running.answered) return;
    running.answered = true;
    this.#answer(running.id, result);
  }

  #answer(id: number, result: ScriptResult): void {
    this.#report({ type: "result", id, result });
  }
}

function spawnScript(program: string, argv: readonly string[], identity: Identity): ChildProcess {
  const [name = program, ...args] = argv;
  // A session, and so a process group, of its own: it is killed with all it started.
  const options = { stdio: "ignore", detached: true } as const;
  const { uid, gid, supplementary } = identity;
  if (process.getuid?.() !== 0) return spawn(program, args, { ...options, argv0: name });
  // Node leaves a process that changes its user without supplementary groups.
  const setpriv = supplementary && uid !== 0 ? findProgram("setpriv") : undefined;
  if (setpriv === undefined) return spawn(program, args, { ...options, argv0: name, uid, gid });
  const user = [`--reuid=${uid}`, `--regid=${gid}`, "--init-groups", "--"];
  return spawn(setpriv, [...user, program, ...args], options);
}

function killGroup(running: Running, signal: NodeJS.Signals): void {
  const { pid } = running.process;
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group is gone.
  }
}
