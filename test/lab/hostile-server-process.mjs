/**
 * The process behind `HostileServer`: many ports, each with a way of its own to treat whoever connects. Reads the list
 * from the file it is given. Text stands for bytes, one character each. The other arguments are tables of sockets that
 * say what clients have yet to read.
 */
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { onceRead } from "./unread.mjs";

const [file, ...tables] = process.argv.slice(2);

/** Between the last byte and a reset, so that the byte is read first: milliseconds, or more until it is. */
const BEFORE_RESET = 700;

const bytes = (text) => Buffer.from(text, "latin1");

function finish(socket, end) {
  if (end === "end") socket.end();
  if (end === "reset") setTimeout(onceRead, BEFORE_RESET, socket, tables, () => socket.resetAndDestroy());
}

/** Says a greeting, and a reply to each line that it hears; after `cut` bytes it ends or resets, or stays and says no more. */
function dialogue(
  socket,
  { greeting = "", replies = [], cut = Number.POSITIVE_INFINITY, end = "keep", drip },
) {
  const rest = [...replies];
  let room = cut;
  const say = (text) => {
    const part = bytes(text).subarray(0, room);
    room -= part.length;
    if (drip === undefined) socket.write(part);
    else dripFeed(socket, part, drip);
    if (room <= 0 || rest.length === 0) finish(socket, end);
  };
  // A request of HTTP is many lines and one question: an empty line ends it.
  let heard = "";
  socket.on("data", (data) => {
    heard += data.toString("latin1");
    const question = /^(GET [\s\S]*?\r\n\r\n|(?!GET )[^\n]*\n)/.exec(heard);
    if (question === null) return;
    heard = heard.slice(question[0].length);
    const reply = rest.shift();
    if (reply !== undefined) say(reply);
  });
  if (greeting !== "" || cut === 0) say(greeting);
}

function dripFeed(socket, part, every) {
  let at = 0;
  const timer = setInterval(() => {
    socket.write(part.subarray(at, at + 1));
    at += 1;
    if (at >= part.length) clearInterval(timer);
  }, every);
  socket.on("close", () => clearInterval(timer));
}

/** Says `head`, then `again` as fast as it is taken. */
function endless(socket, { head = "", again }) {
  const block = bytes(again.repeat(Math.ceil(65_536 / again.length)));
  const pour = () => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.once("data", () => {
    socket.write(bytes(head));
    pour();
    socket.on("drain", pour);
  });
}

/** Hears `bytes` bytes, and resets. */
function resetAfterHearing(socket, { after }) {
  let left = after;
  if (left === 0) socket.resetAndDestroy();
  socket.on("readable", () => {
    for (let one = socket.read(1); one !== null && left > 0; one = socket.read(1)) {
      left -= 1;
      if (left === 0) socket.resetAndDestroy();
    }
  });
}

/** A TLS server behind: what it says is passed on up to `cut` bytes. */
function tlsCut(socket, { key, certificate, cut, end, reply }) {
  const backend = createTlsServer({ key, cert: certificate }, (inner) => {
    inner.on("error", () => {});
    inner.once("data", () => inner.end(reply));
  });
  backend.on("tlsClientError", () => {});
  backend.listen(0, "127.0.0.1", () => {
    const behind = new socket.constructor();
    behind.on("error", () => {});
    behind.connect(backend.address().port, "127.0.0.1");
    let room = cut;
    behind.on("data", (data) => {
      if (room <= 0) return;
      socket.write(data.subarray(0, room));
      room -= data.length;
      if (room <= 0) finish(socket, end);
    });
    socket.on("data", (data) => behind.write(data));
    socket.on("close", () => {
      behind.destroy();
      backend.close();
    });
  });
}

const TCP = { dialogue, endless, "reset-after-hearing": resetAfterHearing, "tls-cut": tlsCut };

/** Answers to a datagram, by name: what a name server may do wrong, and what anybody may. */
const ANSWERS = {
  silence: () => [],
  right: (query) => [answerTo(query)],
  "another identifier": (query) => [answerTo(query, (answer) => answer.fill(0x55, 0, 2))],
  "the query itself": (query) => [query],
  "half a header": (query) => [answerTo(query).subarray(0, 6)],
  "a header alone": (query) => [answerTo(query).subarray(0, 12)],
  "a truncated answer": (query) => [answerTo(query, (answer) => answer.writeUInt8(answer[2] | 0x02, 2))],
  // Its name points to itself.
  "a name without end": (query) => [Buffer.concat([answerTo(query), Buffer.from("c000c000", "hex")])],
  nothing: () => [Buffer.alloc(0)],
  "sixty thousand bytes": (query) => [Buffer.concat([answerTo(query), Buffer.alloc(60_000)])],
  "a flood, then the answer": (query) => [
    ...Array.from({ length: 200 }, () => answerTo(query, (answer) => answer.fill(0x55, 0, 2))),
    answerTo(query),
  ],
  "a flood": (query) =>
    Array.from({ length: 2_000 }, () => answerTo(query, (answer) => answer.fill(0x55, 0, 2))),
};

/** The query as an answer that says nothing wrong. */
function answerTo(query, change = () => {}) {
  const answer = Buffer.from(query);
  if (answer.length >= 4) answer.writeUInt16BE(0x8180, 2);
  change(answer);
  return answer;
}

/** Who has come so far: connections and datagrams; said every hundred. */
let served = 0;
function count() {
  served += 1;
  if (served % 100 === 0) console.log(`served ${served}`);
}

const ports = JSON.parse(readFileSync(file, "utf8"));
let waiting = ports.length;
const ready = () => {
  waiting -= 1;
  if (waiting === 0) console.log("ready");
};
for (const { port, ...way } of ports) {
  if (way.does === "datagrams") {
    const socket = createSocket("udp6");
    socket.on("message", (message, { port: to, address }) => {
      count();
      for (const answer of ANSWERS[way.answer](message)) socket.send(answer, to, address);
    });
    socket.on("error", () => {});
    socket.bind(port, "::", ready);
  } else {
    const server = createServer({ noDelay: true }, (socket) => {
      count();
      socket.on("error", () => {});
      TCP[way.does](socket, way);
    });
    server.listen(port, "::", 511, ready);
  }
}
