/**
 * The internet checksum of RFC 1071, in steps: sum the parts (all but the last of even length), then fold. A receiver
 * that sums everything including the transmitted checksum folds to 0.
 */

/** `sum` plus the 16-bit big-endian words of `bytes[from, to)`; an odd last byte counts as the high half of a word. */
export function addWords(sum: number, bytes: Uint8Array, from = 0, to = bytes.length): number {
  let total = sum;
  for (let i = from; i < to; i += 2) {
    total += ((bytes[i] ?? 0) << 8) | (i + 1 < to ? (bytes[i + 1] ?? 0) : 0);
  }
  return total;
}

/** The ones' complement of the folded sum: the 16 bits that go on the wire, 0 for a sum that verifies. */
export function foldChecksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}

/** The checksum of one run of bytes. */
export function internetChecksum(bytes: Uint8Array): number {
  return foldChecksum(addWords(0, bytes));
}
