import { addon, type NativeSocket } from "./addon.ts";
import { requireBytes, requireFunction, requireInteger } from "./check.ts";

/** Readiness, for watch(): bits of the loop. */
export const READABLE = 1;
export const WRITABLE = 2;

/** Readable, as poll(2) counts it, for wait(). */
export const POLLIN = 0x1;

/** One received message: its data, source address and ancillary data, as bytes and as findAncillary() reads it, and MSG_* flags. */
export interface MessageFields {
  readonly data: Uint8Array;
  readonly name: Uint8Array;
  readonly ancillary: Uint8Array;
  readonly control: DataView;
  readonly flags: number;
}

/**
 * Memory for a batch of received messages, made once per socket and used again. What `message(i)` returns points
 * into it and is valid until the next receive.
 */
export class MessageBatch {
  readonly capacity: number;
  readonly datas: Uint8Array;
  readonly names: Uint8Array;
  readonly ancillaries: Uint8Array;
  readonly fields: Int32Array;
  /** What was given out last, by index: messages of one size come again and again. */
  readonly #messages: MessageFields[] = [];

  /** `dataSize` and `ancillarySize` in bytes per message; source addresses get 32 bytes each. */
  constructor(capacity: number, dataSize: number, ancillarySize = 0) {
    this.capacity = capacity;
    this.datas = new Uint8Array(capacity * dataSize);
    this.names = new Uint8Array(capacity * 32);
    // Ancillary headers are written by the kernel, aligned to the word: slots must start on one.
    this.ancillaries = new Uint8Array(capacity * Math.ceil(ancillarySize / 8) * 8);
    this.fields = new Int32Array(capacity * 4);
  }

  message(index: number): MessageFields {
    const last = this.#messages[index];
    if (last !== undefined && this.#isOf(last, index)) return last;
    const ancillary = this.#slot(this.ancillaries, index, 2);
    const message = {
      data: this.#slot(this.datas, index, 0),
      name: this.#slot(this.names, index, 1),
      ancillary,
      control: new DataView(ancillary.buffer, ancillary.byteOffset, ancillary.byteLength),
      flags: this.#field(index, 3),
    };
    this.#messages[index] = message;
    return message;
  }

  #isOf({ data, name, ancillary, flags }: MessageFields, index: number): boolean {
    return (
      flags === this.#field(index, 3) &&
      data.length === this.#size(this.datas, index, 0) &&
      name.length === this.#size(this.names, index, 1) &&
      ancillary.length === this.#size(this.ancillaries, index, 2)
    );
  }

  #field(index: number, n: number): number {
    return this.fields[index * 4 + n] ?? 0;
  }

  /** Of what was cut off to fit, the size is that of the slot. */
  #size(all: Uint8Array, index: number, n: number): number {
    return Math.min(this.#field(index, n), all.length / this.capacity);
  }

  #slot(all: Uint8Array, index: number, n: number): Uint8Array {
    const start = index * (all.length / this.capacity);
    return all.subarray(start, start + this.#size(all, index, n));
  }
}

/** Closed ones that wait for another use, so that thousands of short connections a second make no garbage. */
const spare: NativeSocket[] = [];
const MOST_SPARE = 256;
/** What every closed socket stands on: never opened, it answers -EBADF. */
let closed: NativeSocket | undefined;

function keep(native: NativeSocket): void {
  if (spare.length < MOST_SPARE) spare.push(native);
}

/**
 * A socket of any family: non-blocking, close-on-exec. Addresses are raw sockaddr bytes. Every call returns a count
 * (0 where there is none) or -errno, never throws for a refusal by the kernel, and gives -EBADF after close().
 */
export class Socket {
  #native: NativeSocket;

  private constructor(native: NativeSocket) {
    this.#native = native;
  }

  /** The socket, or -errno. */
  static open(family: number, type: number, protocol: number): Socket | number {
    requireInteger(family, "family");
    requireInteger(type, "type");
    requireInteger(protocol, "protocol");
    const native = spare.pop() ?? new (addon().Socket)();
    const result = native.open(family, type, protocol);
    if (result >= 0) return new Socket(native);
    keep(native);
    return result;
  }

