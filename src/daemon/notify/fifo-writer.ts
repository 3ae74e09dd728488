import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import type { Log } from "../log/log.ts";

/**
 * Both ends at once: the open waits for no reader, and lines stay in the pipe while there is none. Never through a
 * link: the parent has made the FIFO, and another name is not it.
 */
const FLAGS = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** Writes lines to a FIFO, and never waits for its reader: a line that does not fit into the pipe is lost. */
export class FifoWriter {
  readonly path: string;
  readonly #log: Log;
  #descriptor: number | undefined;
  #lost = 0;

  /** Logs why it cannot write when it cannot. */
  constructor(path: string, log: Log) {
    this.path = path;
    this.#log = log;
    try {
      const descriptor = openSync(path, FLAGS);
      if (fstatSync(descriptor).isFIFO()) this.#descriptor = descriptor;
      else closeSync(descriptor);
    } catch (error) {
      log.warn(`Unable to open notify fifo ${path} - ${codeOf(error)}`);
    }
  }

  /** `line` without its end, at most 4,095 bytes: more would not go into the pipe in one piece. */
  write(line: string): void {
    if (this.#descriptor === undefined) return;
    try {
      writeSync(this.#descriptor, `${line}\n`);
    } catch (error) {
      if (this.#lost === 0) this.#log.warn(`notify fifo ${this.path}: line lost (${codeOf(error)})`);
      this.#lost += 1;
      return;
    }
    if (this.#lost > 0) this.#log.warn(`notify fifo ${this.path}: ${this.#lost} lines were lost`);
    this.#lost = 0;
  }

  /** Idempotent. */
  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);
