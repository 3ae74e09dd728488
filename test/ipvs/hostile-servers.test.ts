/**
 * Servers that do what no server should, checked by keepalived and by Holdfast at the same time: verdicts and words are
 * the same, and every verdict comes within the times that the configuration allows.
 */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { type Hostility, startHostileServers } from "../lab/hostile-server.ts";
import type { Lab } from "../lab/netns.ts";
import { selfSigned } from "../lab/nginx.ts";
import { type CheckCase, SideBySide } from "../lab/side-by-side.ts";

type Row = readonly [title: string, verdict: CheckCase["verdict"], way: Hostility];

/** Where the servers listen, one port each. */
const FIRST_PORT = 7_000;
const TIMEOUT = "connect_timeout 2";

const http = (port: number, more = "") =>
  `HTTP_GET {\nconnect_port ${port}\n${TIMEOUT}\nurl {\npath /\n${more}\n}\n}`;
const https = (port: number) => `SSL_GET {\nconnect_port ${port}\n${TIMEOUT}\nurl {\npath /\n}\n}`;
const smtp = (port: number) => `SMTP_CHECK {\nconnect_port ${port}\n${TIMEOUT}\n}`;
/** A server without an address of its own answers from its host's. */
const dns = (port: number) =>
  `DNS_CHECK {\nconnect_ip 10.8.0.1\nconnect_port ${port}\n${TIMEOUT}\nname example.com\n}`;
const udp = (port: number, more = "require_reply 0102") =>
  `UDP_CHECK {\nconnect_ip 10.8.0.1\nconnect_port ${port}\n${TIMEOUT}\npayload 010203040506070809101112\n${more}\n}`;

/** Milliseconds: dozens of servers, several checks each, in a guest. */
const LONG = { timeout: 240_000 };

let both: SideBySide | undefined;
afterEach(async () => {
  await both?.dispose();
  both = undefined;
});

/** Lets both programs check the servers. `known`: whose lines differ, as docs/differences.md says. */
async function contest(
  rowsOf: readonly Row[] | ((lab: Lab) => readonly Row[]),
  check: (port: number) => string,
  known: readonly string[] = [],
) {
  both = new SideBySide(4);
  const rows = typeof rowsOf === "function" ? rowsOf(both.lab) : rowsOf;
  const cases = rows.map(([title, verdict], index) => ({
    title,
    verdict,
    checks: check(FIRST_PORT + index),
  }));
  both.prepare(cases);
  const ways = new Map(rows.map(([, , way], index) => [FIRST_PORT + index, way]));
  await startHostileServers(both.lab, both.servers, ways, both.socketTables());
  await both.start();
  const expected = Object.fromEntries(rows.map(([title, verdict]) => [title, verdict]));
  expect(await both.settled(expected)).toEqual(expected);
  expect(await both.differences(known)).toEqual({});
  expect(both.log).not.toMatch(/Error:|at .*\.js:\d+/);
}

const answer = (...replies: string[]): Hostility => ({ does: "dialogue", replies, end: "end" });
const OK = "HTTP/1.0 200 OK\r\n";
const GOOD = `${OK}Content-Length: 5\r\n\r\nhello`;
const BOMB = gzipSync(Buffer.alloc(10_000_000)).toString("latin1");

const headOf = (length: number) => `${OK}X-A: ${"x".repeat(length - OK.length - 9)}\r\n\r\nhello`;

