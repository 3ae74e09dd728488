import { POLLIN, Socket } from "../../../native/socket.ts";
import { ERRNO } from "../../wire/errno.ts";
import {
  type NetlinkMessage,
  NetlinkWriter,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  readErrno,
  readMessages,
} from "../../wire/netlink.ts";
import { check, kernelError } from "../errors.ts";
import type { Closable, ReceiveBuffer } from "../ports.ts";
import { setReceiveBuffer } from "./receive-buffer.ts";
import { AF_NETLINK, netlinkAddress } from "./sockaddr.ts";
import {
  NETLINK_CAP_ACK,
  NETLINK_GET_STRICT_CHK,
  SO_SNDBUFFORCE,
  SOCK_RAW,
  SOL_NETLINK,
  SOL_SOCKET,
} from "./socket-options.ts";

export const NETLINK_ROUTE = 0;
export const NETLINK_NETFILTER = 12;
export const NETLINK_GENERIC = 16;

/** Largest datagram of a dump is 32 KiB; a single link with many virtual functions can be larger. */
const RECEIVE_BUFFER = 65_536;
/** The kernel answers while we wait; only a module that it loads on the way takes time. */
const ANSWER_TIMEOUT_MS = 10_000;
const DUMP_ATTEMPTS = 8;
/**
 * Requests under way at once. The kernel queues each refusal (768 bytes of socket memory) while it works through one
 * send, so that this many must fit the default receive buffer of 208 KiB, with room to spare.
 */
const WINDOW = 128;
/** Socket memory of a refusal, twice over; the kernel doubles what is asked for, too. */
const PER_REQUEST = 768;

/** Bytes of one send that fit the default send buffer of 208 KiB. */
const SEND_ROOM = 196_608;

/** Appends the body of a request: fixed part and attributes. */
export type WriteBody = (writer: NetlinkWriter) => void;

/** One message of a transaction: its type and flags, and its body. */
export interface TransactionPart {
  readonly type: number;
  readonly flags: number;
  readonly write: WriteBody;
}

/** A netlink socket for requests and their answers. Synchronous: the kernel answers within the send. */
export class NetlinkSocket implements Closable {
  readonly #socket: Socket;
  readonly #writer = new NetlinkWriter();
  readonly #buffer = new Uint8Array(RECEIVE_BUFFER);
  readonly #window: number;
  #sequence = 0;

