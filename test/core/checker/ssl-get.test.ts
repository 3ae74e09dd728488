import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { CheckTls, HttpExpectation } from "../../../src/core/checker/contract.ts";
import {
  createHttpCheck,
  DEFAULT_STATUS,
  type HttpCheckOptions,
} from "../../../src/core/checker/http-check.ts";
import { createPingCheck } from "../../../src/core/checker/ping-check.ts";
import { createUdpCheck } from "../../../src/core/checker/udp-check.ts";
import { drive, SECOND, type Server, target, timing } from "./drive.ts";

const options: HttpCheckOptions = {
  service: "[10.0.1.1]:tcp:443",
  virtualServer: "[10.0.0.1]:tcp:443",
  protocol: "1.0",
  up: true,
  logAllFailures: true,
  random: () => 0,
};
const tls: CheckTls = { closeNotify: false };
const a: HttpExpectation = { path: "/a", status: DEFAULT_STATUS, tls };
const b: HttpExpectation = {
  path: "/b",
  status: DEFAULT_STATUS,
  tls: { closeNotify: true, serverName: "b" },
};
const answer = (text: string, end: "end" | "reset" | "keep" = "end"): Server => ({
  does: "answer",
  pieces: text === "" ? [] : [text],
  end,
});
const ok = answer("HTTP/1.0 200 OK\r\n\r\nhi");
const bad = answer("HTTP/1.0 500 Oops\r\n\r\n");

/** What a check without retries logs of a server. */
const logs = (server: Server, url: HttpExpectation = a) =>
  drive(createHttpCheck(target, { ...timing, retry: 0 }, [url], options), 5, () => server).logs.map((line) =>
    line.replace("[10.0.1.1]:tcp:443", "S"),
  );

describe("SSL_GET", () => {
  it("asks of TLS what each URL wants", () => {
    const checker = createHttpCheck(target, timing, [a, b], options);
    checker.handle({ type: "start" }, 0);
    const asked: unknown[] = [];
    for (let now = 0; now <= 10 * SECOND; now += 10 * SECOND) {
      for (const effect of checker.handle({ type: "timer" }, now))
        if (effect.type === "connect") asked.push(effect.target.tls);
      checker.handle({ type: "connected" }, now);
      checker.handle({ type: "data", bytes: new TextEncoder().encode("HTTP/1.0 200 OK\r\n\r\n") }, now);
      checker.handle({ type: "ended" }, now);
    }
    expect(asked).toEqual([a.tls, b.tls]);
  });

  /** As recorded from keepalived 2.4.3. */
  it.each<[string, Server, string]>([
    ["a refusal", { does: "refuse" }, "Connection failed server S."],
    [
      "a broken handshake",
      { does: "break-handshake" },
      "SSL handshake/communication error connecting to server S.",
    ],
    ["no handshake", { does: "ignore" }, "Timeout connecting server S."],
    ["no answer", { does: "accept-only" }, "Timeout SSL read server S."],
    ["an answer without end", answer("HTTP/1.0 200 OK\r\n\r\n", "keep"), "Timeout SSL read server S."],
    ["an end without answer", answer(""), "SSL read error from server S."],
    ["an end in the head", answer("HTTP/1.0 200 OK\r\n"), "SSL read error from server S."],
    ["a fault without answer", answer("", "reset"), "Read, no data received from  server S."],
    ["a bad status", bad, "HTTP status code error to server S."],
    [
      "a bad status, and a fault",
      answer("HTTP/1.0 500 No\r\n\r\n", "reset"),
      "HTTP status code error to server S.",
    ],
  ])("tells of %s", (_, server, line) => {
    expect(logs(server)).toEqual([line, "SSL_CHECK on service S failed."]);
  });

  it("takes a good answer that ends with a fault, as keepalived does", () => {
    expect(logs(answer("HTTP/1.0 200 OK\r\n\r\nhi", "reset"))).toEqual([
      "Remote Web server S succeed on service.",
    ]);
  });

  it("takes the digest of as much as Content-Length says", () => {
    const digest = createHash("md5").update("hi").digest("hex");
    const long = answer("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi!!");
    expect(logs(long, { ...a, digest }).at(-1)).toBe("Remote Web server S succeed on service.");
  });
});

