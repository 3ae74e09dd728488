import { describe, expect, it } from "vitest";
import { DeadlineQueue } from "../../../src/core/timers.ts";
import { type ScriptEffect, ScriptTracker, type Timer } from "../../../src/core/track/script-tracker.ts";
import { script } from "../vrrp/configuration.ts";

const SECOND = 1_000_000;

/** A tracker whose timers and effects a test can see. */
class Bench {
  readonly timers = new DeadlineQueue<Timer>();
  readonly effects: ScriptEffect[] = [];
  readonly tracker: ScriptTracker;

  constructor(more: Parameters<typeof script>[1] = {}) {
    this.tracker = new ScriptTracker(script("chk", more), this.timers, (effect) => this.effects.push(effect));
    this.tracker.start(0);
  }

  /** Fires what is due at `now`, and returns the types of the effects. */
  fire(now: number): string[] {
    this.effects.length = 0;
    for (let due = this.timers.take(now); due !== undefined; due = this.timers.take(now))
      due.timer(due.at, now);
    return this.effects.map(({ type }) => type);
  }

  /** Runs at `now` and ends at once; whether that changed the status. */
  run(now: number, ok: boolean, status = ok ? "exited with status 0" : "exited with status 1"): boolean {
    expect(this.fire(now)).toEqual(["run-script"]);
    return this.tracker.result(ok, status);
  }

  get logs(): string[] {
    return this.effects.flatMap((effect) => (effect.type === "log" ? [effect.message] : []));
  }
}

describe("ScriptTracker", () => {
  it("runs at once, and then at every interval from ideal time", () => {
    const bench = new Bench({ interval: 2 * SECOND, timeout: SECOND });
    bench.fire(300);
    expect(bench.effects).toEqual([
      { type: "run-script", script: "chk", command: { argv: ["/bin/check"] }, timeout: SECOND },
    ]);
    expect(bench.timers.next()).toBe(2 * SECOND);
  });

  it("times out after its interval unless told otherwise, and runs as its user", () => {
    const bench = new Bench({ interval: 2 * SECOND, user: { user: "nobody" } });
    bench.fire(0);
    expect(bench.effects).toMatchObject([
      { timeout: 2 * SECOND, command: { argv: ["/bin/check"], user: "nobody" } },
    ]);
  });

  it("never has two runs at once", () => {
    const bench = new Bench();
    bench.fire(0);
    expect(bench.fire(SECOND)).toEqual(["log"]);
    expect(bench.logs).toEqual(["Track script chk is already running, expect idle - skipping run"]);
    bench.tracker.result(true, "exited with status 0");
    expect(bench.fire(2 * SECOND)).toEqual(["run-script"]);
  });

  it("does not catch up on runs after a standstill", () => {
    const bench = new Bench();
    expect(bench.fire(10 * SECOND)).toEqual(["run-script"]);
    expect(bench.timers.next()).toBe(11 * SECOND);
  });

  it.each([
    [true, "up"],
    [false, "down"],
  ] as const)("goes by the very first result (%s), whatever rise and fall", (ok, status) => {
    const bench = new Bench({ rise: 3, fall: 3 });
    expect(bench.tracker.status).toBe("unknown");
    expect(bench.run(0, ok)).toBe(true);
    expect(bench.tracker.status).toBe(status);
  });

  it("is down after `fall` failures in a row and up after `rise` successes in a row", () => {
    const bench = new Bench({ rise: 2, fall: 3 });
    const results = [true, false, false, true, false, false, false, true, false, true, true];
    const seen = results.map((ok, index) => {
      bench.run(index * SECOND, ok);
      return bench.tracker.status;
    });
    expect(seen).toEqual(["up", "up", "up", "up", "up", "up", "down", "down", "down", "down", "up"]);
  });

  it("with init_fail is down until the first result", () => {
    const bench = new Bench({ init_fail: true, rise: 2 });
    expect(bench.tracker.status).toBe("down");
    expect(bench.run(0, true)).toBe(true);
    expect(bench.tracker.status).toBe("up");
  });

  it("writes keepalived's lines", () => {
    const bench = new Bench({ fall: 2 });
    bench.run(0, true);
    expect(bench.logs).toEqual(["VRRP_Script(chk) succeeded"]);
    bench.run(SECOND, false);
    expect(bench.logs).toEqual(["Script `chk` now returning 1"]);
    bench.run(2 * SECOND, false);
    expect(bench.logs).toEqual(["VRRP_Script(chk) failed (exited with status 1)"]);
    bench.run(3 * SECOND, true);
    expect(bench.logs).toEqual(["Script `chk` now returning 0", "VRRP_Script(chk) succeeded"]);
    bench.run(4 * SECOND, false, "timed out");
    bench.run(5 * SECOND, false, "timed out");
    expect(bench.logs).toEqual(["VRRP_Script(chk) timed_out"]);
  });

  it("stops: cancels what runs, and takes no late result", () => {
    const bench = new Bench();
    bench.fire(0);
    bench.tracker.stop();
    expect(bench.effects.at(-1)).toEqual({ type: "cancel-script", script: "chk" });
    expect(bench.tracker.result(false, "cancelled")).toBe(false);
    expect(bench.tracker.status).toBe("unknown");
    expect(bench.timers.next()).toBeUndefined();
  });

  it("keeps its status over an update, and takes a shorter interval at once", () => {
    const bench = new Bench({ interval: 60 * SECOND });
    bench.run(0, false);
    bench.tracker.update(script("chk"), 5 * SECOND);
    expect(bench.tracker.status).toBe("down");
    expect(bench.timers.next()).toBe(6 * SECOND);
  });
});
