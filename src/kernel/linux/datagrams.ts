import { READABLE, type Socket } from "../../../native/socket.ts";
import { familyOf } from "../../values/ip.ts";
import { ERRNO } from "../../wire/errno.ts";
import { ECHO_REPLY_4, ECHO_REPLY_6 } from "../../wire/icmp.ts";
import type { Closables } from "../closables.ts";
import { check, kernelError } from "../errors.ts";
import {
  type DatagramPort,
  type DatagramTarget,
  KernelError,
  type StreamConnection,
  type StreamEvent,
} from "../ports.ts";
import { openConnected, type SocketKind } from "./connect.ts";
import * as option from "./socket-options.ts";

const IPPROTO_ICMP = 1;
const IPPROTO_UDP = 17;
const IPPROTO_ICMPV6 = 58;
const SOL_RAW = 255;
const ICMP_FILTER = 1;
const ICMPV6_FILTER = 1;
const RECEIVE_BUFFER = 65_536;

/** Every ICMP error is told, also those that a router may take back, such as a host that nobody has heard of. */
const udp = (level: number, name: number): SocketKind => ({
  type: option.SOCK_DGRAM,
  protocol: IPPROTO_UDP,
  prepare: (socket) => {
    check(socket.setOption(level, name, 1), "ICMP errors");
  },
});
const UDP4 = udp(option.IPPROTO_IP, option.IP_RECVERR);
const UDP6 = udp(option.IPPROTO_IPV6, option.IPV6_RECVERR);

/** Raw sockets see every ICMP message: the filters leave echo replies. A set bit is a type that is kept out. */
const ICMP4: SocketKind = {
  type: option.SOCK_RAW,
  protocol: IPPROTO_ICMP,
  prepare: (socket) => {
    check(socket.setOption(SOL_RAW, ICMP_FILTER, ~(1 << ECHO_REPLY_4)), "ICMP filter");
  },
};
const ICMP6: SocketKind = {
  type: option.SOCK_RAW,
  protocol: IPPROTO_ICMPV6,
  prepare: (socket) => {
    const blocked = new Uint32Array(8).fill(0xffffffff);
    const word = ECHO_REPLY_6 >> 5;
    blocked[word] = ~(1 << (ECHO_REPLY_6 & 31)) >>> 0;
    check(socket.setOption(IPPROTO_ICMPV6, ICMPV6_FILTER, new Uint8Array(blocked.buffer)), "ICMPv6 filter");
  },
};

function kindOf({ protocol, address }: DatagramTarget): SocketKind {
  const is4 = familyOf(address) === 4;
  if (protocol === "udp") return is4 ? UDP4 : UDP6;
  return is4 ? ICMP4 : ICMP6;
}

/** One connected datagram socket. */
class Conversation {
  readonly #operation: string;
  readonly #callback: (event: StreamEvent) => void;
  readonly #buffer: Uint8Array;
  /** Received data begins with an IPv4 header. */
  readonly #withHeader: boolean;
  #socket: Socket | undefined;
  #cancel: () => void = () => {};

  constructor(target: DatagramTarget, callback: (event: StreamEvent) => void, buffer: Uint8Array) {
    this.#operation = `connect to ${target.address} ${target.protocol} port ${target.port}`;
    this.#callback = callback;
    this.#buffer = buffer;
    const kind = kindOf(target);
    this.#withHeader = kind === ICMP4;
    try {
      // The port of a raw socket's peer is a protocol number, which is given already.
      const peer = target.protocol === "icmp" ? { ...target, port: 0 } : target;
      this.#socket = openConnected(peer, kind, this.#operation);
      check(
        this.#socket.watch(READABLE, () => this.#read()),
        this.#operation,
      );
      this.#later(() => callback({ type: "connected" }));
    } catch (error) {
      this.close();
      const refusal = error instanceof KernelError ? error : kernelError(this.#operation, ERRNO.EINVAL);
      this.#later(() => callback({ type: "failed", error: refusal }));
    }
  }

  send(bytes: Uint8Array): void {
    const sent = this.#socket?.send(bytes) ?? 0;
    // A full queue loses a datagram as the network might; other refusals are told when the caller is done.
    if (sent < 0 && sent !== -ERRNO.EAGAIN) this.#later(() => this.#fail(-sent));
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
    this.#cancel();
  }

  #later(tell: () => void): void {
    const later = setImmediate(tell);
    this.#cancel = () => clearImmediate(later);
  }

  #read(): void {
    const length = this.#socket?.receive(this.#buffer) ?? -ERRNO.EAGAIN;
    if (length >= 0) {
      const start = this.#withHeader ? ((this.#buffer[0] ?? 0) & 0xf) * 4 : 0;
      this.#callback({ type: "data", bytes: this.#buffer.subarray(Math.min(start, length), length) });
    } else if (length !== -ERRNO.EAGAIN) {
      this.#fail(-length);
    }
  }

  #fail(errno: number): void {
    this.close();
    this.#callback({ type: "failed", error: kernelError(this.#operation, errno) });
  }
}

/** UDP and ICMP echo over real sockets. */
export class LinuxDatagrams implements DatagramPort {
  readonly #closables: Closables;
  readonly #buffer = new Uint8Array(RECEIVE_BUFFER);

  constructor(closables: Closables) {
    this.#closables = closables;
  }

  connect(target: DatagramTarget, callback: (event: StreamEvent) => void): StreamConnection {
    const conversation = new Conversation(
      target,
      (event) => {
        if (event.type === "failed") close(); // nothing is left to release
        callback(event);
      },
      this.#buffer,
    );
    const { close } = this.#closables.add(() => conversation.close());
    return { send: (bytes) => conversation.send(bytes), close };
  }
}
