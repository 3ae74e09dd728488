import { describe, expect, it } from "vitest";
import { READABLE, Socket, WRITABLE } from "../../native/socket.ts";
import { inetAddress } from "../../src/kernel/linux/sockaddr.ts";
import { eventually } from "../lab/process.ts";

const [AF_INET, SOCK_DGRAM] = [2, 2];

function opened(): Socket {
  const socket = Socket.open(AF_INET, SOCK_DGRAM, 0);
  if (typeof socket === "number") throw new Error(`errno ${-socket}`);
  return socket;
}

/** A socket on loopback, and what sends to it. */
function pair(): { receiver: Socket; sender: Socket } {
  const [receiver, sender] = [opened(), opened()];
  receiver.bind(inetAddress("127.0.0.1", 0));
  const name = new Uint8Array(16);
  receiver.localName(name);
  sender.connect(name);
  return { receiver, sender };
}

const byte = Uint8Array.of(1);

describe("readiness of many sockets", () => {
  it("tells each socket of its own data", async () => {
    const pairs = Array.from({ length: 300 }, pair);
    const heard = new Map<number, number>();
    for (const [index, { receiver }] of pairs.entries()) {
      receiver.watch(READABLE, () => {
        receiver.receive(new Uint8Array(8));
        heard.set(index, (heard.get(index) ?? 0) + 1);
      });
    }
    for (const [index, { sender }] of pairs.entries()) if (index % 3 === 0) sender.send(byte);
    await eventually("every third", () => heard.size === 100);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([...heard.keys()].every((index) => index % 3 === 0)).toBe(true);
    expect([...heard.values()].every((times) => times === 1)).toBe(true);
    for (const { receiver, sender } of pairs) {
      receiver.close();
      sender.close();
    }
  });

  it("tells nothing to a socket that another callback of the same moment has closed, nor to its successor", async () => {
    const pairs = Array.from({ length: 20 }, pair);
    const heard: number[] = [];
    const successors: Socket[] = [];
    for (const [index, { receiver }] of pairs.entries()) {
      receiver.watch(READABLE, () => {
        heard.push(index);
        for (const other of pairs) other.receiver.close();
        // They take over descriptors and places of those that were closed.
        for (let count = 0; count < 20; count++) {
          const successor = opened();
          successor.watch(READABLE, () => heard.push(-1));
          successors.push(successor);
        }
      });
    }
    for (const { sender } of pairs) sender.send(byte);
    await eventually("the first", () => heard.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard).toHaveLength(1);
    expect(heard[0]).toBeGreaterThanOrEqual(0);
    for (const socket of [...successors, ...pairs.map(({ sender }) => sender)]) socket.close();
  });

  it("tells of what is watched now: paused, resumed, and for the other direction", async () => {
    const { receiver, sender } = pair();
    const heard: number[] = [];
    receiver.watch(READABLE, (events) => {
      heard.push(events);
      receiver.watch(0);
    });
    sender.send(byte);
    await eventually("readable", () => heard.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard).toEqual([READABLE]);
    receiver.watch(WRITABLE);
    await eventually("writable", () => heard.length === 2);
    receiver.watch(READABLE | WRITABLE);
    await eventually("both", () => heard.length === 3);
    expect(heard.slice(1)).toEqual([WRITABLE, READABLE | WRITABLE]);
    receiver.close();
    sender.close();
  });
});
