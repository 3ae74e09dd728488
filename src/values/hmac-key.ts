/** Keys of auth_hmac: raw bytes, written as a text or as digits after `hex:`, in the configuration or in a file. */

const HEX = "hex:";
/** Fewest and most bytes of a key. */
export const KEY_BYTES = [32, 64] as const;
/** Most bytes of a file with a key: as digits, with something behind them. keepalived 2.4.3 takes no larger one. */
const LARGEST_FILE = 138;

export function hasKeyLength(bytes: number): boolean {
  return bytes >= KEY_BYTES[0] && bytes <= KEY_BYTES[1];
}

/** Two digits a byte, white space among them aside; undefined for anything else. */
function fromHex(digits: string): Uint8Array | undefined {
  const pairs = digits.replace(/\s+/g, "");
  if (pairs.length % 2 !== 0 || !/^[\da-f]*$/i.test(pairs)) return undefined;
  return Uint8Array.from(pairs.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** The bytes of a key that stands in the configuration, of any length; undefined for digits that are none. */
export function keyOfText(text: string): Uint8Array | undefined {
  return text.startsWith(HEX) ? fromHex(text.slice(HEX.length)) : new TextEncoder().encode(text);
}

/**
 * The bytes of the key that a file holds, of any length, white space at its end and what follows a NUL aside; undefined
 * for digits that are none, and for a file that is too large.
 */
export function keyOfFile(content: Uint8Array): Uint8Array | undefined {
  if (content.length > LARGEST_FILE) return undefined;
  const text = String.fromCharCode(...content)
    .replace(/\0.*$/s, "")
    .replace(/\s+$/, "");
  if (text.startsWith(HEX)) return fromHex(text.slice(HEX.length));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
