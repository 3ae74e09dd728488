import type { AdvertProof, VrrpEvent } from "../../core/vrrp/contract.ts";
import type { ReceivedPacket } from "../../kernel/ports.ts";
import { AH_LENGTH, IPPROTO_AH, readAuthenticationHeader } from "../../wire/authentication-header.ts";
import { decodeIpv4Packet } from "../../wire/ipv4.ts";
import { type AdvertError, decodeAdvert, messageLength, type VrrpAdvert } from "../../wire/vrrp.ts";
import { IPPROTO_VRRP } from "../../wire/vrrp-packet.ts";

/** What a packet comes to for the machine. */
export type Received = Extract<VrrpEvent, { readonly type: "advert" | "malformed" }>;

/** The last packet of one sender for one virtual router, and what it was read as. */
interface Remembered {
  readonly packet: Uint8Array;
  readonly hops: number;
  readonly received: Received;
}

/** Fields of the IPv4 header that differ from packet to packet and mean nothing: identification and checksum. */
const isNoise = (family: 4 | 6, at: number): boolean =>
  family === 4 && (at === 4 || at === 5 || at === 10 || at === 11);

/**
 * Reads the packets of one socket. A master says the same thing all day: what is equal to the last packet of the same
 * sender for the same virtual router is not read again, and gives the same event.
 */
export class VrrpReader {
  readonly #family: 4 | 6;
  /** By sender, then by virtual router ID. */
  readonly #senders = new Map<string, (Remembered | undefined)[]>();

  constructor(family: 4 | 6) {
    this.#family = family;
  }

  /** Undefined for what is no VRRP packet at all. */
  read(packet: ReceivedPacket): Received | undefined {
    const { data, source, destination, hops } = packet;
    const id = data[this.#family === 4 ? ((data[0] ?? 0) & 0x0f) * 4 + 1 : 1] ?? 0;
    const last = this.#senders.get(source)?.[id];
    const again = last?.hops === hops && last.received.destination === destination;
    if (last !== undefined && again && this.#same(last.packet, data)) return last.received;
    const received = this.#decode(packet);
    // What is authenticated is different every time; what is malformed is nobody's habit.
    if (received?.type === "advert" && received.proof === undefined) this.#remember(packet, id, received);
    return received;
  }

  #remember({ data, source, hops }: ReceivedPacket, id: number, received: Received): void {
    // Senders are few; a flood of forged ones must not fill the memory.
    if (this.#senders.size > 1_024) this.#senders.clear();
    const ofSender = this.#senders.get(source) ?? [];
    this.#senders.set(source, ofSender);
    ofSender[id] = { packet: data.slice(), hops, received };
  }

  #same(a: Uint8Array, b: Uint8Array): boolean {
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !isNoise(this.#family, i)) return false;
    return true;
  }

  #decode({ data, source, destination, hops, ifindex }: ReceivedPacket): Received | undefined {
    const arrival = { source, destination, hops, ifindex };
    const family = this.#family;
    const ip = family === 4 ? decodeIpv4Packet(data) : undefined;
    if (family === 4 && ip === undefined) return undefined;
    let message = ip?.payload ?? data;
    let proof: AdvertProof | undefined;
    if (ip?.protocol === IPPROTO_AH) {
      if (readAuthenticationHeader(message)?.nextHeader !== IPPROTO_VRRP) return undefined;
      message = message.subarray(AH_LENGTH);
      proof = { type: "ah", packet: data.slice() };
    }
    const advert = decodeAdvert(message, { source, destination, family });
    if (isError(advert)) return { type: "malformed", error: advert, ...arrival };
    if (message.length > messageLength(advert.version, family, advert.addresses.length)) {
      proof = { type: "trailer", message: message.slice() };
    }
    return { type: "advert", advert, ...arrival, ...(proof !== undefined && { proof }) };
  }
}

const isError = (advert: VrrpAdvert | AdvertError): advert is AdvertError => "error" in advert;
