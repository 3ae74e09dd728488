import { bytesToIp } from "../../values/ip.ts";

/** As many as are compared sooner than one is written anew. */
const MOST = 8;

/** The texts of the addresses that were read last: packets come from a few peers, again and again. */
export class RecentAddresses {
  readonly #known: { readonly bytes: Uint8Array; readonly text: string }[] = [];
  #oldest = 0;

  /** The canonical text of the 4 or 16 bytes at `at`. */
  text(packet: Uint8Array, at: number, length: 4 | 16): string {
    for (let index = 0; index < this.#known.length; index++) {
      const one = this.#known[index];
      if (one !== undefined && isAt(one.bytes, packet, at, length)) return one.text;
    }
    const bytes = packet.slice(at, at + length);
    const text = bytesToIp(bytes);
    this.#known[this.#oldest] = { bytes, text };
    this.#oldest = (this.#oldest + 1) % MOST;
    return text;
  }
}

function isAt(bytes: Uint8Array, packet: Uint8Array, at: number, length: number): boolean {
  if (bytes.length !== length) return false;
  for (let index = 0; index < length; index++) if (bytes[index] !== packet[at + index]) return false;
  return true;
}
