import type { VrrpInstance } from "../../config/config.ts";
import { hasKeyLength, keyOfFile, keyOfText } from "../../values/hmac-key.ts";
import { type Micros, SECOND } from "../../values/time.ts";
import type { AdvertSeal } from "../../wire/vrrp-packet.ts";
import {
  comesAfter,
  HMAC_SHA256,
  isSignedWith,
  readTrailer,
  sequenceAt,
  successor,
  type Trailer,
  type TrailerBinding,
  type TrailerSequence,
} from "../../wire/vrrp-trailer.ts";
import type { Definition } from "./definition.ts";
import type { Arrival, Rejection } from "./expectation.ts";
import type { InstanceLog } from "./instance-log.ts";
import type { Services } from "./services.ts";

type AuthHmac = NonNullable<VrrpInstance["auth_hmac"]>;

/** Senders of multicast adverts whose last sequence number is kept; more there are never but for a moment. */
const SENDERS = 4;
/** Shortest window that follows from an interval, seconds. */
const SHORTEST_WINDOW = 5;

/** The bytes of a configured key: of the file named after `file:`, after `hex:`, or the text itself. */
function keyBytes(value: string, keyFile: Services["keyFile"]): Uint8Array | undefined {
  if (value.startsWith("file:")) {
    const content = keyFile(value.slice("file:".length));
    const key = content && keyOfFile(content);
    return key && hasKeyLength(key.length) ? key : undefined;
  }
  return keyOfText(value);
}

/**
 * auth_hmac of one instance: signs what it sends, and takes only what was signed with a key that it has, in time and
 * never twice. Sequence numbers live as long as the instance, over every reload.
 */
export class Signing {
  #config: AuthHmac | undefined;
  #keys = new Map<number, Uint8Array | undefined>();
  /** Microseconds by which clocks may differ. */
  #window = 0;
  #unicast = false;
  #peers: ReadonlySet<string> = new Set();
  #sent: TrailerSequence = { seconds: 0, rest: 0 };
  /** The highest sequence number of each sender, the one heard last at the end. */
  readonly #heard = new Map<string, TrailerSequence>();
  readonly #services: Services;
  readonly #log: InstanceLog;

  constructor(services: Services, log: InstanceLog) {
    this.#services = services;
    this.#log = log;
  }

  configure({ config, group, expectation }: Definition): void {
    const signing = config.auth_hmac;
    this.#config = signing;
    this.#unicast = group === undefined;
    this.#peers = new Set(expectation.peers.map(({ address }) => address));
    this.#keys = new Map();
    if (signing === undefined) return;
    for (const { id, value } of signing.key ?? [])
      this.#keys.set(id, keyBytes(value, this.#services.keyFile));
    this.#window = signing.time_window ?? Math.max(3 * config.advert_int, SHORTEST_WINDOW * SECOND);
  }

  get on(): boolean {
    return this.#config !== undefined;
  }

  /** What the next advert is signed with; undefined when adverts are not signed. */
  seal(now: Micros): AdvertSeal | undefined {
    const config = this.#config;
    if (config === undefined || config.mode === "receive-only") return undefined;
    const keyId = config.active_key ?? 0;
    this.#sent = this.#nextSequence(config, this.#services.timeOfDay(now));
    return { type: "trailer", keyId, key: this.#keys.get(keyId), sequence: this.#sent };
  }

  /** Why an advert is not taken; undefined when it is. */
  examine(arrival: Arrival, expected: Definition, now: Micros): Rejection | undefined {
    const config = this.#config;
    if (config === undefined) return undefined;
    const { proof, source } = arrival;
    if (proof?.type !== "trailer") {
      if (config.mode !== "enforce") return undefined;
      return { counter: "authExtMissing", message: `missing authentication trailer from ${source}` };
    }
    if (this.#unicast && !this.#peers.has(source)) {
      return { counter: "unknownPeer", message: `unicast source address ${source} not a unicast peer` };
    }
    const trailer = readTrailer(proof.message);
    if (trailer === undefined || trailer.scheme !== HMAC_SHA256 || trailer.reserved !== 0) {
      return { counter: "authExtMalformed", message: `malformed authentication trailer from ${source}` };
    }
    const { family, version } = expected;
    const binding = { family, version, virtualRouterId: arrival.advert.virtualRouterId, source };
    return this.#examine(trailer, proof.message, binding, config.anti_replay === "time", now);
  }

  /** What is too old costs no digest; what is forged moves no mark. */
  #examine(
    { keyId, sequence }: Trailer,
    message: Uint8Array,
    binding: TrailerBinding,
    byTime: boolean,
    now: Micros,
  ): Rejection | undefined {
    const { source } = binding;
    const window = Math.floor(this.#window / SECOND);
    const skew = this.#age(sequence, now);
    if (byTime && Math.abs(skew) > window) {
      const why = `clock skew ${skew} sec exceeds window ${window} sec`;
      return { counter: "authExtStale", message: `stale authentication trailer from ${source}, ${why}` };
    }
    const key = this.#keys.get(keyId);
    if (key === undefined) {
      return {
        counter: "authExtUnknownKey",
        message: `unknown authentication key id ${keyId} from ${source}`,
      };
    }
    if (!isSignedWith(message, key, binding)) {
      return { counter: "authExtInvalidHmac", message: `invalid authentication HMAC from ${source}` };
    }
    if (!this.#raise(source, sequence, byTime, window, now)) {
      return { counter: "authExtReplay", message: `replayed authentication trailer from ${source}` };
    }
    if (byTime && Math.abs(skew) > Math.floor(window / 2)) {
      const why = `${skew} sec from ${source} approaching window ${window} sec`;
      this.#log.limited("clock-skew", `authentication clock skew ${why}`, now);
    }
    return undefined;
  }

  /** Whole seconds by which a sequence number is behind the clock. */
  #age({ seconds }: TrailerSequence, now: Micros): number {
    return (sequenceAt(this.#services.timeOfDay(now)).seconds - seconds) | 0;
  }

  /** Takes a sequence number that is higher than all before of its sender. A mark outside the window has no say. */
  #raise(source: string, sequence: TrailerSequence, byTime: boolean, window: number, now: Micros): boolean {
    const mark = this.#heard.get(source);
    const counts = mark !== undefined && !(byTime && Math.abs(this.#age(mark, now)) > window);
    if (counts && !comesAfter(sequence, mark)) return false;
    this.#heard.delete(source);
    this.#heard.set(source, sequence);
    const [oldest] = this.#heard.keys();
    const room = this.#unicast ? this.#peers.size : SENDERS;
    if (this.#heard.size > room && oldest !== undefined) this.#heard.delete(oldest);
    return true;
  }

  /**
   * The time, or one more than the last number where time has not come that far. A clock that was set back by more
   * than the window would have everybody refuse us: then, by time, counting starts again from the clock.
   */
  #nextSequence(config: AuthHmac, time: number): TrailerSequence {
    const clock = sequenceAt(time);
    if (comesAfter(clock, this.#sent)) return clock;
    const ahead = (this.#sent.seconds - clock.seconds) | 0;
    const stranded = config.anti_replay === "time" && ahead > Math.floor(this.#window / SECOND);
    return stranded ? clock : successor(this.#sent);
  }
}
