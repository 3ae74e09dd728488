import { writeSync } from "node:fs";
import type { LogLevel, LogSink } from "./log.ts";

/** Bytes that wait at most; what comes on top is lost. A start with tens of thousands of servers says a few megabytes. */
const MOST_WAITING = 8 * 2 ** 20;
/** Bytes that are worth a write of their own before the turn of the loop ends. */
const FULL = 65_536;
/** Milliseconds until a reader that takes nothing is tried again. */
const PAUSE = 10;
/** Milliseconds that the end of the process waits for the reader. */
const FAREWELL = 2_000;

const NOTHING = new Uint8Array(0);

/** For Atomics.wait: the only way to sleep inside a call. */
const bell = new Int32Array(new SharedArrayBuffer(4));

/**
 * Lines to a descriptor that never blocks, gathered: those of one turn of the loop are one write, and of one time. What
 * the reader does not take waits, up to a limit; beyond it lines are lost, counted, and said. Nothing is ever thrown.
 */
export class GatheredLines implements LogSink {
  readonly #descriptor: number;
  readonly #stampOf: (date: Date) => string;
  readonly #report: (lost: number) => string;
  #stamp: string | undefined;
  /** What is being written. */
  #waiting: Uint8Array = NOTHING;
  /** Pieces behind it, and the last one that still grows. */
  readonly #pieces: string[] = [];
  #size = 0;
  #gathered = "";
  #lost = 0;
  #isScheduled = false;

  /** `stampOf` makes what stands before each message, `report` the line that says how many were lost before. */
  constructor(descriptor: number, stampOf: (date: Date) => string, report: (lost: number) => string) {
    this.#descriptor = descriptor;
    this.#stampOf = stampOf;
    this.#report = report;
    process.on("exit", () => this.#farewell());
  }

  write(_level: LogLevel, message: string): void {
    if (this.#size + this.#gathered.length > MOST_WAITING) {
      this.#lost += 1;
      return;
    }
    if (this.#lost > 0) this.#gathered += this.#report(this.#lost);
    this.#lost = 0;
    this.#stamp ??= this.#stampOf(new Date());
    this.#gathered += `${this.#stamp}${message}\n`;
    if (this.#gathered.length >= FULL) {
      this.#pieces.push(this.#gathered);
      this.#size += this.#gathered.length;
      this.#gathered = "";
      if (this.#waiting.length === 0) this.#flush();
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const flush = () => {
      this.#isScheduled = false;
      if (!this.#flush()) this.#schedule();
    };
    if (this.#waiting.length === 0) setImmediate(flush);
    else setTimeout(flush, PAUSE).unref();
  }

  /** False: something waits for the reader. */
  #flush(): boolean {
    this.#stamp = undefined;
    for (;;) {
      if (this.#waiting.length === 0) this.#waiting = this.#next();
      if (this.#waiting.length === 0) return true;
      try {
        this.#waiting = this.#waiting.subarray(writeSync(this.#descriptor, this.#waiting));
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "EAGAIN") return false;
        this.#waiting = NOTHING; // nobody reads, nor will
      }
    }
  }

  #next(): Uint8Array {
    const piece = this.#pieces.shift();
    if (piece !== undefined) {
      this.#size -= piece.length;
      return Buffer.from(piece);
    }
    const last = Buffer.from(this.#gathered);
    this.#gathered = "";
    return last;
  }

  #farewell(): void {
    const limit = Date.now() + FAREWELL;
    while (!this.#flush() && Date.now() < limit) Atomics.wait(bell, 0, 0, 1);
  }
}
