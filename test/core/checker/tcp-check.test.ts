import { describe, expect, it } from "vitest";
import type { CheckOptions } from "../../../src/core/checker/check-loop.ts";
import { createTcpCheck } from "../../../src/core/checker/tcp-check.ts";
import { drive, SECOND, type Server, target, timing } from "./drive.ts";

const options: CheckOptions = {
  service: "[10.0.1.1]:tcp:80",
  up: true,
  logAllFailures: false,
  random: () => 0,
};
const accept: Server = { does: "accept-only" };
const refuse: Server = { does: "refuse" };

/** The virtual seconds of the connections that a server acting by `serverAt` sees. */
function connections(
  checker: ReturnType<typeof createTcpCheck>,
  seconds: number,
  serverAt: (s: number) => Server,
) {
  const at: number[] = [];
  const trace = drive(checker, seconds, (second) => {
    at.push(second);
    return serverAt(second);
  });
  return { at, ...trace };
}

describe("TCP_CHECK", () => {
  it("reports the first verdict, then only changes", () => {
    const trace = drive(createTcpCheck(target, timing, options), 60, () => accept);
    expect(trace.verdicts).toEqual(["0 up"]);
    expect(trace.logs).toEqual(["TCP connection to [10.0.1.1]:tcp:80 success."]);
  });

  it("is down after `retry` further tries, and up with the first success", () => {
    const server = (second: number) => (second >= 10 && second < 30 ? refuse : accept);
    const trace = connections(createTcpCheck(target, timing, options), 60, server);
    expect(trace.verdicts).toEqual(["0 up", "12 down", "34 up"]);
    expect(trace.logs).toContain("TCP_CHECK on service [10.0.1.1]:tcp:80 failed after 2 retries.");
    expect(trace.at).toEqual([0, 10, 11, 12, 22, 23, 24, 34, 44, 54]);
  });

  it("does not retry before the first verdict", () => {
    const trace = drive(createTcpCheck(target, timing, options), 5, () => refuse);
    expect(trace.verdicts).toEqual(["0 down"]);
    expect(trace.logs).toEqual(["TCP_CHECK on service [10.0.1.1]:tcp:80 failed."]);
  });

  it("tries a server that is down as keepalived 2.2.7 does, in groups of 1 + retry", () => {
    const trace = connections(
      createTcpCheck(target, { ...timing, delayLoop: SECOND, delayBeforeRetry: 3 * SECOND }, options),
      18,
      () => refuse,
    );
    expect(trace.at).toEqual([0, 1, 4, 7, 8, 11, 14, 15, 18]);
  });

  it("takes silence for failure after connect_timeout, and waits delay_before_retry from then", () => {
    const trace = connections(createTcpCheck(target, timing, options), 17, (second) =>
      second === 0 ? accept : { does: "ignore" },
    );
    expect(trace.at).toEqual([0, 10, 13, 16]);
    expect(trace.verdicts).toEqual(["0 up"]);
  });

  it("logs every failure on request, while up", () => {
    const checker = createTcpCheck(target, timing, { ...options, logAllFailures: true });
    const trace = drive(checker, 40, (second) => (second === 0 ? accept : refuse));
    expect(trace.logs.filter((line) => line === "TCP connection to [10.0.1.1]:tcp:80 failed.")).toHaveLength(
      3,
    );
  });

  it("starts down with alpha and says so", () => {
    const trace = drive(createTcpCheck(target, timing, { ...options, up: false }), 40, (second) =>
      second < 20 ? refuse : accept,
    );
    expect(trace.verdicts).toEqual(["0 down", "22 up"]);
  });

  it("draws the first delay", () => {
    const checker = createTcpCheck(
      target,
      { ...timing, firstDelay: 8 * SECOND },
      { ...options, random: () => 0.5 },
    );
    checker.handle({ type: "start" }, 100 * SECOND);
    expect(checker.deadline()).toBe(104 * SECOND);
  });

  it("does not drift when timers come late", () => {
    const checker = createTcpCheck(target, timing, options);
    checker.handle({ type: "start" }, 0);
    checker.handle({ type: "timer" }, 300_000);
    checker.handle({ type: "connected" }, 400_000);
    expect(checker.deadline()).toBe(10 * SECOND);
  });

  it("hears a peer out when the timeout is noticed late, once", () => {
    const checker = createTcpCheck(target, { ...timing, retry: 0 }, options);
    checker.handle({ type: "start" }, 0);
    checker.handle({ type: "timer" }, 0);
    expect(checker.handle({ type: "timer" }, 5 * SECOND)).toEqual([]);
    expect(checker.deadline()).toBe(5 * SECOND + 50_000);
    checker.handle({ type: "connected" }, 5 * SECOND + 1);
    expect([checker.hasRun, checker.up]).toEqual([true, true]);
    checker.handle({ type: "timer" }, 15 * SECOND + 1);
    checker.handle({ type: "timer" }, 30 * SECOND);
    checker.handle({ type: "timer" }, 40 * SECOND);
    expect(checker.up).toBe(false);
  });

  it("ignores what belongs to a connection it has closed", () => {
    const checker = createTcpCheck(target, timing, options);
    checker.handle({ type: "start" }, 0);
    checker.handle({ type: "timer" }, 0);
    checker.handle({ type: "connected" }, 0);
    for (const event of [{ type: "connected" }, { type: "ended" }, { type: "failed", error: "x" }] as const)
      expect(checker.handle(event, 1)).toEqual([]);
    expect(checker.up).toBe(true);
  });
});
