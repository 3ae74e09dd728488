import type { Checker } from "./check-loop.ts";
import type { CheckEffect, CheckEvent } from "./contract.ts";

export interface BfdCheckOptions {
  /** The server as logs name it. */
  readonly service: string;
  /** The name of the bfd_instance. */
  readonly session: string;
  /** What is assumed until the session is heard of, or was found before a reload. */
  readonly up: boolean;
  readonly hasRun?: boolean;
}

/** BFD_CHECK: a server is up while a session is. */
export class BfdCheck implements Checker {
  up: boolean;
  hasRun: boolean;
  readonly failures = 0;
  readonly #options: BfdCheckOptions;

  constructor(options: BfdCheckOptions) {
    this.#options = options;
    this.up = options.up;
    this.hasRun = options.hasRun ?? false;
  }

  deadline(): undefined {
    return undefined;
  }

  handle(event: CheckEvent): CheckEffect[] {
    if (event.type !== "session" || (event.up === this.up && this.hasRun)) return [];
    const { up } = event;
    const { service, session } = this.#options;
    this.up = up;
    this.hasRun = true;
    const message = `BFD check of [${session}] RS(${service}) is ${up ? "UP" : "DOWN"}`;
    return [
      { type: "log", level: up ? "info" : "warn", message },
      { type: "verdict", up, reason: session },
    ];
  }
}
