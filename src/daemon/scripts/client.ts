import { type ChildProcess, spawn } from "node:child_process";
import type { Log } from "../log/log.ts";
import { childProgram } from "../program-path.ts";
import type { FromRunner, ScriptPolicy, ScriptRequest, ScriptResult, ToRunner } from "./messages.ts";

type Done = (result: ScriptResult) => void;

interface Pending {
  readonly kind: ScriptRequest["kind"];
  readonly done: Done;
}

/**
 * The scripts of one child process, run by a process that it starts when a configuration has scripts at all. When
 * that one dies it is started again; what it ran counts as failed.
 */
export class Scripts {
  readonly #log: Log;
  readonly #pending = new Map<number, Pending>();
  #policy: ScriptPolicy = { secure: true };
  #runner: ChildProcess | undefined;
  #lastId = 0;
  #closed = false;
  #whenIdle: (() => void)[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  /** Takes over the policy of a configuration. `used` starts the runner ahead of the first script. */
  configure(policy: ScriptPolicy, used: boolean): void {
    this.#policy = policy;
    if (used) this.#start();
    this.#send({ type: "policy", policy });
  }

  run(request: ScriptRequest, done: Done = () => {}): void {
    this.#lastId += 1;
    this.#pending.set(this.#lastId, { kind: request.kind, done });
    if (this.#runner === undefined) this.#start();
    this.#send({ type: "run", id: this.#lastId, request });
  }

  /** Drops and kills what the key has; its results still arrive, as failures. */
  cancel(key: string): void {
    this.#send({ type: "cancel", key });
  }

  /** Resolves when no notify script is waiting or running. */
  idle(): Promise<void> {
    if (!this.#notifying()) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** Ends the runner. Idempotent. */
  close(): void {
    this.#closed = true;
    if (this.#runner?.connected) this.#runner.disconnect();
    this.#runner = undefined;
  }

  #send(message: ToRunner): void {
    // Failures arrive as the runner's end.
    if (this.#runner?.connected) this.#runner.send(message, () => {});
  }

  #start(): void {
    if (this.#runner !== undefined || this.#closed) return;
    const runner = spawn(process.execPath, [childProgram(), "scripts"], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#runner = runner;
    runner.on("message", (message: FromRunner) => this.#take(message));
    runner.on("error", (error) => this.#log.error(`script runner: ${error.message}`));
    runner.once("exit", (status, signal) => this.#died(runner, `${signal ?? status}`));
    this.#send({ type: "policy", policy: this.#policy });
  }

  #take(message: FromRunner): void {
    if (message.type === "log") this.#log[message.level](message.message);
    else this.#finish(message.id, message.result);
  }

  #died(runner: ChildProcess, how: string): void {
    if (this.#runner !== runner) return;
    this.#runner = undefined;
    this.#log.error(`script runner ended (${how}); it is started again for the next script`);
    for (const id of [...this.#pending.keys()])
      this.#finish(id, { ok: false, status: "lost with its runner" });
  }

  #notifying(): boolean {
    return [...this.#pending.values()].some(({ kind }) => kind === "notify");
  }

  #finish(id: number, result: ScriptResult): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.done(result);
    if (this.#whenIdle.length === 0 || this.#notifying()) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}
