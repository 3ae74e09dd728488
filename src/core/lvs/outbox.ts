import type { IpvsCommand } from "../../wire/ipvs-types.ts";
import type { LvsEffect } from "./contract.ts";
import type { News } from "./news.ts";

/** Collects the effects of one event: the table is changed first, then scripts, FIFOs and mail hear of it. */
export class Outbox {
  #effects: LvsEffect[] = [];
  #news: LvsEffect[] = [];

  push(effect: LvsEffect): void {
    this.#effects.push(effect);
  }

  /** `at`: origin of what it is about in the configuration. */
  log(message: string, level: "info" | "warn" | "error" = "info", at?: number): void {
    this.#effects.push(
      at === undefined ? { type: "log", level, message } : { type: "log", level, message, at },
    );
  }

  ipvs(commands: readonly IpvsCommand[]): void {
    for (const command of commands) this.#effects.push({ type: "ipvs", command });
  }

  tell({ key, script, line, alert }: News): void {
    if (script) this.#news.push({ type: "run-script", key, command: script });
    if (line !== undefined) this.#news.push({ type: "fifo-line", line });
    if (alert) this.#news.push(alert);
  }

  /** Everything since the last time, in order. */
  take(): LvsEffect[] {
    const all = this.#news.length === 0 ? this.#effects : [...this.#effects, ...this.#news];
    this.#effects = [];
    if (this.#news.length > 0) this.#news = [];
    return all;
  }
}
