import { type ChildProcess, spawn } from "node:child_process";
import { admit } from "./admission.ts";
import type { FromRunner, ScriptPolicy, ScriptRequest, ScriptResult } from "./messages.ts";

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
  readonly #running = new Map<string, Running>();
  #policy: ScriptPolicy = { secure: true };

  constructor(report: (message: FromRunner) => void) {
    this.#report = report;
  }

  setPolicy(policy: ScriptPolicy): void {
    this.#policy = policy;
  }

  run(id: number, request: ScriptRequest): void {
    const queue = this.#waiting.get(request.key) ?? [];
    queue.push({ id, request });
    this.#waiting.set(request.key, queue);
    this.#next(request.key);
  }

  /** Drops what waits and kills what runs under the key; their results are reported as failures. */
  cancel(key: string): void {
    for (const { id } of this.#waiting.get(key)?.splice(0) ?? [])
      this.#answer(id, { ok: false, status: "cancelled" });
    const running = this.#running.get(key);
    if (running !== undefined) this.#end(running, "cancelled");
  }

  /** Nobody waits for results any more: ends tracking scripts, leaves notify scripts to finish. */
  abandon(): void {
    this.#waiting.clear();
    for (const running of this.#running.values()) {
      if (running.request.kind === "track") killGroup(running, "SIGKILL");
      for (const timer of running.timers) clearTimeout(timer);
      running.process.unref();
    }
  }

  #next(key: string): void {
    if (this.#running.has(key)) return;
    const next = this.#waiting.get(key)?.shift();
    if (next === undefined) {
      this.#waiting.delete(key);
      return;
    }
    const admission = admit(next.request, this.#policy);
    if ("problem" in admission) {
      this.#fail(next, `not run: ${admission.problem}`);
      return;
    }
    this.#start(next, admission.program, admission.identity);
  }

  #start(next: Waiting, program: string, { uid, gid }: { uid: number; gid: number }): void {
    const [name = program, ...args] = next.request.argv;
    const privileged = process.getuid?.() === 0;
    const child = spawn(program, args, {
      argv0: name,
      stdio: "ignore",
      // A session, and so a process group, of its own: it is killed with all it started.
      detached: true,
      ...(privileged && { uid, gid }),
    });
    const running: Running = { ...next, process: child, timers: [], answered: false };
    this.#running.set(next.request.key, running);
    child.once("error", (error) => this.#ended(running, { ok: false, status: error.message }));
    child.once("exit", (status, signal) => {
      this.#ended(running, {
        ok: status === 0,
        status: signal === null ? `exited with status ${status}` : `killed by ${signal}`,
      });
    });
    const { timeout } = next.request;
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
    if (this.#running.get(key) !== running) return;
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
    this.#next(waiting.request.key);
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

function killGroup(running: Running, signal: NodeJS.Signals): void {
  const { pid } = running.process;
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group is gone.
  }
}
