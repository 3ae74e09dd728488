/** Verdicts are those that keepalived 2.2.7 and 2.4.3 gave for the same answers. */
import { describe, expect, it } from "vitest";
import type { CheckOptions } from "../../../src/core/checker/check-loop.ts";
import type { CheckTiming } from "../../../src/core/checker/contract.ts";
import { createDnsCheck } from "../../../src/core/checker/dns-check.ts";
import { createPingCheck } from "../../../src/core/checker/ping-check.ts";
import { createUdpCheck, type UdpExpectation } from "../../../src/core/checker/udp-check.ts";
import { echoReply } from "../../../src/wire/icmp.ts";
import { converse, datagramPeer, type Peer } from "./exchange.ts";

const timing: CheckTiming = {
  delayLoop: 3_000_000,
  connectTimeout: 1_000_000,
  retry: 1,
  delayBeforeRetry: 500_000,
  firstDelay: 0,
};
const options: CheckOptions = { service: "RS", up: true, logAllFailures: false, random: () => 0.5 };
const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));

describe("UDP_CHECK", () => {
  const target = { transport: "udp", address: "10.0.1.1", port: 7001 } as const;
  const lengths = { shortest: 0, longest: 255 };
  const run = (expected: Partial<UdpExpectation>, peer: Peer, seconds = 2) =>
    converse(createUdpCheck(target, timing, { ...lengths, ...expected }, options), seconds, peer);
  const echo = datagramPeer((sent) => sent);
  const silent = datagramPeer(() => undefined);
  const refusing = datagramPeer(() => "refuse");

  it.each<[string, Partial<UdpExpectation>, Peer, string]>([
    ["an answer where none is asked for", {}, echo, "0 up"],
    ["silence where no answer is asked for", {}, silent, "1 up"],
    ["a refusal", {}, refusing, "0 down"],
    ["any answer", { reply: "" }, echo, "0 up"],
    ["silence where an answer is asked for", { reply: "" }, silent, "1 down"],
    [
      "an answer with any length where its content does not count",
      { reply: "", shortest: 200 },
      echo,
      "0 up",
    ],
    ["the bytes that are expected", { payload: "0102ff", reply: "01xxff" }, echo, "0 up"],
    ["other bytes", { payload: "0102ff", reply: "02" }, echo, "0 down"],
    ["more bytes than are expected", { payload: "0102ff", reply: "01" }, echo, "0 up"],
    ["fewer bytes than are expected", { payload: "aabb", reply: "aabbcc" }, echo, "0 up"],
    ["the right bytes, too few", { payload: "aabb", reply: "aa", shortest: 3 }, echo, "0 down"],
    ["the right bytes, too many", { payload: "aabb", reply: "aa", longest: 1 }, echo, "0 down"],
  ])("on %s", (_, expected, peer, verdict) => {
    expect(run(expected, peer).verdicts).toEqual([verdict]);
  });

  it("retries a server that was up, and one that is down every delay_loop", () => {
    const peer = datagramPeer((sent, second) => (second < 2 || second > 12 ? sent : undefined));
    const course = run({ reply: "" }, peer, 16);
    expect(course.verdicts).toEqual(["0 up", "5.5 down", "12.5 up"]);
    expect(course.sent.map(({ at }) => at)).toEqual([0, 3, 4.5, 8.5, 12.5, 15.5]);
    expect(course.logs).toEqual([
      "UDP connection to RS success.",
      "UDP_CHECK on service RS failed after 1 retries.",
      "UDP connection to RS success.",
    ]);
  });
});

describe("DNS_CHECK", () => {
  const target = { transport: "udp", address: "10.0.1.1", port: 53 } as const;
  const question = { type: "A", name: "example.com" } as const;
  const run = (answer: (query: Uint8Array) => Uint8Array | "refuse" | undefined, name = question.name) => {
    const checker = createDnsCheck(target, timing, { ...question, name: name as never }, options);
    return converse(checker, 2, datagramPeer(answer));
  };
  const reply = (query: Uint8Array, flags: string) =>
    Uint8Array.from([...query.subarray(0, 2), ...hex(flags), ...query.subarray(4)]);

  it("asks as keepalived does", () => {
    const [first] = run(() => undefined).sent;
    expect(Buffer.from(first?.bytes ?? []).toString("hex")).toBe(
      "800001000001000000000000076578616d706c6503636f6d0000010001",
    );
    const [root] = run(() => undefined, "." as never).sent;
    expect(Buffer.from(root?.bytes ?? []).toString("hex")).toBe("8000010000010000000000000000010001");
  });

  it.each<[string, (query: Uint8Array) => Uint8Array | "refuse" | undefined, string]>([
    ["an answer without error", (query) => reply(query, "8180"), "0 up"],
    ["a truncated answer", (query) => reply(query, "8380"), "0 up"],
    ["NXDOMAIN", (query) => reply(query, "8183"), "0 down"],
    ["SERVFAIL", (query) => reply(query, "8182"), "0 down"],
    ["another one's answer", (query) => reply(query, "8180").fill(1, 0, 1), "1 down"],
    ["a query", (query) => query, "1 down"],
    ["half a header", (query) => query.subarray(0, 5), "1 down"],
    ["silence", () => undefined, "1 down"],
    ["a refusal", () => "refuse", "0 down"],
  ])("on %s", (_, answer, verdict) => {
    expect(run(answer).verdicts).toEqual([verdict]);
  });

  it("says the response code, and the kernel's error", () => {
    expect(run((query) => reply(query, "8183")).logs).toEqual([
      "DNS_CHECK (RS) read error occurred. (rcode = 3)",
    ]);
    expect(run(() => "refuse").logs).toEqual([
      "DNS_CHECK (RS) failed to read socket; errno 111 (Connection refused)",
    ]);
  });
});

describe("PING_CHECK", () => {
  it.each([
    [4, "10.0.1.1"],
    [6, "2001:db8::1"],
  ] as const)("is up with an echo reply over IPv%i", (family, address) => {
    const checker = createPingCheck({ transport: "icmp", address, port: 0 }, timing, options);
    const course = converse(
      checker,
      9,
      datagramPeer((sent) => echoReply(sent, family)),
    );
    expect(course.verdicts).toEqual(["0 up"]);
    expect(course.sent.map(({ bytes }) => bytes[7])).toEqual([1, 2, 3, 4]);
  });

  it("takes no reply but its own", () => {
    const target = { transport: "icmp", address: "2001:db8::1", port: 0 } as const;
    const course = converse(
      createPingCheck(target, timing, options),
      2,
      datagramPeer((sent) => {
        const other = echoReply(sent, 6);
        other[7] = 99;
        return other;
      }),
    );
    expect(course.verdicts).toEqual(["1 down"]);
    expect(course.logs).toEqual(["ICMP CHECK on service RS failed."]);
  });
});