  /** Throws KernelError. */
  constructor(protocol: number, receiveBuffer?: ReceiveBuffer) {
    const socket = Socket.open(AF_NETLINK, SOCK_RAW, protocol);
    if (typeof socket === "number") throw kernelError("netlink socket", socket);
    this.#socket = socket;
    if (receiveBuffer !== undefined) setReceiveBuffer(socket, receiveBuffer);
    const fitting = Math.floor((receiveBuffer?.bytes ?? WINDOW * PER_REQUEST) / PER_REQUEST);
    this.#window = Math.max(1, Math.min(WINDOW, fitting));
    check(socket.bind(netlinkAddress(0)), "netlink bind");
    // Acknowledgements without the request they answer; kernels before 4.3 repeat it, which only costs space.
    socket.setOption(SOL_NETLINK, NETLINK_CAP_ACK, 1);
    // Dumps of what is asked for only; kernels before 4.20 dump all, and the reader has to choose.
    if (protocol === NETLINK_ROUTE) socket.setOption(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
  }

  close(): void {
    this.#socket.close();
  }

  /** One request and its acknowledgement. Throws KernelError for a refusal. */
  execute(operation: string, type: number, flags: number, write: WriteBody): void {
    const [errno = 0] = this.pipeline(1, operation, type, flags, write);
    if (errno !== 0) throw kernelError(operation, errno);
  }

  /**
   * `count` requests of one type, many to a send; write(writer, index) appends the body of each. Returns the errno of
   * each, 0 for success, in order. Throws KernelError only when the exchange itself breaks.
   */
  pipeline(
    count: number,
    operation: string,
    type: number,
    flags: number,
    write: (writer: NetlinkWriter, index: number) => void,
  ): number[] {
    const results = new Array<number>(count).fill(0);
    for (let start = 0; start < count; start += this.#window) {
      const end = Math.min(start + this.#window, count);
      const first = this.#sequence + 1;
      this.#writer.reset();
      for (let index = start; index < end; index++) {
        // The kernel answers in order, and refusals always: an answer to the last request stands for all that succeeded.
        const acknowledge = index === end - 1 ? NLM_F_ACK : 0;
        this.#writer.begin(type, flags | NLM_F_REQUEST | acknowledge, this.#next());
        write(this.#writer, index);
        this.#writer.end();
      }
      this.#send(operation);
      for (let isAnswered = false; !isAnswered; ) {
        for (const message of this.#receive(operation)) {
          const place = message.sequence - first;
          if (message.type !== NLMSG_ERROR || place < 0 || place >= end - start) continue;
          results[start + place] = readErrno(message.payload);
          isAnswered ||= place === end - start - 1;
        }
      }
    }
    return results;
  }

  /**
   * Messages that one send carries, such as a batch of nfnetlink: `parts` begins and ends with the messages around it,
   * which the kernel does not acknowledge. Throws KernelError for the first refusal.
   */
  transaction(operation: string, parts: readonly TransactionPart[]): void {
    const first = this.#sequence + 1;
    const last = first + parts.length - 2;
    this.#writer.reset();
    parts.forEach(({ type, flags, write }, index) => {
      const acknowledge = first + index === last ? NLM_F_ACK : 0;
      this.#writer.begin(type, flags | NLM_F_REQUEST | acknowledge, this.#next());
      write(this.#writer);
      this.#writer.end();
    });
    this.#makeRoom(this.#writer.bytes.length);
    this.#send(operation);
    let refusal = 0;
    for (;;) {
      for (const { type, sequence, payload } of this.#receive(operation)) {
        if (type !== NLMSG_ERROR || sequence < first || sequence > last) continue;
        refusal ||= readErrno(payload);
        // The transaction as a whole is refused in the name of its first message.
        if (sequence !== last && !(sequence === first && refusal !== 0)) continue;
        if (refusal === 0) return;
        throw kernelError(operation, refusal);
      }
    }
  }

  /** One request with one answer; undefined when the kernel refuses with `absent`. Throws KernelError otherwise. */
  query(operation: string, type: number, write: WriteBody, absent: number): NetlinkMessage | undefined {
    const sequence = this.#request(operation, type, NLM_F_REQUEST, write);
    for (;;) {
      for (const message of this.#receive(operation)) {
        if (message.sequence !== sequence) continue;
        if (message.type !== NLMSG_ERROR) return message;
        const errno = readErrno(message.payload);
        if (errno === absent) return undefined;
        throw kernelError(operation, errno);
      }
    }
  }

  /**
   * A dump: what `read` makes of each message, without the undefined ones. Messages are valid only inside `read`.
   * Repeated while the kernel says that a change interrupted it. Throws KernelError.
   */
  dump<T>(
    operation: string,
    type: number,
    write: WriteBody,
    read: (message: NetlinkMessage) => T | undefined,
  ): T[] {
    for (let attempt = 1; ; attempt++) {
      const sequence = this.#request(operation, type, NLM_F_REQUEST | NLM_F_DUMP, write);
      const { found, interrupted } = this.#collect(operation, sequence, read);
      if (!interrupted || attempt === DUMP_ATTEMPTS) return found;
    }
  }

  #collect<T>(
    operation: string,
    sequence: number,
    read: (message: NetlinkMessage) => T | undefined,
  ): { found: T[]; interrupted: boolean } {
    const found: T[] = [];
    let interrupted = false;
    for (;;) {
      for (const message of this.#receive(operation)) {
        if (message.sequence !== sequence) continue;
        interrupted ||= (message.flags & NLM_F_DUMP_INTR) !== 0;
        if (message.type === NLMSG_DONE || message.type === NLMSG_ERROR) {
          const errno = readErrno(message.payload);
          if (errno !== 0) throw kernelError(operation, errno);
          return { found, interrupted };
        }
        const one = read(message);
        if (one !== undefined) found.push(one);
      }
    }
  }

  #next(): number {
    this.#sequence = (this.#sequence + 1) >>> 0;
    return this.#sequence;
  }

  #request(operation: string, type: number, flags: number, write: WriteBody): number {
    const sequence = this.#next();
    this.#writer.reset();
    this.#writer.begin(type, flags, sequence);
    write(this.#writer);
    this.#writer.end();
    this.#send(operation);
    return sequence;
  }

  /** The kernel takes what one send carries only when it fits the send buffer. Without the right to it, it refuses. */
  #makeRoom(bytes: number): void {
    if (bytes > SEND_ROOM) this.#socket.setOption(SOL_SOCKET, SO_SNDBUFFORCE, bytes);
  }

  #send(operation: string): void {
    check(this.#socket.send(this.#writer.bytes), operation);
  }

  #receive(operation: string): NetlinkMessage[] {
    for (;;) {
      const length = this.#socket.receive(this.#buffer);
      if (length >= 0) return readMessages(this.#buffer.subarray(0, length));
      if (length !== -ERRNO.EAGAIN) throw kernelError(operation, length);
      const ready = check(this.#socket.wait(POLLIN, ANSWER_TIMEOUT_MS), operation);
      if (ready === 0) throw kernelError(operation, ERRNO.ETIMEDOUT);
    }
  }
}
