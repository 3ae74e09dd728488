import { addon } from "./addon.ts";

/** One control message of sendmsg/recvmsg (cmsghdr), its data still bytes. */
export interface Ancillary {
  readonly level: number;
  readonly type: number;
  readonly data: Uint8Array;
}

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The C layout: a size_t length that includes the header, int level, int type; all aligned to size_t. */
const align = (length: number, word: number): number => Math.ceil(length / word) * word;
const headerOf = (word: number): number => align(word + 8, word);

/** What claims to be longer than 32 bits can say has no length: the reading ends there. */
function readLength(view: DataView, offset: number, word: number): number {
  if (word === 4) return view.getUint32(offset, littleEndian);
  const low = littleEndian ? offset : offset + 4;
  const high = littleEndian ? offset + 4 : offset;
  return view.getUint32(high, littleEndian) === 0 ? view.getUint32(low, littleEndian) : 0;
}

/**
 * Where in received control messages the data of one kind begins, at least `length` bytes of it; -1 when there is none.
 * Makes nothing: for those that read thousands a second.
 */
export function findAncillary(view: DataView, level: number, type: number, length: number): number {
  const word = addon().wordSize;
  const header = headerOf(word);
  for (let offset = 0; offset + header <= view.byteLength; ) {
    const size = readLength(view, offset, word);
    if (size < header || offset + size > view.byteLength) return -1;
    const isLevel = view.getInt32(offset + word, littleEndian) === level;
    if (isLevel && view.getInt32(offset + word + 4, littleEndian) === type) {
      return size >= header + length ? offset + header : -1;
    }
    offset += align(size, word);
  }
  return -1;
}

/** The buffer that send() takes for these control messages. */
export function writeAncillary(messages: readonly Ancillary[]): Uint8Array {
  const word = addon().wordSize;
  const header = headerOf(word);
  const total = messages.reduce((sum, { data }) => sum + align(header + data.length, word), 0);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const { level, type, data } of messages) {
    const length = header + data.length;
    if (word === 8) view.setBigUint64(offset, BigInt(length), littleEndian);
    else view.setUint32(offset, length, littleEndian);
    view.setInt32(offset + word, level, littleEndian);
    view.setInt32(offset + word + 4, type, littleEndian);
    bytes.set(data, offset + header);
    offset += align(length, word);
  }
  return bytes;
}
