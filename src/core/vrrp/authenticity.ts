import type { Micros } from "../../values/time.ts";
import { isAuthentic, readAuthenticationHeader } from "../../wire/authentication-header.ts";
import { viewOf } from "../../wire/byte-order.ts";
import { decodeIpv4Packet } from "../../wire/ipv4.ts";
import type { AdvertSeal } from "../../wire/vrrp-packet.ts";
import type { Definition } from "./definition.ts";
import type { Arrival, Rejection } from "./expectation.ts";
import type { InstanceLog } from "./instance-log.ts";
import type { Services } from "./services.ts";
import { Signing } from "./signing.ts";

const failed = (message: string): Rejection => ({ counter: "authFailure", message });

/**
 * What makes the adverts of an instance authentic besides a password: an Authentication Header or a signature. With
 * the header all routers of a virtual router count one sequence number on: whoever takes over begins above the last
 * that it heard, or nobody would listen.
 */
export class Authenticity {
  #definition: Definition;
  #sequence = 0;
  readonly #signing: Signing;

  constructor(definition: Definition, services: Services, log: InstanceLog) {
    this.#definition = definition;
    this.#signing = new Signing(services, log);
    this.#signing.configure(definition);
  }

  configure(definition: Definition): void {
    this.#definition = definition;
    this.#signing.configure(definition);
  }

  /** What the next advert carries; undefined when it carries nothing of the kind. */
  seal(now: Micros): AdvertSeal | undefined {
    const key = this.#definition.headerKey;
    if (key === undefined) return this.#signing.seal(now);
    this.#sequence = (this.#sequence + 1) >>> 0 || 1;
    return { type: "ah", key, sequence: this.#sequence };
  }

  /** Whether an advert carries what it should, of its kind, before anything else of it is looked at. */
  examineKind({ proof, source }: Arrival): Rejection | undefined {
    const expected = this.#definition.headerKey !== undefined;
    if ((proof?.type === "ah") !== expected) {
      const message = expected
        ? `No AH header but auth type is AH from ${source}`
        : `Received AH header but auth type not AH from ${source}`;
      return { counter: "authTypeMismatch", message };
    }
    if (proof?.type !== "trailer" || this.#signing.on) return undefined;
    return { counter: "packetLength", message: `vrrp packet from ${source} too long: it has a trailer` };
  }

  /** Whether a signature is right (auth_hmac). */
  examineSignature(arrival: Arrival, now: Micros): Rejection | undefined {
    return this.#signing.examine(arrival, this.#definition, now);
  }

  /** Whether an Authentication Header is right: its code, its index, and that its number is higher than all before. */
  examineHeader({ proof, source }: Arrival): Rejection | undefined {
    const { headerKey, group } = this.#definition;
    if (headerKey === undefined || proof?.type !== "ah") return undefined;
    const payload = decodeIpv4Packet(proof.packet)?.payload;
    const header = payload && readAuthenticationHeader(payload);
    if (header === undefined || !isAuthentic(proof.packet, headerKey, group === undefined)) {
      return failed("IPSEC-AH : invalid IPSEC HMAC-MD5 value. Due to fields mutation or bad password !");
    }
    if (header.index !== viewOf(proof.packet).getUint32(12)) {
      return failed(`IPSEC-AH : invalid IPSEC SPI value from ${source}`);
    }
    if (header.sequence <= this.#sequence) {
      const why = `already processed. Packet dropped. Local(${this.#sequence})`;
      return failed(`IPSEC-AH : sequence number ${header.sequence} ${why}`);
    }
    this.#sequence = header.sequence;
    return undefined;
  }
}
