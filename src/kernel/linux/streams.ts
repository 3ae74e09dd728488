import { READABLE, type Socket, WRITABLE } from "../../../native/socket.ts";
import { LITTLE_ENDIAN, viewOf } from "../../wire/byte-order.ts";
import { ERRNO } from "../../wire/errno.ts";
import type { Closables } from "../closables.ts";
import { check, kernelError } from "../errors.ts";
import {
  KernelError,
  type StreamConnection,
  type StreamEvent,
  type StreamPort,
  type StreamTarget,
} from "../ports.ts";
import { openConnected, type SocketKind } from "./connect.ts";
import * as option from "./socket-options.ts";

const TCP: SocketKind = { type: option.SOCK_STREAM, protocol: 6 };
const RECEIVE_BUFFER = 65_536;
/** Others have their turn in between. */
const READS_AT_ONCE = 2;

/** What SO_ERROR is read into. */
const socketError = new Uint8Array(4);

/** One TCP connection: connecting, then open, until closed or failed. */
class Connection {
  readonly #operation: string;
  readonly #callback: (event: StreamEvent) => void;
  readonly #buffer: Uint8Array;
  #socket: Socket | undefined;
  #connected = false;
  #ended = false;
  #queue: Uint8Array[] = [];

  constructor(target: StreamTarget, callback: (event: StreamEvent) => void, buffer: Uint8Array) {
    this.#operation = `connect to ${target.address} port ${target.port}`;
    this.#callback = callback;
    this.#buffer = buffer;
    try {
      this.#socket = openConnected(target, TCP, this.#operation);
      check(
        this.#socket.watch(WRITABLE, (events) => this.#ready(events)),
        this.#operation,
      );
    } catch (error) {
      this.close();
      const refusal = error instanceof KernelError ? error : kernelError(this.#operation, ERRNO.EINVAL);
      const later = setImmediate(() => callback({ type: "failed", error: refusal }));
      this.#cancel = () => clearImmediate(later);
    }
  }

  #cancel: () => void = () => {};

  send(bytes: Uint8Array): void {
    if (!this.#socket || bytes.length === 0) return;
    this.#queue.push(bytes.slice());
    if (this.#connected) this.#flush();
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
    this.#queue = [];
    this.#cancel();
  }

  #ready(events: number): void {
    if (!this.#connected) {
      this.#finishConnect();
      return;
    }
    if ((events & WRITABLE) !== 0) this.#flush();
    if ((events & READABLE) !== 0 && !this.#ended) this.#read();
  }

  #finishConnect(): void {
    this.#socket?.getOption(option.SOL_SOCKET, option.SO_ERROR, socketError);
    const errno = viewOf(socketError).getInt32(0, LITTLE_ENDIAN);
    if (errno !== 0) {
      this.#fail(errno);
      return;
    }
    this.#connected = true;
    this.#callback({ type: "connected" });
    this.#flush();
  }

  /** Sends what the socket takes, and watches for what it can next. */
  #flush(): void {
    for (let [first] = this.#queue; first && this.#socket; [first] = this.#queue) {
      const sent = this.#socket.send(first);
      if (sent === -ERRNO.EAGAIN) break;
      if (sent < 0) {
        this.#fail(-sent);
        return;
      }
      if (sent === first.length) this.#queue.shift();
      else this.#queue[0] = first.subarray(sent);
    }
    this.#watch();
  }

  #watch(): void {
    this.#socket?.watch((this.#ended ? 0 : READABLE) | (this.#queue.length > 0 ? WRITABLE : 0));
  }

  /** What there is, and, as most peers end right after what they say, the end at once if it came along. */
  #read(): void {
    for (let reads = 0; reads < READS_AT_ONCE && this.#socket && !this.#ended; reads++) {
      if (!this.#readOnce()) return;
    }
  }

  /** False: there is nothing more to read now. */
  #readOnce(): boolean {
    const length = this.#socket?.receive(this.#buffer) ?? -ERRNO.EAGAIN;
    if (length > 0) {
      this.#callback({ type: "data", bytes: this.#buffer.subarray(0, length) });
    } else if (length === 0) {
      this.#ended = true;
      this.#watch();
      this.#callback({ type: "ended" });
    } else if (length !== -ERRNO.EAGAIN) {
      this.#fail(-length);
    }
    return length > 0;
  }

  #fail(errno: number): void {
    this.close();
    this.#callback({ type: "failed", error: kernelError(this.#operation, errno) });
  }
}

/** TCP connections over real sockets. */
export class LinuxStreams implements StreamPort {
  readonly #closables: Closables;
  readonly #buffer = new Uint8Array(RECEIVE_BUFFER);

  constructor(closables: Closables) {
    this.#closables = closables;
  }

  connect(target: StreamTarget, callback: (event: StreamEvent) => void): StreamConnection {
    const connection = new Connection(
      target,
      (event) => {
        if (event.type === "failed") close(); // nothing is left to release
        callback(event);
      },
      this.#buffer,
    );
    const { close } = this.#closables.add(() => connection.close());
    return { send: (bytes) => connection.send(bytes), close };
  }
}