describe("plain HTTP_GET", () => {
  it("tells whether anything came in time", () => {
    const plain = { path: "/a", status: DEFAULT_STATUS };
    expect(logs({ does: "accept-only" }, plain)[0]).toBe("Timeout WEB read server S.");
    expect(logs(answer("HTTP", "keep"), plain)[0]).toBe("Timeout HTTP read server S.");
    expect(logs(answer("HTTP"), plain)[0]).toBe("Read, no data received from  server S.");
  });
});

describe("fast_recovery", () => {
  const fast = { ...options, fastRecovery: true, logAllFailures: false };

  it("checks all URLs at once until the server is up, and then in turn", () => {
    for (const up of [true, false]) {
      const trace = drive(createHttpCheck(target, timing, [a, b], { ...fast, up }), 25, () => ok);
      expect(trace.tries).toEqual(["0 GET /a", "0 GET /b", "10 GET /a", "20 GET /b"]);
      expect(trace.verdicts).toEqual(["0 up"]);
    }
  });

  it("does so after a failure, from the first URL on", () => {
    const quick = { ...timing, retry: 0 };
    const checker = createHttpCheck(target, quick, [a, b], fast);
    const trace = drive(checker, 45, (second) => (second === 10 || second === 20 ? bad : ok));
    expect(trace.tries).toEqual(
      ["0 /a", "0 /b", "10 /a", "20 /a", "30 /a", "30 /a", "30 /b", "40 /a"].map((line) =>
        line.replace(" ", " GET "),
      ),
    );
    expect(trace.verdicts).toEqual(["0 up", "10 down", "30 up"]);
  });

  it("hurries no server that is up", () => {
    const checker = createHttpCheck(target, timing, [a, b], fast);
    const trace = drive(checker, 21, (second) => (second === 10 ? bad : ok));
    expect(trace.tries).toEqual(["0 GET /a", "0 GET /b", "10 GET /a", "11 GET /a", "21 GET /b"]);
  });
});

describe("a connection that this machine cannot begin", () => {
  const plain = { path: "/a", status: DEFAULT_STATUS };
  const refusedHere = (error: string): Server => ({ does: "fail", error });

  /** As keepalived 2.2.7 and 2.4.3: an address to leave from that is elsewhere yet, a route that prohibits. */
  it.each(["EADDRNOTAVAIL", "EACCES", "EMFILE"])("is no try with %s, and said once", (error) => {
    const checker = createHttpCheck(target, timing, [plain], options);
    const trace = drive(checker, 35, (second) => (second < 25 ? refusedHere(error) : ok));
    expect(trace.verdicts).toEqual(["30 up"]);
    expect(trace.logs).toEqual([
      `Cannot check [10.0.1.1]:tcp:443 from here: ${error}. Rescheduling`,
      "Remote Web server [10.0.1.1]:tcp:443 succeed on service.",
    ]);
  });

  it("is a failure where the network is unreachable", () => {
    expect(logs(refusedHere("ENETUNREACH"), plain)[0]).toBe("HTTP/SSL_CHECK - network unreachable server S.");
    expect(logs(refusedHere("EHOSTUNREACH"), plain)[0]).toBe("Connection failed server S.");
  });

  it("is a failure of UDP_CHECK and PING_CHECK", () => {
    const expected = { shortest: 0, longest: 255 };
    const quick = { ...timing, retry: 0 };
    for (const checker of [
      createUdpCheck(target, quick, expected, options),
      createPingCheck(target, quick, options),
    ])
      expect(drive(checker, 5, () => refusedHere("EADDRNOTAVAIL")).verdicts).toEqual(["0 down"]);
  });
});
