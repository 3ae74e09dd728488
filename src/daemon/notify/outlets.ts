import type { Log } from "../log/log.ts";
import { FifoWriter } from "./fifo-writer.ts";

/** A mail to be sent; the parent puts the router's name before the subject. */
export interface Alert {
  readonly subject: string;
  readonly body: string;
}

/** A line for the log, about a statement of the configuration by its origin: where that is, the parent knows. */
export interface LocatedLine {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly at: number;
}

/** Where the news of one child process go besides scripts: its FIFOs, and mail by way of the parent. */
export class Outlets {
  readonly #log: Log;
  readonly #send: (alert: Alert) => void;
  readonly #locate: ((line: LocatedLine) => void) | undefined;
  #fifos: FifoWriter[] = [];

  /** Without `locate` lines are logged without their place. */
  constructor(log: Log, send: (alert: Alert) => void, locate?: (line: LocatedLine) => void) {
    this.#log = log;
    this.#send = send;
    this.#locate = locate;
  }

  /** Takes over the FIFOs of a configuration, by path. Those that stay are not opened again. */
  configure(paths: readonly string[]): void {
    const before = this.#fifos;
    this.#fifos = paths.map(
      (path) => before.find((fifo) => fifo.path === path) ?? new FifoWriter(path, this.#log),
    );
    for (const fifo of before) if (!this.#fifos.includes(fifo)) fifo.close();
  }

  line(text: string): void {
    for (const fifo of this.#fifos) fifo.write(text);
  }

  alert(alert: Alert): void {
    this.#send(alert);
  }

  located(line: LocatedLine): void {
    if (this.#locate) this.#locate(line);
    else this.#log[line.level](line.message);
  }

  /** Idempotent. */
  close(): void {
    this.configure([]);
  }
}
