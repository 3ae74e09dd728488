import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HttpExpectation } from "../../../src/core/checker/contract.ts";
import {
  createHttpCheck,
  DEFAULT_STATUS,
  type HttpCheckOptions,
} from "../../../src/core/checker/http-check.ts";
import { drive, SECOND, type Server, target, timing } from "./drive.ts";

const options: HttpCheckOptions = {
  service: "[10.0.1.1]:tcp:80",
  virtualServer: "[10.0.0.1]:tcp:80",
  protocol: "1.0",
  up: true,
  logAllFailures: false,
  random: () => 0,
};
const a: HttpExpectation = { path: "/a", status: DEFAULT_STATUS };
const b: HttpExpectation = { path: "/b", status: DEFAULT_STATUS, virtualhost: "b.example" };
const answer = (...pieces: string[]): Server => ({ does: "answer", pieces, end: "end" });
const ok = answer("HTTP/1.0 200 OK\r\n\r\nhello");
const bad = answer("HTTP/1.0 500 Oops\r\n\r\n");

const verdictOn = (server: Server, url: HttpExpectation = a) =>
  drive(createHttpCheck(target, { ...timing, retry: 0 }, [url], options), 5, () => server).verdicts[0];

describe("HTTP_GET", () => {
  it("gets its URLs in turn, one a delay_loop, and reports when all have answered", () => {
    const trace = drive(createHttpCheck(target, timing, [a, b], options), 35, () => ok);
    expect(trace.tries).toEqual(["0 GET /a", "10 GET /b", "20 GET /a", "30 GET /b"]);
    expect(trace.verdicts).toEqual(["10 up"]);
    expect(trace.logs).toEqual(["Remote Web server [10.0.1.1]:tcp:80 succeed on service."]);
  });

  /** As recorded from keepalived 2.2.7: delay_loop 2, retry 2, delay_before_retry 1, the second URL fails a while. */
  it("retries the URL that failed, and asks a whole pass of a server that was down", () => {
    const quick = { ...timing, delayLoop: 2 * SECOND };
    const checker = createHttpCheck(target, quick, [a, b], { ...options, logAllFailures: true });
    const trace = drive(checker, 16, (second) => (second >= 4.5 && second < 11 ? bad : ok));
    expect(trace.tries).toEqual(
      ["0 /a", "2 /b", "4 /a", "6 /b", "7 /b", "8 /b", "10 /b", "12 /b", "14 /a", "16 /b"].map((line) =>
        line.replace(" ", " GET "),
      ),
    );
    expect(trace.verdicts).toEqual(["2 up", "8 down", "16 up"]);
    expect(trace.logs).toEqual([
      "Remote Web server [10.0.1.1]:tcp:80 succeed on service.",
      "HTTP status code error to server [10.0.1.1]:tcp:80.",
      "HTTP status code error to server [10.0.1.1]:tcp:80.",
      "HTTP status code error to server [10.0.1.1]:tcp:80.",
      "HTTP_CHECK on service [10.0.1.1]:tcp:80 failed after 2 retries.",
      "HTTP status code success to [10.0.1.1]:tcp:80 url(/b)",
      "HTTP status code success to [10.0.1.1]:tcp:80 url(/a)",
      "HTTP status code success to [10.0.1.1]:tcp:80 url(/b)",
      "Remote Web server [10.0.1.1]:tcp:80 succeed on service.",
    ]);
  });

  it("goes on with the next URL after a retry that succeeds", () => {
    const trace = drive(createHttpCheck(target, timing, [a, b], options), 41, (second) =>
      second === 30 ? bad : ok,
    );
    expect(trace.tries.slice(2)).toEqual(["20 GET /a", "30 GET /b", "31 GET /b", "41 GET /a"]);
    expect(trace.verdicts).toEqual(["10 up"]);
  });

  it("retries nothing before the first verdict, and tells of it as if it had", () => {
    const trace = drive(createHttpCheck(target, timing, [a, b], options), 20, (second) =>
      second === 10 ? bad : ok,
    );
    expect(trace.tries).toEqual(["0 GET /a", "10 GET /b", "20 GET /b"]);
    expect(trace.verdicts).toEqual(["10 down"]);
    expect(trace.logs[0]).toBe("HTTP_CHECK on service [10.0.1.1]:tcp:80 failed after 2 retries.");
  });

  it("gives no verdict on a server that is assumed down, until it is up", () => {
    const checker = createHttpCheck(target, timing, [a], { ...options, up: false });
    const trace = drive(checker, 40, (second) => (second < 15 ? bad : ok));
    expect(trace.verdicts).toEqual(["30 up"]);
    expect(trace.tries).toEqual([0, 10, 20, 30, 40].map((second) => `${second} GET /a`));
    expect(checker.hasRun).toBe(true);
  });

  it("waits the longer of delay_loop and delay_before_retry while down", () => {
    const slow = { ...timing, delayLoop: 2 * SECOND, delayBeforeRetry: 3 * SECOND, retry: 1 };
    expect(drive(createHttpCheck(target, slow, [a], options), 9, () => bad).tries).toEqual(
      [0, 3, 6, 9].map((second) => `${second} GET /a`),
    );
  });

  it.each<[string, Server, "up" | "down"]>([
    ["a good answer", ok, "up"],
    ["a bad status", bad, "down"],
    ["an answer cut before the blank line", answer("HTTP/1.0 200 OK\r\nX: y\r\n"), "down"],
    ["an end without a byte", answer(), "down"],
    ["an answer shorter than it says", answer("HTTP/1.0 200 OK\r\nContent-Length: 50\r\n\r\nhello"), "up"],
    [
      "a reset after the answer",
      { does: "answer", pieces: ["HTTP/1.0 200 OK\r\n\r\n"], end: "reset" },
      "down",
    ],
    [
      "a connection that never ends",
      { does: "answer", pieces: ["HTTP/1.0 200 OK\r\n\r\n"], end: "keep" },
      "down",
    ],
    ["one that never answers", { does: "accept-only" }, "down"],
    ["one that never connects", { does: "ignore" }, "down"],
    [
      "an endless head",
      { does: "answer", pieces: new Array(70).fill("a".repeat(1000)), end: "keep" },
      "down",
    ],
  ])("judges %s", (_, server, verdict) => {
    expect(verdictOn(server)).toMatch(verdict);
  });

  it("says once that an answer is shorter than it says", () => {
    const short = answer("HTTP/1.0 200 OK\r\nContent-Length: 50\r\n\r\nhello");
    const trace = drive(createHttpCheck(target, timing, [a], options), 35, () => short);
    expect(trace.logs.filter((line) => line.includes("content_length"))).toEqual([
      "http_check for RS [10.0.1.1]:tcp:80 VS [10.0.0.1]:tcp:80 url /a: content_length (50) does not match received bytes (5)",
    ]);
  });

  it("compares the digest of the body as it came", () => {
    const digest = createHash("md5").update("hello").digest("hex");
    expect(verdictOn(ok, { ...a, digest })).toBe("0 up");
    expect(verdictOn(answer("HTTP/1.0 200 OK\r\n\r\nhel", "lo"), { ...a, digest })).toBe("0 up");
    expect(verdictOn(answer("HTTP/1.0 200 OK\r\n\r\nhello!"), { ...a, digest })).toBe("0 down");
    expect(verdictOn(answer("HTTP/1.0 500 No\r\n\r\nhello"), { ...a, digest })).toBe("0 down");
  });

  it("takes exactly the configured status codes", () => {
    const url: HttpExpectation = {
      ...a,
      status: [
        [200, 200],
        [400, 499],
      ],
    };
    const verdicts = [200, 201, 399, 400, 499, 500].map((code) =>
      verdictOn(answer(`HTTP/1.0 ${code} X\r\n\r\n`), url),
    );
    expect(verdicts).toEqual(["0 up", "0 down", "0 down", "0 up", "0 up", "0 down"]);
  });

  it.each([
    ["1.0", a, "GET /a HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: 10.0.1.1:80\r\n\r\n"],
    [
      "1.0C",
      b,
      "GET /b HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: b.example\r\n\r\n",
    ],
    [
      "1.1",
      b,
      "GET /b HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: b.example\r\n\r\n",
    ],
  ] as const)("asks as HTTP %s does", (protocol, url, request) => {
    const checker = createHttpCheck(target, timing, [url], { ...options, protocol });
    checker.handle({ type: "start" }, 0);
    checker.handle({ type: "timer" }, 0);
    const [send] = checker.handle({ type: "connected" }, 0);
    expect(send?.type === "send" && new TextDecoder().decode(send.bytes)).toBe(request);
  });

  it("gives an answer that trickles in no more than connect_timeout", () => {
    const checker = createHttpCheck(target, timing, [a], { ...options, hasRun: true });
    checker.handle({ type: "start" }, 0);
    checker.handle({ type: "timer" }, 0);
    checker.handle({ type: "connected" }, SECOND);
    for (let now = SECOND; now < 3 * SECOND; now += 100_000)
      expect(checker.handle({ type: "data", bytes: Uint8Array.of(65) }, now)).toEqual([]);
    expect(checker.deadline()).toBe(3 * SECOND);
    expect(checker.handle({ type: "timer" }, 3 * SECOND)).toEqual([{ type: "close" }]);
  });

  it("reaches the same verdict on any bytes however they are cut, and never throws", () => {
    const stream = fc.oneof(
      fc.string({ maxLength: 80 }),
      fc.string({ maxLength: 80 }).map((tail) => `HTTP/1.0 200 OK\r\n${tail}`),
      fc.string({ maxLength: 80 }).map((tail) => `HTTP/1.0 204 OK\r\nContent-Length: 3\r\n\r\n${tail}`),
    );
    fc.assert(
      fc.property(stream, fc.constantFrom("end" as const, "reset" as const, "keep" as const), (text, end) => {
        const whole = verdictOn({ does: "answer", pieces: [text], end });
        for (let cut = 0; cut <= text.length; cut++) {
          const pieces = [text.slice(0, cut), text.slice(cut)];
          expect(verdictOn({ does: "answer", pieces, end })).toBe(whole);
        }
      }),
      { numRuns: 50 },
    );
  });
});