const WEB: readonly Row[] = [
  ["accepts and says nothing", "down", { does: "dialogue" }],
  ["ends at once", "down", { does: "dialogue", cut: 0, end: "end" }],
  ["resets at once", "down", { does: "dialogue", cut: 0, end: "reset" }],
  ["answers, and stays", "down", { does: "dialogue", replies: [GOOD] }],
  ["drips a byte a second", "up/down", { does: "dialogue", replies: [GOOD], drip: 1_000 }],
  ["drips a byte a tenth of a second", "down", { does: "dialogue", replies: [GOOD], drip: 100, end: "keep" }],
  ["ends without an answer", "down", answer("")],
  ["endless headers", "down", { does: "endless", head: OK, again: "X-Header: value\r\n" }],
  ["an endless header", "down", { does: "endless", head: OK, again: "x" }],
  ["an endless status line", "down", { does: "endless", again: "HTTP/1.0 200 " }],
  ["an endless body", "up/down", { does: "endless", head: `${OK}\r\n`, again: "body" }],
  ["a gzip bomb", "up", answer(`${OK}Content-Encoding: gzip\r\n\r\n${BOMB}`)],
  ["a negative length", "up", answer(`${OK}Content-Length: -5\r\n\r\nhello`)],
  ["a length beyond all numbers", "up", answer(`${OK}Content-Length: 99999999999999999999999\r\n\r\nhello`)],
  ["a length that is no number", "up", answer(`${OK}Content-Length: five\r\n\r\nhello`)],
  ["more than it announced", "up", answer(`${OK}Content-Length: 1\r\n\r\nhello`)],
  ["less than it announced", "up", answer(`${OK}Content-Length: 10\r\n\r\nhello`)],
  ["a chunk that lies", "up", answer(`${OK}Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\nabc`)],
  [
    "a chunk of negative length",
    "up",
    answer(`${OK}Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n`),
  ],
  ["NULs in a header", "up", answer(`${OK}X-A: \0\0\r\n\r\nhello`)],
  ["NULs before the status", "up", answer(`\0\0${OK}\r\nhello`)],
  ["NULs in the body", "up", answer(`${OK}\r\n\0\0\0`)],
  ["a status of five digits", "down", answer("HTTP/1.0 20000 OK\r\n\r\n")],
  ["a negative status", "down", answer("HTTP/1.0 -200 OK\r\n\r\n")],
  ["no status", "down", answer("HTTP/1.0\r\n\r\n")],
  ["a word for a status", "down", answer("HTTP/1.0 OK\r\n\r\n")],
  ["another protocol", "down", answer("SSH-2.0-OpenSSH_9.2\r\n\r\n")],
  ["a version that is none", "up", answer("HTTP/9.9 200 OK\r\n\r\n")],
  ["lines that end with LF", "down", answer("HTTP/1.0 200 OK\n\nhello")],
  ["a status line alone", "down", answer("HTTP/1.0 200 OK\r\n")],
  ["100 Continue first", "down", answer(`HTTP/1.1 100 Continue\r\n\r\n${GOOD}`)],
  ["a head of 4,095 bytes", "up", answer(headOf(4_095))],
  ["a head of 4,096 bytes", "down", answer(headOf(4_096))],
  ["a header of sixty kilobytes", "down", answer(headOf(60_000))],
  ["bytes above ASCII", "up", answer(`${OK}X-A: \xff\xfe\r\n\r\n\xff`)],
];

const TLS_ALERT = "\x15\x03\x03\x00\x02\x02\x28";
const says = (reply: string, end: "end" | "keep" | "reset" = "keep"): Hostility => ({
  does: "dialogue",
  greeting: reply,
  end,
});
const TLS: readonly Row[] = [
  ["accepts and says nothing", "down", { does: "dialogue" }],
  ["ends at once", "down", { does: "dialogue", cut: 0, end: "end" }],
  ["resets at once", "down", { does: "dialogue", cut: 0, end: "reset" }],
  ["an alert", "down", says(TLS_ALERT)],
  ["an alert, and the end", "down", says(TLS_ALERT, "end")],
  ["half a record", "down", says("\x16\x03\x03\x40\x00\x02")],
  ["half a record, and the end", "down", says("\x16\x03\x03\x40\x00\x02", "end")],
  ["a record longer than may be", "down", says(`\x16\x03\x03\xff\xff${"x".repeat(70_000)}`)],
  ["a ServerHello of garbage", "down", says(`\x16\x03\x03\x00\x40\x02\x00\x00\x3c${"\xaa".repeat(60)}`)],
  ["plain HTTP", "down", says(GOOD, "end")],
  ["no record at all", "down", says("\0".repeat(100))],
  ["endless records of nothing", "down", { does: "endless", again: "\x16\x03\x03\x00\x00" }],
];

const dialogue = (...[greeting, ...replies]: [string, ...string[]]): Hostility => ({
  does: "dialogue",
  greeting,
  replies,
});
const [HELLO, WELL, BYE] = ["220 mail ESMTP\r\n", "250 mail\r\n", "221 bye\r\n"];
const MAIL: readonly Row[] = [
  ["accepts and says nothing", "down", { does: "dialogue" }],
  ["ends at once", "down", { does: "dialogue", cut: 0, end: "end" }],
  ["resets at once", "down", { does: "dialogue", cut: 0, end: "reset" }],
  ["all is well", "up", dialogue(HELLO, WELL, BYE)],
  ["drips a byte a second", "up/down", { ...dialogue(HELLO, WELL, BYE), drip: 1_000 } as Hostility],
  ["a line without end", "down", dialogue("2".repeat(5_000))],
  ["a long greeting", "up", dialogue(`220 ${"x".repeat(400)}\r\n`, WELL, BYE)],
  ["a greeting of two lines", "down", dialogue(`220-mail\r\n${HELLO}`, WELL, BYE)],
  ["NULs", "down", dialogue("\0\0\0\r\n")],
  ["NULs after the code", "down", dialogue("220 \0\0\r\n", WELL, BYE)],
  ["a code of four digits", "down", dialogue("2200 mail\r\n", WELL, BYE)],
  ["a code alone", "down", dialogue("220\r\n", "250\r\n", BYE)],
  ["a code alone, and LF", "up", dialogue("220\n", "250\n", BYE)],
  ["a greeting of 510 bytes", "up", dialogue(`220 ${"x".repeat(504)}\r\n`, WELL, BYE)],
  ["a greeting of 600 bytes", "down", dialogue(`220 ${"x".repeat(594)}\r\n`, WELL, BYE)],
  ["lines that end with LF", "up", dialogue("220 mail\n", "250 mail\n", "221\n")],
  ["no service", "down", dialogue("421 too busy\r\n")],
  ["no HELO", "down", dialogue(HELLO, "502 no\r\n")],
  ["no answer to HELO", "down", dialogue(HELLO)],
  ["no answer to QUIT", "down", dialogue(HELLO, WELL)],
  ["another answer to QUIT", "up", dialogue(HELLO, WELL, "500 no\r\n")],
];

