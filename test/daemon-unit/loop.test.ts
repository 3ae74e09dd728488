import { describe, expect, it } from "vitest";
import type { Machine } from "../../src/core/machine.ts";
import { MachineLoop } from "../../src/daemon/driver/loop.ts";
import { VirtualAlarm } from "../../src/kernel/memory/clock.ts";
import { VirtualClock } from "../../src/kernel/memory/virtual-clock.ts";
import type { ClockPort } from "../../src/kernel/ports.ts";

/** Repeats each event as an effect, and has a deadline 100 µs after the last one. */
class Echo implements Machine<string, string> {
  readonly seen: { event: string; now: number }[] = [];
  handle(event: string, now: number): string[] {
    this.seen.push({ event, now });
    return event === "timer" ? [] : [event, `${event} again`];
  }
  deadline(): number | undefined {
    const last = this.seen.at(-1);
    return last === undefined || last.event === "timer" ? undefined : last.now + 100;
  }
}

function loopOf(carryOut: (effects: readonly string[]) => void) {
  const clock = new VirtualClock();
  const machine = new Echo();
  const loop = new MachineLoop(machine, new VirtualAlarm(clock), "timer", carryOut);
  return { clock, machine, loop };
}

describe("MachineLoop", () => {
  it("carries out the effects of one event together and in order", () => {
    const batches: (readonly string[])[] = [];
    const { loop } = loopOf((effects) => batches.push(effects));
    loop.feed("a");
    loop.feed("b");
    expect(batches).toEqual([
      ["a", "a again"],
      ["b", "b again"],
    ]);
  });

  it("carries out the effects of events that are fed together when all have been handled", () => {
    const order: string[] = [];
    const { loop, machine, clock } = loopOf((effects) => {
      if (machine.seen.length === 2) loop.feed("inner");
      order.push(...effects);
    });
    function* events(): Iterable<string> {
      yield "a";
      clock.advanceBy(5);
      expect(order).toEqual([]);
      yield "b";
    }
    loop.feedTogether(events());
    expect(order).toEqual(["a", "a again", "b", "b again", "inner", "inner again"]);
    expect(machine.seen.map(({ now }) => now)).toEqual([0, 5, 5]);
    expect(loop.busy).toBe(false);
    clock.advanceBy(100);
    expect(machine.seen.at(-1)).toEqual({ event: "timer", now: 105 });
  });

  it("lets an event that comes while effects are carried out wait for them", () => {
    const order: string[] = [];
    const { loop, machine } = loopOf((effects) => {
      if (machine.seen.length === 1) {
        expect(loop.busy).toBe(true);
        loop.feed("inner");
      }
      order.push(...effects);
    });
    loop.feed("outer");
    expect(order).toEqual(["outer", "outer again", "inner", "inner again"]);
    expect(loop.busy).toBe(false);
  });

  it("tells the machine when an event happened that comes late, also when it has to wait", () => {
    const { loop, machine, clock } = loopOf((effects) => {
      if (effects[0] === "old") loop.feed("older", 900);
    });
    clock.advanceBy(1_000);
    loop.feed("old", 300);
    expect(machine.seen).toEqual([
      { event: "old", now: 700 },
      { event: "older", now: 100 },
    ]);
    loop.feed("new");
    expect(machine.seen.at(-1)).toEqual({ event: "new", now: 1_000 });
  });

  it("wakes the machine at its deadline", () => {
    const { loop, machine, clock } = loopOf(() => {});
    loop.feed("a");
    const { now } = machine.seen[0] ?? { now: -1 };
    clock.advanceBy(1_000);
    expect(machine.seen.at(-1)).toEqual({ event: "timer", now: now + 100 });
    expect(machine.seen).toHaveLength(2);
  });

  it("arms the clock only when the deadline has moved, and again after it went off", () => {
    const armed: (number | undefined)[] = [];
    let goOff = (): void => {};
    const clock: ClockPort = {
      now: () => 0,
      alarm: (at) => armed.push(at),
      onAlarm: (callback) => {
        goOff = callback;
      },
    };
    let deadline: number | undefined = 7;
    const machine: Machine<string, string> = { handle: () => [], deadline: () => deadline };
    const loop = new MachineLoop(machine, clock, "timer", () => {});
    loop.feed("a");
    loop.feed("b");
    expect(armed).toEqual([7]);
    goOff();
    expect(armed).toEqual([7, 7]);
    deadline = undefined;
    loop.feed("c");
    expect(armed).toEqual([7, 7, undefined]);
  });

  it("reaches the machine no more once stopped", () => {
    const { loop, machine, clock } = loopOf(() => {});
    loop.feed("a");
    loop.stop();
    loop.feed("b");
    clock.advanceBy(1_000);
    expect(machine.seen).toHaveLength(1);
  });

  it("goes on after a machine that threw", () => {
    let fail = true;
    const { loop, machine } = loopOf(() => {
      if (fail) throw new Error("refused");
    });
    expect(() => loop.feed("a")).toThrow("refused");
    fail = false;
    loop.feed("b");
    expect(machine.seen.map(({ event }) => event)).toEqual(["a", "b"]);
  });
});
