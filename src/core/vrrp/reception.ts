import type { Micros } from "../../values/time.ts";
import type { AdvertErrorKind, VrrpAdvert } from "../../wire/vrrp.ts";
import type { Authenticity } from "./authenticity.ts";
import type { Counters } from "./counters.ts";
import type { Arrival, Expectation, Rejection } from "./expectation.ts";

const seconds = (interval: number): number => Math.round(interval / 1_000_000);

/** RFC 9568 §7.1, RFC 3768 §7.1 and keepalived's further checks, in its order; undefined for an advert to act on. */
export function examine(
  arrival: Arrival,
  expected: Expectation,
  authenticity: Authenticity,
  now: Micros,
): Rejection | undefined {
  const { advert } = arrival;
  return (
    authenticity.examineKind(arrival) ??
    examineHops(arrival, expected) ??
    examineVersion(advert, expected) ??
    authenticity.examineSignature(arrival, now) ??
    (advert.version === 2 ? examinePassword(advert, expected) : undefined) ??
    authenticity.examineHeader(arrival) ??
    (advert.version === 2 ? examineInterval(advert, expected) : undefined) ??
    examinePeer(arrival, expected)
  );
}

/** Multicast adverts come from the same link, so nobody lowered their TTL (RFC 9568 §7.1). */
function examineHops({ hops }: Arrival, { peers }: Expectation): Rejection | undefined {
  if (peers.length > 0 || hops === 255) return undefined;
  return { counter: "ttl", message: `invalid TTL/HL. Received ${hops} and expect 255` };
}

function examineVersion(advert: VrrpAdvert, { version }: Expectation): Rejection | undefined {
  if (advert.version === version) return undefined;
  return { counter: "version", message: `wrong version. Received ${advert.version} and expect ${version}` };
}

function examinePassword(advert: VrrpAdvert, expected: Expectation): Rejection | undefined {
  const authType = advert.authType ?? 0;
  if (authType !== expected.authType) {
    return {
      counter: "authTypeMismatch",
      message: `received a ${authType} auth, expecting ${expected.authType}!`,
    };
  }
  if (authType !== 1 || (advert.password ?? "") === (expected.password ?? "")) return undefined;
  return { counter: "authFailure", message: "received an invalid passwd!" };
}

function examineInterval(advert: VrrpAdvert, expected: Expectation): Rejection | undefined {
  const [mine, theirs] = [seconds(expected.interval), seconds(advert.interval)];
  if (mine === theirs) return undefined;
  const message = `advertisement interval mismatch mine=${mine} sec rcv'd=${theirs} sec`;
  return { counter: "advertInterval", message };
}

/** Unicast adverts may have been routed; how far is for each peer to say. */
function examinePeer({ source, hops }: Arrival, { peers, peersOnly }: Expectation): Rejection | undefined {
  if (!peersOnly) return undefined;
  const peer = peers.find(({ address }) => address === source);
  if (peer === undefined)
    return { counter: "unknownPeer", message: `unicast source address ${source} not a unicast peer` };
  const { minTtl = 0, maxTtl = 255 } = peer;
  if (hops >= minTtl && hops <= maxTtl) return undefined;
  return { counter: "ttl", message: `invalid TTL/HL. Received ${hops} and expect ${minTtl}-${maxTtl}` };
}

/**
 * How the addresses of an advert differ from our own, order aside; undefined when they do not. Reported and counted
 * only: the election goes on (RFC 9568 §7.1, and keepalived since 2.3).
 */
export function differingAddresses(advert: VrrpAdvert, expected: Expectation): string | undefined {
  const { addresses, virtualRouterId } = expected;
  if (advert.addresses.length !== addresses.length) {
    return `expected ${addresses.length} VIPs but received ${advert.addresses.length}`;
  }
  if (addresses.every((address, index) => address === advert.addresses[index])) return undefined;
  const missing = addresses.find((address) => !advert.addresses.includes(address));
  if (missing === undefined) return undefined;
  return `ip address associated with VRID ${virtualRouterId} not present in advert: ${missing}`;
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
