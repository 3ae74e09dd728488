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

  log(message: string, level: "info" | "warn" | "error" = "info"): void {
    this.#effects.push({ type: "log", level, message });
  }

  /** `service` as logs name it. */
  ipvs(commands: readonly IpvsCommand[], service: string): void {
    for (const command of commands)
      this.#effects.push({ type: "ipvs", command, what: describe(command, service) });
  }

  tell({ key, script, line, alert }: News): void {
    if (script) this.#news.push({ type: "run-script", key, command: script });
    if (line !== undefined) this.#news.push({ type: "fifo-line", line });
    if (alert) this.#news.push(alert);
  }

  /** Everything since the last time, in order. */
  take(): LvsEffect[] {
    const all = [...this.#effects, ...this.#news];
    this.#effects = [];
    this.#news = [];
    return all;
  }
}

/** The command for people: "edit destination 10.0.1.1 port 80 of [10.0.0.1]:tcp:80". */
function describe(command: IpvsCommand, service: string): string {
  const verb = command.type.replace("-", " ");
  if (!("destination" in command)) return `${verb} ${service}`;
  return `${verb} ${command.destination.address} port ${command.destination.port} of ${service}`;
}
