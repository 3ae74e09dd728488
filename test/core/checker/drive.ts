import type { Checker } from "../../../src/core/checker/check-loop.ts";
import type { CheckEffect, CheckTarget, CheckTiming } from "../../../src/core/checker/contract.ts";
import type { Micros } from "../../../src/values/time.ts";

export const SECOND = 1_000_000;

export const timing: CheckTiming = {
  delayLoop: 10 * SECOND,
  connectTimeout: 2 * SECOND,
  retry: 2,
  delayBeforeRetry: 1 * SECOND,
  firstDelay: 0,
};

export const target: CheckTarget = { transport: "tcp", address: "10.0.1.1", port: 80 };

/** What a server does with one connection. Every answer comes at once. */
export type Server =
  | { readonly does: "refuse" | "ignore" | "accept-only" | "break-handshake" }
  | { readonly does: "fail"; readonly error: string }
  | { readonly does: "answer"; readonly pieces: readonly string[]; readonly end: "end" | "reset" | "keep" };

export interface Trace {
  /** "12 GET /a", in seconds. */
  readonly tries: string[];
  readonly verdicts: string[];
  readonly logs: string[];
}

/** Runs a checker in virtual time against what `serverAt` says the server does then, for `seconds`. */
export function drive(checker: Checker, seconds: number, serverAt: (second: number) => Server): Trace {
  const trace: Trace = { tries: [], verdicts: [], logs: [] };
  let now: Micros = 0;
  let open = false;
  const take = (effects: CheckEffect[]): void => {
    const second = now / SECOND;
    for (const effect of effects) {
      if (effect.type === "verdict") trace.verdicts.push(`${second} ${effect.up ? "up" : "down"}`);
      if (effect.type === "log") trace.logs.push(effect.message);
      if (effect.type === "close") open = false;
      if (effect.type === "send") {
        const [first = ""] = new TextDecoder().decode(effect.bytes).split(" HTTP/");
        trace.tries.push(`${second} ${first}`);
      }
      if (effect.type === "connect") {
        if (open) throw new Error("a second connection at a time");
        open = true;
        serve(serverAt(second));
      }
    }
  };
  const serve = (server: Server): void => {
    if (server.does === "ignore") return;
    if (server.does === "refuse") {
      take(checker.handle({ type: "failed", error: "ECONNREFUSED" }, now));
      return;
    }
    if (server.does === "break-handshake" || server.does === "fail") {
      const error = server.does === "fail" ? server.error : "EPROTO";
      take(checker.handle({ type: "failed", error }, now));
      return;
    }
    take(checker.handle({ type: "connected" }, now));
    if (server.does !== "answer") return;
    for (const piece of server.pieces)
      take(checker.handle({ type: "data", bytes: new TextEncoder().encode(piece) }, now));
    if (server.end === "end") take(checker.handle({ type: "ended" }, now));
    if (server.end === "reset") take(checker.handle({ type: "failed", error: "ECONNRESET" }, now));
  };
  take(checker.handle({ type: "start" }, now));
  for (let due = checker.deadline(); due !== undefined && due <= seconds * SECOND; due = checker.deadline()) {
    now = due;
    take(checker.handle({ type: "timer" }, now));
  }
  return trace;
}