const datagrams = (answer: string): Hostility => ({ does: "datagrams", answer });
const NAMES: readonly Row[] = [
  ["right", "up", datagrams("right")],
  ["silence", "down", datagrams("silence")],
  ["another identifier", "down", datagrams("another identifier")],
  ["the query itself", "down", datagrams("the query itself")],
  ["half a header", "down", datagrams("half a header")],
  ["a header alone", "up", datagrams("a header alone")],
  ["a truncated answer", "up", datagrams("a truncated answer")],
  ["a name without end", "up", datagrams("a name without end")],
  ["nothing", "down", datagrams("nothing")],
  ["sixty thousand bytes", "up", datagrams("sixty thousand bytes")],
  ["a flood, then the answer", "up", datagrams("a flood, then the answer")],
  ["a flood", "down", datagrams("a flood")],
];
const DATAGRAMS: readonly Row[] = [
  ["silence", "down", datagrams("silence")],
  ["the query itself", "up", datagrams("the query itself")],
  ["half a header", "up", datagrams("half a header")],
  ["nothing", "up", datagrams("nothing")],
  ["sixty thousand bytes", "down", datagrams("sixty thousand bytes")],
  ["a flood", "down", datagrams("a flood")],
];

describe("a web server that", () => {
  it("misbehaves is judged as by keepalived", LONG, async () => {
    await contest(WEB, http, ["an endless body", "drips a byte a second"]);
  });

  it("resets at any byte of the exchange is judged as by keepalived", LONG, async () => {
    const rows: Row[] = Array.from({ length: GOOD.length + 1 }, (_, cut) => [
      `reset after ${cut} bytes said`,
      "down",
      { does: "dialogue", replies: [GOOD], cut, end: "reset" },
    ]);
    const heard: Row[] = Array.from({ length: 66 }, (_, after) => [
      `reset after ${after} bytes heard`,
      "down",
      { does: "reset-after-hearing", after },
    ]);
    await contest([...rows, ...heard], http);
  });
});

describe("a TLS server that", () => {
  it("misbehaves is judged as by keepalived", LONG, async () => {
    await contest(TLS, https);
  });

  it("is cut in the middle is judged as by keepalived", LONG, async () => {
    // The handshake of TLS 1.3 is said in one go: some 1,100 bytes, then tickets and answer.
    const cuts = [0, 1, 4, 5, 6, 50, 100, 127, 128, 200, 300, 500, 700];
    await contest((lab) => {
      const paths = selfSigned(lab, "cut.example");
      const [key, certificate] = [readFileSync(paths.key, "utf8"), readFileSync(paths.certificate, "utf8")];
      const row = (cut: number, end: "end" | "reset"): Row => [
        `${end} after ${cut} bytes`,
        "down",
        { does: "tls-cut", key, certificate, cut, end, reply: GOOD },
      ];
      return cuts.flatMap((cut) => [row(cut, "end"), row(cut, "reset")]);
    }, https);
  });
});

describe("a mail server that", () => {
  it("misbehaves is judged as by keepalived", LONG, async () => {
    await contest(MAIL, smtp, ["drips a byte a second", "a line without end", "a greeting of 600 bytes"]);
  });

  it("resets at any byte of the exchange is judged as by keepalived", LONG, async () => {
    const all = HELLO + WELL + BYE;
    const rows: Row[] = Array.from({ length: all.length + 1 }, (_, cut) => [
      `reset after ${cut} bytes`,
      cut === all.length ? "up" : "down",
      { does: "dialogue", greeting: HELLO, replies: [WELL, BYE], cut, end: "reset" },
    ]);
    await contest(rows, smtp);
  });
});

describe("a name server that", () => {
  it("lies is judged as by keepalived", LONG, async () => {
    await contest(NAMES, dns);
  });
});

describe("a server of datagrams that", () => {
  it("misbehaves is judged as by keepalived", LONG, async () => {
    await contest(DATAGRAMS, udp);
  });
});
