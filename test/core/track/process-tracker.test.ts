import { describe, expect, it } from "vitest";
import type { TrackProcess } from "../../../src/config/config.ts";
import { DeadlineQueue } from "../../../src/core/timers.ts";
import { type CountCause, ProcessTracker } from "../../../src/core/track/process-tracker.ts";
import type { Timer } from "../../../src/core/track/script-tracker.ts";

const config = (more: Partial<TrackProcess>): TrackProcess =>
  ({ name: "p", process: ["p"], quorum: 1, ...more }) as TrackProcess; // of its keywords, those that it reads

/** A tracker under a clock, and its statuses by the time at which they came. */
function track(more: Partial<TrackProcess>) {
  const timers = new DeadlineQueue<Timer>();
  const messages: string[] = [];
  const changes: number[] = [];
  const tracker = new ProcessTracker(
    config(more),
    timers,
    (effect) => effect.type === "log" && messages.push(effect.message),
    (now) => changes.push(now),
  );
  const pass = (until: number) => {
    for (let due = timers.take(until); due !== undefined; due = timers.take(until)) due.timer(due.at, due.at);
  };
  return { tracker, messages, changes, pass, timers };
}

describe("ProcessTracker", () => {
  // count, quorum, quorum_max: as keepalived 2.4.3 has them.
  it.each([
    [0, 1, undefined, "down"],
    [1, 1, undefined, "up"],
    [9, 1, undefined, "up"],
    [1, 2, undefined, "down"],
    [1, 1, 1, "up"],
    [2, 1, 1, "down"],
    [0, 1, 0, "up"],
    [1, 1, 0, "down"],
  ] as const)("%i with quorum %i to %s: %s", (count, quorum, quorum_max, expected) => {
    const { tracker, messages } = track({ quorum, quorum_max });
    expect(tracker.status).toBe("unknown");
    expect(tracker.observe(count, "other", 0)).toBe(true);
    expect(tracker.status).toBe(expected);
    expect(messages).toEqual([]); // the first count is no news
  });

  it.each([
    ["other", 0, 0],
    ["forked", 0, 600],
    ["ended", 3, 900],
  ] as const)("%s: counts after %i → its delay", (cause: CountCause, before, delay) => {
    const { tracker, messages, changes, pass } = track({ fork_delay: 600, terminate_delay: 900 });
    tracker.observe(before, "other", 0);
    const after = before === 0 ? 1 : 0;
    expect(tracker.observe(after, cause, 1000)).toBe(delay === 0);
    pass(1000 + delay - 1);
    expect(changes).toEqual([]);
    pass(1000 + delay);
    expect(changes).toEqual(delay === 0 ? [] : [1000 + delay]);
    expect(tracker.status).toBe(after === 1 ? "up" : "down");
    expect(messages).toEqual([`Quorum ${after === 1 ? "gained" : "lost"} for tracked process p`]);
  });

  it("forgets a loss that is made good in time, and does not start a delay anew", () => {
    const { tracker, messages, pass, timers } = track({ terminate_delay: 900, quorum: 2 });
    tracker.observe(2, "other", 0);
    tracker.observe(1, "ended", 100);
    tracker.observe(0, "ended", 500);
    expect(timers.next()).toBe(1000);
    expect(tracker.observe(2, "other", 999)).toBe(false);
    pass(5000);
    expect([tracker.status, messages]).toEqual(["up", []]);
  });

  it("settles at once what a changed configuration makes of its count", () => {
    const { tracker } = track({ terminate_delay: 900 });
    tracker.observe(1, "other", 0);
    tracker.update(config({ quorum: 2 }));
    expect([tracker.status, tracker.how]).toEqual(["down", "1 of 2 running"]);
    tracker.update(config({ quorum_max: 0 }));
    expect([tracker.status, tracker.how]).toEqual(["down", "1 of at most 0 running"]);
  });
});
