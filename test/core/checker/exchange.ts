import type { Checker } from "../../../src/core/checker/check-loop.ts";
import type { CheckEffect, CheckEvent } from "../../../src/core/checker/contract.ts";
import type { Micros } from "../../../src/values/time.ts";

/** A peer of one connection: what it does about each thing that is sent, and about the connection itself ("connect"). */
export type Peer = (sent: Uint8Array | "connect", second: number) => readonly CheckEvent[];

export interface Course {
  /** "3.5 down". */
  readonly verdicts: string[];
  readonly logs: string[];
  /** What was sent, with the virtual second. */
  readonly sent: { readonly at: number; readonly bytes: Uint8Array }[];
}

/** Runs a checker in virtual time against a peer that answers at once, for `seconds`. */
export function converse(checker: Checker, seconds: number, peer: Peer): Course {
  const course: Course = { verdicts: [], logs: [], sent: [] };
  let now: Micros = 0;
  const feed = (event: CheckEvent): void => take(checker.handle(event, now));
  const take = (effects: readonly CheckEffect[]): void => {
    const second = now / 1_000_000;
    for (const effect of effects) {
      switch (effect.type) {
        case "verdict":
          course.verdicts.push(`${second} ${effect.up ? "up" : "down"}`);
          break;
        case "log":
          course.logs.push(effect.message);
          break;
        case "connect":
          for (const event of peer("connect", second)) feed(event);
          break;
        case "send":
          course.sent.push({ at: second, bytes: effect.bytes });
          for (const event of peer(effect.bytes, second)) feed(event);
          break;
        case "close":
          break;
      }
    }
  };
  feed({ type: "start" });
  for (let due = checker.deadline(); due !== undefined; due = checker.deadline()) {
    if (due > seconds * 1_000_000) break;
    now = due;
    feed({ type: "timer" });
  }
  return course;
}

const data = (bytes: Uint8Array): CheckEvent => ({ type: "data", bytes });

/** A peer of a datagram conversation that answers what is sent with what `answer` makes of it. */
export function datagramPeer(
  answer: (sent: Uint8Array, second: number) => Uint8Array | "refuse" | undefined,
): Peer {
  return (sent, second) => {
    if (sent === "connect") return [{ type: "connected" }];
    const reply = answer(sent, second);
    if (reply === "refuse") return [{ type: "failed", error: "ECONNREFUSED" }];
    return reply === undefined ? [] : [data(reply)];
  };
}

/** A peer that speaks first, and answers each line by the first entry that it begins with. */
export function linePeer(
  greeting: readonly string[],
  replies: Readonly<Record<string, string | "end">>,
): Peer {
  const bytes = (text: string) => data(new TextEncoder().encode(text));
  return (sent) => {
    if (sent === "connect") return [{ type: "connected" }, ...greeting.map(bytes)];
    const line = new TextDecoder().decode(sent);
    const reply = Object.entries(replies).find(([start]) => line.startsWith(start))?.[1];
    if (reply === undefined) return [];
    return reply === "end" ? [{ type: "ended" }] : [bytes(reply)];
  };
}