  /** The file descriptor; -1 when closed. */
  get descriptor(): number {
    return this.#native.descriptor();
  }

  setOption(level: number, name: number, value: number | Uint8Array): number {
    requireInteger(level, "level");
    requireInteger(name, "name");
    if (typeof value === "number") requireInteger(value, "value");
    else requireBytes(value, "value");
    return this.#native.setOption(level, name, value);
  }

  /** Bytes written into `into`, or -errno. */
  getOption(level: number, name: number, into: Uint8Array): number {
    requireInteger(level, "level");
    requireInteger(name, "name");
    requireBytes(into, "into");
    return this.#native.getOption(level, name, into);
  }

  bind(address: Uint8Array): number {
    requireBytes(address, "address");
    return this.#native.bind(address);
  }

  /** -EINPROGRESS is the usual answer of a stream socket: watch for WRITABLE, then read SO_ERROR. */
  connect(address: Uint8Array): number {
    requireBytes(address, "address");
    return this.#native.connect(address);
  }

  /** The bound address: its length in `into`, or -errno. */
  localName(into: Uint8Array): number {
    requireBytes(into, "into");
    return this.#native.localName(into);
  }

  shutdown(how: number): number {
    requireInteger(how, "how");
    return this.#native.shutdown(how);
  }

  /** Bytes sent. Ancillary data as ancillary.ts writes it. Never raises SIGPIPE. */
  send(data: Uint8Array, address?: Uint8Array, ancillary?: Uint8Array, flags = 0): number {
    requireBytes(data, "data");
    if (address) requireBytes(address, "address");
    if (ancillary) requireBytes(ancillary, "ancillary");
    return this.#native.send(data, flags, address, ancillary);
  }

  /** sendmmsg: the number of messages sent, which may be fewer than given. One address per message, or none at all. */
  sendBatch(datas: readonly Uint8Array[], addresses?: readonly Uint8Array[], flags = 0): number {
    for (const data of datas) requireBytes(data, "data");
    for (const address of addresses ?? []) requireBytes(address, "address");
    return this.#native.sendBatch(datas, flags, addresses);
  }

  /** Bytes received; 0 at the end of a stream. */
  receive(into: Uint8Array, flags = 0): number {
    requireBytes(into, "into");
    return this.#native.receive(into, flags);
  }

  /** recvmmsg: the number of messages now in the batch. */
  receiveBatch(batch: MessageBatch, flags = 0): number {
    const { capacity, datas, names, ancillaries, fields } = batch;
    return this.#native.receiveBatch(capacity, flags, datas, names, ancillaries, fields);
  }

  /** Blocks the process until an event of poll(2) or the timeout (milliseconds): the events, 0 for none. */
  wait(events: number, milliseconds: number): number {
    requireInteger(events, "events");
    requireInteger(milliseconds, "milliseconds");
    return this.#native.wait(events, milliseconds);
  }

  /**
   * ioctl(2) about an interface: `request` is a struct ifreq (40 bytes), which the kernel may write into, and with
   * `pointed` its ifr_data is the address of that. 0 or -errno.
   */
  control(number: number, request: Uint8Array, pointed?: Uint8Array): number {
    requireInteger(number, "number");
    requireBytes(request, "request");
    if (pointed) requireBytes(pointed, "pointed");
    return this.#native.control(number, request, pointed);
  }

  /**
   * Calls back from the loop while the socket is READABLE or WRITABLE (level-triggered) or has a pending error.
   * 0 stops. Without a callback the previous one stays. While watching, the process is kept alive.
   */
  watch(events: number, callback?: (events: number) => void): number {
    requireInteger(events, "events");
    if (callback) requireFunction(callback, "callback");
    return this.#native.watch(events, callback);
  }

  /** Idempotent. No callback comes after it. */
  close(): void {
    const native = this.#native;
    closed ??= new (addon().Socket)();
    if (native === closed) return;
    this.#native = closed;
    native.close();
    keep(native);
  }
}
