import { LITTLE_ENDIAN, viewOf } from "./byte-order.ts";

/** Netlink framing (RFC 3549 §2.3.2): messages of a 16-byte header and a payload of fixed part and attributes. */

export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;

export const NLM_F_REQUEST = 0x1;
export const NLM_F_ACK = 0x4;
/** The dump was interrupted by a change: what it gave may be inconsistent. */
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_DUMP = 0x300;
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLM_F_APPEND = 0x800;

const HEADER = 16;
const ATTRIBUTE_HEADER = 4;
const NESTED = 0x8000;
const TYPE_MASK = 0x3fff;

const align = (length: number) => (length + 3) & ~3;

export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** Fixed part and attributes. Points into the buffer that was read. */
  readonly payload: Uint8Array;
}

/** The complete messages of a datagram. A malformed length ends the reading. */
export function readMessages(datagram: Uint8Array): NetlinkMessage[] {
  const view = viewOf(datagram);
  const messages: NetlinkMessage[] = [];
  let offset = 0;
  while (offset + HEADER <= datagram.length) {
    const length = view.getUint32(offset, LITTLE_ENDIAN);
    if (length < HEADER || offset + length > datagram.length) break;
    messages.push({
      type: view.getUint16(offset + 4, LITTLE_ENDIAN),
      flags: view.getUint16(offset + 6, LITTLE_ENDIAN),
      sequence: view.getUint32(offset + 8, LITTLE_ENDIAN),
      payload: datagram.subarray(offset + HEADER, offset + length),
    });
    offset += align(length);
  }
  return messages;
}

/** The errno, positive, of an NLMSG_ERROR (0 for an acknowledgement) or of an NLMSG_DONE that ends a failed dump. */
export function readErrno(payload: Uint8Array): number {
  return payload.length < 4 ? 0 : Math.abs(viewOf(payload).getInt32(0, LITTLE_ENDIAN));
}

/** Attributes by type, the last of a kind winning. Values point into `bytes`. A malformed length ends the reading. */
export function readAttributes(bytes: Uint8Array): Map<number, Uint8Array> {
  const view = viewOf(bytes);
  const attributes = new Map<number, Uint8Array>();
  let offset = 0;
  while (offset + ATTRIBUTE_HEADER <= bytes.length) {
    const length = view.getUint16(offset, LITTLE_ENDIAN);
    if (length < ATTRIBUTE_HEADER || offset + length > bytes.length) break;
    const type = view.getUint16(offset + 2, LITTLE_ENDIAN) & TYPE_MASK;
    attributes.set(type, bytes.subarray(offset + ATTRIBUTE_HEADER, offset + length));
    offset += align(length);
  }
  return attributes;
}

/** The number in an attribute of 1, 2 or 4 bytes, host order; undefined when absent or of another size. */
export function attributeNumber(value: Uint8Array | undefined): number | undefined {
  switch (value?.length) {
    case 1:
      return value[0];
    case 2:
      return viewOf(value).getUint16(0, LITTLE_ENDIAN);
    case 4:
      return viewOf(value).getUint32(0, LITTLE_ENDIAN);
    default:
      return undefined;
  }
}

/** The number in an attribute of 4 or 8 bytes, host order. */
export function attributeBigint(value: Uint8Array | undefined): bigint | undefined {
  if (value?.length === 8) return viewOf(value).getBigUint64(0, LITTLE_ENDIAN);
  const small = attributeNumber(value);
  return small === undefined ? undefined : BigInt(small);
}

/** The text of a NUL-terminated attribute, as Latin-1: interface and scheduler names are bytes. */
export function attributeText(value: Uint8Array | undefined): string | undefined {
  if (!value) return undefined;
  const end = value.indexOf(0);
  return String.fromCharCode(...(end < 0 ? value : value.subarray(0, end)));
}

/** Appends messages, one after another, to one buffer that grows: what a single send() can carry. */
export class NetlinkWriter {
  #bytes = new Uint8Array(1024);
  #view = viewOf(this.#bytes);
  #length = 0;
  #message = 0;

  /** Bytes written so far. Valid until the next write or reset. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  reset(): void {
    this.#length = 0;
  }

  /** Starts a message; the kernel fills in our port. */
  begin(type: number, flags: number, sequence: number): void {
    const start = this.#extend(HEADER);
    this.#message = start;
    this.#view.setUint16(start + 4, type, LITTLE_ENDIAN);
    this.#view.setUint16(start + 6, flags, LITTLE_ENDIAN);
    this.#view.setUint32(start + 8, sequence, LITTLE_ENDIAN);
  }

  /** Ends the message that begin() started. */
  end(): void {
    this.#view.setUint32(this.#message, this.#length - this.#message, LITTLE_ENDIAN);
  }

  /** The fixed part, after begin(). */
  fixed(bytes: Uint8Array): void {
    const start = this.#extend(bytes.length);
    this.#bytes.set(bytes, start);
  }

  attribute(type: number, value: Uint8Array): void {
    const start = this.#attribute(type, value.length);
    this.#bytes.set(value, start);
  }

  u8(type: number, value: number): void {
    const start = this.#attribute(type, 1);
    this.#view.setUint8(start, value);
  }

  u16(type: number, value: number): void {
    const start = this.#attribute(type, 2);
    this.#view.setUint16(start, value, LITTLE_ENDIAN);
  }

  /** Ports: network byte order. */
  u16be(type: number, value: number): void {
    const start = this.#attribute(type, 2);
    this.#view.setUint16(start, value, false);
  }

  u32(type: number, value: number): void {
    const start = this.#attribute(type, 4);
    this.#view.setUint32(start, value, LITTLE_ENDIAN);
  }

  u32be(type: number, value: number): void {
    const start = this.#attribute(type, 4);
    this.#view.setUint32(start, value, false);
  }

  /** NUL-terminated, Latin-1. */
  text(type: number, value: string): void {
    const start = this.#attribute(type, value.length + 1);
    for (let i = 0; i < value.length; i++) this.#bytes[start + i] = value.charCodeAt(i);
  }

  /** An attribute whose value is the attributes that `write` appends. */
  nested(type: number, write: () => void): void {
    const start = this.#attribute(type | NESTED, 0) - ATTRIBUTE_HEADER;
    write();
    this.#view.setUint16(start, this.#length - start, LITTLE_ENDIAN);
  }

  /** A structure of `size` bytes with the attributes that `write` appends; `fill` gets the length of it all. */
  structure(size: number, fill: (view: DataView, length: number) => void, write: () => void): void {
    const start = this.#extend(size);
    write();
    fill(viewOf(this.#bytes.subarray(start, start + size)), this.#length - start);
  }

  /** Appends an attribute header and room for its value; returns where the value goes. May replace the buffer. */
  #attribute(type: number, length: number): number {
    const start = this.#extend(ATTRIBUTE_HEADER + length);
    this.#view.setUint16(start, ATTRIBUTE_HEADER + length, LITTLE_ENDIAN);
    this.#view.setUint16(start + 2, type, LITTLE_ENDIAN);
    return start + ATTRIBUTE_HEADER;
  }

  /** Appends zero bytes, padded to 4; returns where they start. May replace the buffer: ask first, then write. */
  #extend(length: number): number {
    const start = this.#length;
    const end = start + align(length);
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.bytes);
      this.#bytes = larger;
      this.#view = viewOf(larger);
    } else {
      this.#bytes.fill(0, start, end);
    }
    this.#length = end;
    return start;
  }
}
