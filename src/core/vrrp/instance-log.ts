import type { Micros } from "../../values/time.ts";
import { LogLimiter } from "./log-limiter.ts";
import type { Services } from "./services.ts";

/** The log lines of one instance: its name in front, and those that a neighbour can cause at will limited. */
export class InstanceLog {
  readonly #name: string;
  readonly #services: Services;
  readonly #limiter = new LogLimiter();

  constructor(name: string, services: Services) {
    this.#name = name;
    this.#services = services;
  }

  info(message: string): void {
    this.#services.emit({ type: "log", level: "info", message: `(${this.#name}) ${message}` });
  }

  /** A warning that stands in the log once in a while for each `kind`. */
  limited(kind: string, message: string, now: Micros): void {
    const admitted = this.#limiter.admit(kind, message, now);
    if (admitted === undefined) return;
    this.#services.emit({ type: "log", level: "warn", message: `(${this.#name}) ${admitted}` });
  }
}
