import { constants } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { findAncillary, writeAncillary } from "../../native/ancillary.ts";
import { MessageBatch, POLLIN, READABLE, Socket, WRITABLE } from "../../native/socket.ts";

const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const IPPROTO_IP = 0;
const IP_TTL = 2;
const IP_PKTINFO = 8;
const IP_RECVTTL = 12;

const open: Socket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

function socketOf(type: number): Socket {
  const socket = Socket.open(AF_INET, type, 0);
  if (typeof socket === "number") throw new Error(`socket: errno ${-socket}`);
  open.push(socket);
  return socket;
}

/** sockaddr_in of 127.0.0.1. */
const loopback = (port: number) =>
  new Uint8Array([AF_INET, 0, port >> 8, port & 0xff, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);

function bound(type = SOCK_DGRAM): { socket: Socket; address: Uint8Array } {
  const socket = socketOf(type);
  expect(socket.bind(loopback(0))).toBe(0);
  const address = new Uint8Array(16);
  expect(socket.localName(address)).toBe(16);
  return { socket, address };
}

/** A busy kernel passes on what is sent over loopback a moment later. */
const untilReadable = (socket: Socket) => expect(socket.wait(POLLIN, 5_000)).toBe(POLLIN);

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe("Socket", () => {
  it("exchanges datagrams in batches, with source addresses", () => {
    const a = bound();
    const b = bound();
    const datas = ["one", "two", "three"].map((word) => Buffer.from(word));
    expect(a.socket.sendBatch(datas, [b.address, b.address, b.address])).toBe(3);
    const batch = new MessageBatch(8, 64);
    untilReadable(b.socket);
    expect(b.socket.receiveBatch(batch)).toBe(3);
    expect([0, 1, 2].map((i) => text(batch.message(i).data))).toEqual(["one", "two", "three"]);
    expect(batch.message(2).name).toEqual(a.address);
    expect(b.socket.receiveBatch(batch)).toBe(-constants.errno.EAGAIN);
  });

  it("carries ancillary data both ways", () => {
    const a = bound();
    const b = bound();
    b.socket.setOption(IPPROTO_IP, IP_PKTINFO, 1);
    b.socket.setOption(IPPROTO_IP, IP_RECVTTL, 1);
    const ttl = new Uint8Array(new Int32Array([77]).buffer);
    const control = writeAncillary([{ level: IPPROTO_IP, type: IP_TTL, data: ttl }]);
    expect(a.socket.send(Buffer.from("x"), b.address, control)).toBe(1);
    const batch = new MessageBatch(1, 16, 128);
    untilReadable(b.socket);
    expect(b.socket.receiveBatch(batch)).toBe(1);
    const { ancillary, control: received } = batch.message(0);
    expect(ancillary[findAncillary(received, IPPROTO_IP, IP_TTL, 4)]).toBe(77);
    const info = findAncillary(received, IPPROTO_IP, IP_PKTINFO, 12);
    expect(ancillary.subarray(info + 8, info + 12)).toEqual(new Uint8Array([127, 0, 0, 1]));
  });

  it("finds one kind of ancillary data, whole, or none", () => {
    const data = new Uint8Array([1, 2, 3, 4]);
    const bytes = writeAncillary([
      { level: IPPROTO_IP, type: IP_PKTINFO, data: new Uint8Array(12) },
      { level: IPPROTO_IP, type: IP_TTL, data },
    ]);
    const view = new DataView(bytes.buffer);
    const at = findAncillary(view, IPPROTO_IP, IP_TTL, 4);
    expect(bytes.subarray(at, at + 4)).toEqual(data);
    expect(findAncillary(view, IPPROTO_IP, IP_TTL, 5)).toBe(-1);
    expect(findAncillary(view, IPPROTO_IP + 1, IP_TTL, 4)).toBe(-1);
    expect(findAncillary(new DataView(bytes.buffer, 0, bytes.length - 8), IPPROTO_IP, IP_TTL, 4)).toBe(-1);
    bytes.fill(0xff);
    expect(findAncillary(view, IPPROTO_IP, IP_TTL, 4)).toBe(-1);
  });

  it("gives the same message for the same sizes, and another for others", () => {
    const a = bound();
    const b = bound();
    const batch = new MessageBatch(1, 16);
    const receive = (word: string) => {
      a.socket.send(Buffer.from(word), b.address);
      untilReadable(b.socket);
      expect(b.socket.receiveBatch(batch)).toBe(1);
      return batch.message(0);
    };
    const first = receive("one");
    expect(receive("two")).toBe(first);
    expect(text(first.data)).toBe("two");
    expect(text(receive("three").data)).toBe("three");
    expect(text(receive("four").data)).toBe("four");
  });

  it("reports truncated datagrams by their flags", () => {
    const a = bound();
    const b = bound();
    a.socket.send(Buffer.from("longer than four"), b.address);
    const batch = new MessageBatch(1, 4);
    untilReadable(b.socket);
    expect(b.socket.receiveBatch(batch)).toBe(1);
    expect(text(batch.message(0).data)).toBe("long");
    expect(batch.message(0).flags & 0x20).toBe(0x20); // MSG_TRUNC
  });

  it("calls back when readable, and not after close", async () => {
    const a = bound();
    const b = bound();
    const seen: string[] = [];
    await new Promise<void>((done) => {
      b.socket.watch(READABLE, (events) => {
        const into = new Uint8Array(16);
        seen.push(`${events & READABLE} ${text(into.subarray(0, b.socket.receive(into)))}`);
        b.socket.close();
        done();
      });
      a.socket.send(Buffer.from("first"), b.address);
      a.socket.send(Buffer.from("second"), b.address);
    });
    await new Promise((done) => setTimeout(done, 20));
    expect(seen).toEqual(["1 first"]);
  });

  it("waits for readiness without the loop", () => {
    const a = bound();
    const b = bound();
    expect(b.socket.wait(POLLIN, 0)).toBe(0);
    a.socket.send(Buffer.from("x"), b.address);
    untilReadable(b.socket);
  });

  it("reports a refused connect through SO_ERROR, once, and goes on polling", async () => {
    const taken = bound(SOCK_STREAM); // nobody listens there, nor can anybody
    const socket = socketOf(SOCK_STREAM);
    const refused = socket.connect(taken.address);
    expect([-constants.errno.EINPROGRESS, -constants.errno.ECONNREFUSED]).toContain(refused);
    const error = new Uint8Array(4);
    await new Promise<void>((done) => {
      socket.watch(WRITABLE, () => {
        expect(socket.getOption(SOL_SOCKET, SO_ERROR, error)).toBe(4);
        socket.watch(0);
        done();
      });
    });
    expect(error[0]).toBe(constants.errno.ECONNREFUSED);
  });

  it("answers -errno, and -EBADF once closed; close twice is close once", () => {
    expect(Socket.open(AF_INET, SOCK_STREAM, 17)).toBe(-constants.errno.EPROTONOSUPPORT);
    const socket = socketOf(SOCK_DGRAM);
    expect(socket.send(new Uint8Array(1))).toBe(-constants.errno.EDESTADDRREQ);
    socket.close();
    socket.close();
    expect(socket.descriptor).toBe(-1);
    expect(socket.send(new Uint8Array(1))).toBe(-constants.errno.EBADF);
    expect(socket.watch(READABLE, () => {})).toBe(-constants.errno.EBADF);
  });

  it("refuses arguments of the wrong type", () => {
    const socket = socketOf(SOCK_DGRAM);
    // @ts-expect-error: a string is no Uint8Array
    expect(() => socket.send("text")).toThrow(TypeError);
    expect(() => socket.setOption(1.5, 1, 1)).toThrow(TypeError);
  });
});
