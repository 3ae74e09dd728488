import type { Log } from "../log/log.ts";
import { FifoWriter } from "./fifo-writer.ts";

/** A mail to be sent; the parent puts the router's name before the subject. */
export interface Alert {
  readonly subject: string;
  readonly body: string;
}

/** Where the news of one child process go besides scripts: its FIFOs, and mail by way of the parent. */
export class Outlets {
  readonly #log: Log;
  readonly #send: (alert: Alert) => void;
  #fifos: FifoWriter[] = [];

  constructor(log: Log, send: (alert: Alert) => void) {
    this.#log = log;
    this.#send = send;
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

  /** Idempotent. */
  close(): void {
    this.configure([]);
  }
}
