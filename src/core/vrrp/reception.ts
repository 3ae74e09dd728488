import type { UnicastPeer } from "../../config/config.ts";
import type { AdvertErrorKind, VrrpAdvert } from "../../wire/vrrp.ts";
import type { Counters } from "./counters.ts";

/** Why an advert is not for this instance: which counter it moves, and keepalived's words for the log. */
export interface Rejection {
  readonly counter: keyof Counters;
  readonly message: string;
}

/** What an instance expects of the adverts that it takes. */
export interface Expectation {
  readonly virtualRouterId: number;
  readonly version: 2 | 3;
  readonly interval: number;
  readonly addresses: readonly string[];
  readonly authType: number;
  readonly password: string | undefined;
  /** Empty with multicast. */
  readonly peers: readonly UnicastPeer[];
}

/** An advert as it arrived. */
export interface Arrival {
  readonly advert: VrrpAdvert;
  readonly source: string;
  readonly hops: number;
}

const seconds = (interval: number): number => Math.round(interval / 1_000_000);

/** RFC 9568 §7.1, RFC 3768 §7.1 and keepalived's further checks, in its order; undefined for an advert to act on. */
export function examine(arrival: Arrival, expected: Expectation): Rejection | undefined {
  const { advert } = arrival;
  const hops = examineHops(arrival, expected.peers);
  if (hops !== undefined) return hops;
  if (advert.version !== expected.version) {
    const message = `wrong version. Received ${advert.version} and expect ${expected.version}`;
    return { counter: "version", message };
  }
  const refused = advert.version === 2 ? examineVersion2(advert, expected) : undefined;
  return refused ?? examineAddresses(advert, expected);
}

/**
 * Multicast adverts come from the same link, so nobody lowered their TTL (RFC 9568 §7.1). Unicast ones may have been
 * routed; their limits are the peer's own, and naming one makes strangers unwelcome.
 */
function examineHops({ source, hops }: Arrival, peers: readonly UnicastPeer[]): Rejection | undefined {
  if (peers.length === 0) {
    if (hops === 255) return undefined;
    return { counter: "ttl", message: `invalid TTL/HL. Received ${hops} and expect 255` };
  }
  const strict = peers.some(({ minTtl, maxTtl }) => minTtl !== undefined || maxTtl !== undefined);
  if (!strict) return undefined;
  const peer = peers.find(({ address }) => address === source);
  if (peer === undefined)
    return { counter: "unknownPeer", message: `unicast source address ${source} not a unicast peer` };
  const { minTtl = 0, maxTtl = 255 } = peer;
  if (hops >= minTtl && hops <= maxTtl) return undefined;
  return { counter: "ttl", message: `invalid TTL/HL. Received ${hops} and expect ${minTtl}-${maxTtl}` };
}

function examineVersion2(advert: VrrpAdvert, expected: Expectation): Rejection | undefined {
  const authType = advert.authType ?? 0;
  if (authType !== expected.authType) {
    return {
      counter: "authTypeMismatch",
      message: `received a ${authType} auth, expecting ${expected.authType}!`,
    };
  }
  if (authType === 1 && (advert.password ?? "") !== (expected.password ?? "")) {
    return { counter: "authFailure", message: "received an invalid passwd!" };
  }
  if (seconds(advert.interval) !== seconds(expected.interval)) {
    const [mine, theirs] = [seconds(expected.interval), seconds(advert.interval)];
    const message = `advertisement interval mismatch mine=${mine} sec rcv'd=${theirs} sec`;
    return { counter: "advertInterval", message };
  }
  return undefined;
}

/** The same addresses in any order. */
function examineAddresses(advert: VrrpAdvert, expected: Expectation): Rejection | undefined {
  const { addresses } = expected;
  if (advert.addresses.length !== addresses.length) {
    const message = `received an unexpected ip number count ${advert.addresses.length}, expected ${addresses.length}!`;
    return { counter: "addressList", message };
  }
  const missing = addresses.find((address) => !advert.addresses.includes(address));
  if (missing === undefined) return undefined;
  const { virtualRouterId } = expected;
  const message = `ip address associated with VRID ${virtualRouterId} not present in MASTER advert: ${missing}`;
  return { counter: "addressList", message };
}

/** The counter of a message that was no advert at all. */
export function counterOf(error: AdvertErrorKind): keyof Counters {
  return ERROR_COUNTERS[error];
}

const ERROR_COUNTERS: Readonly<Record<AdvertErrorKind, keyof Counters>> = {
  length: "packetLength",
  version: "version",
  type: "invalidType",
  checksum: "checksum",
  "auth-type": "invalidAuthType",
  interval: "advertInterval",
};
