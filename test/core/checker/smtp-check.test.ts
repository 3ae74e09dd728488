/** Verdicts and words are those that keepalived 2.2.7 and 2.4.3 had for the same servers. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CheckOptions } from "../../../src/core/checker/check-loop.ts";
import type { CheckTiming } from "../../../src/core/checker/contract.ts";
import { createSmtpCheck, DEFAULT_HELO } from "../../../src/core/checker/smtp-check.ts";
import { converse, linePeer, type Peer } from "./exchange.ts";

const timing: CheckTiming = {
  delayLoop: 3_000_000,
  connectTimeout: 1_000_000,
  retry: 1,
  delayBeforeRetry: 500_000,
  firstDelay: 0,
};
const options: CheckOptions = {
  service: "[10.0.1.1]:tcp:25",
  up: true,
  logAllFailures: false,
  random: () => 0,
};
const target = { transport: "tcp", address: "10.0.1.1", port: 25 } as const;
const run = (peer: Peer, helo = DEFAULT_HELO) =>
  converse(createSmtpCheck(target, timing, helo, options), 4, peer);

describe("SMTP_CHECK", () => {
  it("greets, and says goodbye", () => {
    const course = run(linePeer(["220 hi\r\n"], { HELO: "250 ok\r\n", QUIT: "221 bye\r\n" }), "me.example");
    expect(course.verdicts).toEqual(["0 up"]);
    expect(course.sent.slice(0, 2).map(({ bytes }) => new TextDecoder().decode(bytes))).toEqual([
      "HELO me.example\r\n",
      "QUIT\r\n",
    ]);
    expect(course.logs).toEqual(["Remote SMTP server [10.0.1.1]:tcp:25 succeed on service."]);
  });

  it.each<[string, Peer]>([
    ["a greeting in pieces", linePeer(["22", "0 line\r", "\n"], { HELO: "250 ok\n", QUIT: "221 bye\n" })],
    ["codes alone", linePeer(["220\n"], { HELO: "250\n", QUIT: "\n" })],
    ["a greeting of 512 bytes", linePeer([`220 ${"x".repeat(507)}\n`], { HELO: "250 ok\n", QUIT: "221\n" })],
    ["any reply to QUIT", linePeer(["220 hi\r\n"], { HELO: "250 ok\r\n", QUIT: "500 what\r\n" })],
  ])("takes %s", (_, peer) => {
    expect(run(peer).verdicts).toEqual(["0 up"]);
  });

  it.each<[string, Peer, string]>([
    ["a refusal", () => [{ type: "failed", error: "ECONNREFUSED" }], "0.5 Could not connect to"],
    ["silence", linePeer([], {}), "2.5 Read timeout from"],
    ["an end", () => [{ type: "connected" }, { type: "ended" }], "0.5 Read failure from"],
    ["another greeting", linePeer(["554 no\r\n"], {}), "0.5 Bad greeting banner from"],
    ["no code at all", linePeer(["abc hi\r\n"], {}), "0.5 Bad greeting banner from"],
    ["a greeting of two lines", linePeer(["220-a\r\n220 b\r\n"], {}), "0.5 Bad greeting banner from"],
    ["a code of four digits", linePeer(["2200 a\r\n"], {}), "0.5 Bad greeting banner from"],
    ["a code that CR follows", linePeer(["220\r\n"], {}), "0.5 Bad greeting banner from"],
    ["a NUL before the end of the line", linePeer(["220 a\0b\r\n"], {}), "2.5 Read timeout from"],
    [
      "a greeting of 513 bytes",
      linePeer([`220 ${"x".repeat(508)}\n`], {}),
      "0.5 Buffer overflow reading from",
    ],
    ["another reply to HELO", linePeer(["220 a\r\n"], { HELO: "550 no\r\n" }), "0.5 Bad HELO response from"],
    ["no reply to HELO", linePeer(["220 a\r\n"], {}), "2.5 Read timeout from"],
    [
      "an end after QUIT",
      linePeer(["220 a\r\n"], { HELO: "250 b\r\n", QUIT: "end" }),
      "0.5 Read failure from",
    ],
    ["no reply to QUIT", linePeer(["220 a\r\n"], { HELO: "250 b\r\n" }), "2.5 Read timeout from"],
    ["a line without end", linePeer(["x".repeat(3000)], {}), "0.5 Buffer overflow reading from"],
  ])("refuses %s, the second time", (_, peer, outcome) => {
    const [second, ...words] = outcome.split(" ");
    const course = run(peer);
    expect(course.verdicts).toEqual([`${second} down`]);
    expect(course.logs).toEqual([`SMTP_CHECK ${words.join(" ")} server [10.0.1.1]:25`]);
  });

  it("gives the same verdict however the replies are cut", () => {
    const replies = { HELO: "250 mail\r\n", QUIT: "221 bye\r\n" };
    const greeting = fc.constantFrom(
      "220 mail\r\n",
      "220\n",
      "220-mail\r\n",
      "554 no\r\n",
      "220 \0\r\n",
      "x".repeat(700),
    );
    fc.assert(
      fc.property(greeting, fc.array(fc.nat(700), { maxLength: 6 }), (text, cuts) => {
        const at = [0, ...cuts.map((cut) => cut % text.length).sort((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
        const [whole, cut] = [[text], pieces].map((said) => run(linePeer(said, replies)));
        expect(cut?.verdicts).toEqual(whole?.verdicts);
        expect(cut?.logs).toEqual(whole?.logs);
      }),
    );
  });

  it("fails when the connection is reset before the last byte, wherever", () => {
    const said = ["220 mail\r\n", "250 mail\r\n", "221 bye\r\n"];
    const reset = { type: "failed", error: "ECONNRESET" } as const;
    const bytesOf = (text: string) => ({ type: "data", bytes: new TextEncoder().encode(text) }) as const;
    for (let cut = 0; cut < said.join("").length; cut++) {
      let room = cut;
      let next = 0;
      const say = () => {
        const text = said[next++] ?? "";
        const part = text.slice(0, room);
        room -= part.length;
        return part.length < text.length ? [bytesOf(part), reset] : [bytesOf(part)];
      };
      const course = run((sent) => {
        if (sent !== "connect") return say();
        [room, next] = [cut, 0];
        return [{ type: "connected" }, ...say()];
      });
      expect(course.verdicts).toEqual(["0.5 down"]);
    }
  });
});
