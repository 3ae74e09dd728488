import { addon } from "./addon.ts";

/** One control message of sendmsg/recvmsg (cmsghdr), its data still bytes. */
export interface Ancillary {
  readonly level: number;
  readonly type: number;
  readonly data: Uint8Array;
}

/** The C layout: a size_t length that includes the header, int level, int type; all aligned to size_t. */
function layout(): { word: number; header: number; align: (length: number) => number } {
  const word = addon().wordSize;
  const align = (length: number) => Math.ceil(length / word) * word;
  return { word, header: align(word + 8), align };
}

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function readLength(view: DataView, offset: number, word: number): number {
  return word === 8 ? Number(view.getBigUint64(offset, littleEndian)) : view.getUint32(offset, littleEndian);
}

/** The control messages of a received buffer. Their data points into it. */
export function readAncillary(bytes: Uint8Array): Ancillary[] {
  const { word, header, align } = layout();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Ancillary[] = [];
  let offset = 0;
  while (offset + header <= bytes.length) {
    const length = readLength(view, offset, word);
    if (length < header || offset + length > bytes.length) break;
    found.push({
      level: view.getInt32(offset + word, littleEndian),
      type: view.getInt32(offset + word + 4, littleEndian),
      data: bytes.subarray(offset + header, offset + length),
    });
    offset += align(length);
  }
  return found;
}

/** The buffer that send() takes for these control messages. */
export function writeAncillary(messages: readonly Ancillary[]): Uint8Array {
  const { word, header, align } = layout();
  const total = messages.reduce((sum, { data }) => sum + align(header + data.length), 0);
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
    offset += align(length);
  }
  return bytes;
}
