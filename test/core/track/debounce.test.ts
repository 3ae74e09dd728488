import { describe, expect, it } from "vitest";
import { DeadlineQueue } from "../../../src/core/timers.ts";
import { boundedDelays, Debouncer } from "../../../src/core/track/debounce.ts";
import type { Timer } from "../../../src/core/track/script-tracker.ts";

const fact = (running: boolean, ifindex = 3) => ({ name: "e0", ifindex, running });

function debouncer() {
  const timers = new DeadlineQueue<Timer>();
  const settled: string[] = [];
  const made = new Debouncer(timers, (name, running, now) => settled.push(`${name} ${running} ${now}`));
  made.configure(new Map([["e0", { interface: "e0", downDelay: 500, upDelay: 1000 }]]));
  const pass = (until: number) => {
    for (let due = timers.take(until); due !== undefined; due = timers.take(until)) due.timer(due.at, due.at);
  };
  return { made, settled, pass };
}

describe("Debouncer", () => {
  it("believes a change after its delay: one of down, one of up", () => {
    const { made, settled, pass } = debouncer();
    expect(made.admit(fact(false), fact(true), 0)).toEqual(fact(true));
    pass(499);
    expect(settled).toEqual([]);
    pass(500);
    expect(made.admit(fact(true), fact(false), 2000)).toEqual(fact(false));
    pass(3000);
    expect(settled).toEqual(["e0 false 500", "e0 true 3000"]);
  });

  it("forgets a change that is undone", () => {
    const { made, settled, pass } = debouncer();
    made.admit(fact(false), fact(true), 0);
    expect(made.admit(fact(true), fact(true), 300)).toEqual(fact(true));
    made.admit(fact(false), fact(true), 400);
    pass(899);
    expect(settled).toEqual([]);
    pass(900);
    expect(settled).toEqual(["e0 false 900"]);
  });

  it("does not begin anew when the same is told again", () => {
    const { made, settled, pass } = debouncer();
    made.admit(fact(false), fact(true), 0);
    made.admit(fact(false), fact(true), 400);
    pass(500);
    expect(settled).toEqual(["e0 false 500"]);
  });

  it("believes at once that an interface came or went, and everything of others", () => {
    const { made, settled, pass } = debouncer();
    made.admit(fact(false), fact(true), 0);
    expect(made.admit(fact(false, 0), fact(true), 100)).toEqual(fact(false, 0));
    expect(made.admit(fact(true, 4), fact(false, 0), 200)).toEqual(fact(true, 4));
    expect(made.admit(fact(true), undefined, 300)).toEqual(fact(true));
    const other = { name: "e1", ifindex: 5, running: false };
    expect(made.admit(other, { ...other, running: true }, 300)).toEqual(other);
    pass(9999);
    expect(settled).toEqual([]);
  });
});

describe("boundedDelays", () => {
  const delay = { interface: "e0", downDelay: 5_000_000, upDelay: 7_000_000 };
  const bound = (interfaceName: string, adverts: number, advertInterval = 1_000_000) => ({
    interface: interfaceName,
    adverts,
    advertInterval,
  });
  const down = (instances: Parameters<typeof boundedDelays>[1]) =>
    boundedDelays([delay], instances).get("e0")?.downDelay;

  // keepalived 2.4.3 logs them with -d.
  it("keeps a down delay below what the instances on the interface allow", () => {
    expect(down([])).toBe(5_000_000);
    expect(down([bound("e1", 3)])).toBe(5_000_000);
    expect(down([bound("e0", 3)])).toBe(1_996_094);
    expect(down([bound("e0", 3), bound("e0", 3, 500_000)])).toBe(998_047);
    expect(down([bound("e0", 9)])).toBe(5_000_000);
  });

  it("gives an interface on top of another the same", () => {
    const delays = boundedDelays([delay], [{ ...bound("e0", 3), own: "vrrp.51" }]);
    expect(delays.get("vrrp.51")).toEqual(delays.get("e0"));
    expect(delays.get("vrrp.51")?.downDelay).toBe(1_996_094);
  });

  it("has none where a single missed advert is one too many", () => {
    expect(boundedDelays([delay], [bound("e0", 1)]).get("e0")).toEqual({
      interface: "e0",
      downDelay: 0,
      upDelay: 0,
    });
  });
});
