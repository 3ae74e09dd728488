import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DeadlineQueue } from "../../src/core/timers.ts";

/** Everything due at `now`, in the order in which it is taken. */
function drain<T>(queue: DeadlineQueue<T>, now: number): T[] {
  const taken: T[] = [];
  for (let due = queue.take(now); due !== undefined; due = queue.take(now)) taken.push(due.timer);
  return taken;
}

describe("DeadlineQueue", () => {
  it("gives out what is due, earliest first, and keeps the rest", () => {
    const queue = new DeadlineQueue<string>();
    queue.set("c", 30);
    queue.set("a", 10);
    queue.set("b", 20);
    expect(queue.next()).toBe(10);
    expect(drain(queue, 20)).toEqual(["a", "b"]);
    expect(queue.next()).toBe(30);
    expect(queue.take(29)).toBeUndefined();
  });

  it("moves a timer that is set again", () => {
    const queue = new DeadlineQueue<string>();
    queue.set("a", 10);
    queue.set("b", 20);
    queue.set("a", 30);
    expect(queue.deadlineOf("a")).toBe(30);
    expect(drain(queue, 100)).toEqual(["b", "a"]);
  });

  it("forgets what is cancelled", () => {
    const queue = new DeadlineQueue<string>();
    queue.set("a", 10);
    queue.cancel("a");
    queue.cancel("b");
    expect(queue.next()).toBeUndefined();
    expect(queue.deadlineOf("a")).toBeUndefined();
  });

  it("has no deadline for what went off, until it is set again", () => {
    const queue = new DeadlineQueue<string>();
    queue.set("a", 10);
    queue.set("b", 20);
    expect(queue.take(10)).toMatchObject({ timer: "a", at: 10 });
    expect(queue.deadlineOf("a")).toBeUndefined();
    queue.cancel("a");
    expect(queue.next()).toBe(20);
    queue.set("a", 15);
    expect(queue.deadlineOf("a")).toBe(15);
    expect(drain(queue, 20)).toEqual(["a", "b"]);
    expect(queue.deadlineOf("b")).toBeUndefined();
  });

  it("gives out equal deadlines in the order in which they were set", () => {
    const queue = new DeadlineQueue<string>();
    for (const timer of ["a", "b", "c", "d"]) queue.set(timer, 10);
    queue.set("b", 10);
    expect(drain(queue, 10)).toEqual(["a", "c", "d", "b"]);
  });

  it("agrees with a sorted list whatever is done to it", () => {
    const step = fc.record({ timer: fc.nat(9), at: fc.option(fc.nat(50), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new DeadlineQueue<number>();
        let model: { timer: number; at: number }[] = [];
        for (const { timer, at } of steps) {
          model = model.filter((each) => each.timer !== timer);
          if (at === undefined) queue.cancel(timer);
          else {
            queue.set(timer, at);
            model.push({ timer, at });
          }
        }
        model.sort((a, b) => a.at - b.at);
        expect(queue.next()).toBe(model[0]?.at);
        expect(drain(queue, 50)).toEqual(model.map(({ timer }) => timer));
      }),
    );
  });

  it("agrees with a sorted list while time goes on, with hundreds of timers", () => {
    const step = fc.record({ timer: fc.nat(400), after: fc.nat(1_000), elapses: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 200, maxLength: 1_500, size: "max" }), (steps) => {
        const queue = new DeadlineQueue<number>();
        const model = new Map<number, { at: number; order: number }>();
        let now = 0;
        for (const [order, { timer, after, elapses }] of steps.entries()) {
          queue.set(timer, now + after);
          model.set(timer, { at: now + after, order });
          now += elapses;
          const due = [...model].filter(([, { at }]) => at <= now);
          due.sort(([, a], [, b]) => a.at - b.at || a.order - b.order);
          expect(drain(queue, now)).toEqual(due.map(([each]) => each));
          for (const [each] of due) model.delete(each);
        }
        expect(queue.next()).toBe(
          model.size === 0 ? undefined : Math.min(...[...model.values()].map(({ at }) => at)),
        );
      }),
      { numRuns: 20 },
    );
  });
});
