import type { Machine } from "../../src/core/machine.ts";
import { createLog, type Log } from "../../src/daemon/log/log.ts";
import { Scripts } from "../../src/daemon/scripts/client.ts";

/** A machine that records its events and answers each with the effects it was given for its type. */
export class Scripted<Event extends { readonly type: string }, Effect> implements Machine<Event, Effect> {
  readonly events: Event[] = [];
  readonly answers = new Map<string, Effect[]>();

  /** Answers every event of this type so. */
  on(type: Event["type"], ...effects: Effect[]): this {
    this.answers.set(type, effects);
    return this;
  }

  handle(event: Event): Effect[] {
    this.events.push(event);
    return this.answers.get(event.type) ?? [];
  }

  deadline(): undefined {
    return undefined;
  }

  ofType<T extends Event["type"]>(type: T): Extract<Event, { type: T }>[] {
    return this.events.filter((event): event is Extract<Event, { type: T }> => event.type === type);
  }
}

/** A log whose lines are kept. */
export function keptLog(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  return { log: createLog([{ write: (_level, message) => lines.push(message) }], true), lines };
}

/** For drivers whose machine runs no script: nothing is ever started. */
export function noScripts(log: Log): Scripts {
  return new Scripts(log);
}
