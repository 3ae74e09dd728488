import type { ScriptCommand } from "../../config/config.ts";
import type { Log } from "../log/log.ts";
import type { ScriptPolicy, ScriptResult } from "./messages.ts";
import { ScriptQueues } from "./runner.ts";

type Done = (result: ScriptResult) => void;

/** Scripts of the parent itself: readers of FIFOs, and what runs before the first and after the last child. */
export class Helpers {
  readonly #queues: ScriptQueues;
  readonly #pending = new Map<number, Done>();
  /** Those that run or wait, by key. */
  readonly #running = new Map<string, Promise<unknown>>();
  #lastId = 0;

  constructor(log: Log) {
    this.#queues = new ScriptQueues((message) => {
      if (message.type === "log") log[message.level](message.message);
      else this.#pending.get(message.id)?.(message.result);
    });
  }

  setPolicy(policy: ScriptPolicy): void {
    this.#queues.setPolicy(policy);
  }

  /** Runs a script; those of one key one after the other. `timeout` in microseconds. Resolves to how it ended. */
  run(key: string, command: ScriptCommand, timeout?: number, done: Done = () => {}): Promise<ScriptResult> {
    this.#lastId += 1;
    const id = this.#lastId;
    const end = new Promise<ScriptResult>((resolve) => {
      this.#pending.set(id, (result) => {
        this.#pending.delete(id);
        done(result);
        resolve(result);
      });
    });
    this.#running.set(key, end);
    const limit = timeout === undefined ? {} : { timeout };
    this.#queues.run(id, { ...command, ...limit, key, kind: "notify" });
    return end;
  }

  /** Resolves when what was last run under the key has ended, or after so many milliseconds. */
  async ended(key: string, milliseconds: number): Promise<void> {
    const running = this.#running.get(key);
    if (running === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      running,
      new Promise((resolve) => {
        timer = setTimeout(resolve, milliseconds);
      }),
    ]);
    clearTimeout(timer);
  }

  /** Ends what runs under the key: SIGTERM, and some time later SIGKILL. */
  end(key: string): void {
    this.#queues.cancel(key);
    this.#running.delete(key);
  }
}
