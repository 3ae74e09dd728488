import { describe, expect, it } from "vitest";
import recorded from "../../fixtures/vrrp/authentic.json";
import odd from "../../fixtures/vrrp/checksums.json";
import { bytesToIp } from "../../src/values/ip.ts";
import { AH_LENGTH, isAuthentic, readAuthenticationHeader } from "../../src/wire/authentication-header.ts";
import { decodeIpv4Packet } from "../../src/wire/ipv4.ts";
import { decodeAdvert, followsRule, type VrrpAdvert } from "../../src/wire/vrrp.ts";
import {
  type AdvertSeal,
  buildPacket,
  isMulticast,
  type PacketPath,
  sealPacket,
} from "../../src/wire/vrrp-packet.ts";
import { comesAfter, isSignedWith, readTrailer, sequenceAt, successor } from "../../src/wire/vrrp-trailer.ts";

const IPV6_HEADER = 40;
const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** A recorded packet: what a socket would hand up, and its path. */
function open(hex: string): { data: Uint8Array; message: Uint8Array; path: PacketPath; family: 4 | 6 } {
  const packet = fromHex(hex);
  const ip = decodeIpv4Packet(packet);
  if (ip !== undefined) {
    const { source, destination, ttl: hops, protocol, payload } = ip;
    const message = protocol === 51 ? payload.subarray(AH_LENGTH) : payload;
    return { data: packet, message, path: { source, destination, hops }, family: 4 };
  }
  const [source, destination] = [bytesToIp(packet.slice(8, 24)), bytesToIp(packet.slice(24, 40))];
  const message = packet.slice(IPV6_HEADER);
  return { data: message, message, path: { source, destination, hops: packet[7] ?? 0 }, family: 6 };
}

function sealOf(seal: (typeof recorded)[number]["seal"]): AdvertSeal {
  // The JSON module's type is the union of what the records have.
  return { ...seal, key: fromHex(seal.key) } as AdvertSeal;
}

const advertOf = (advert: object) => advert as VrrpAdvert; // the JSON module's type widens the version to number

describe.each(recorded)("$about", ({ packet, seal: written, advert }) => {
  const { data, message, path, family } = open(packet);
  const seal = sealOf(written);

  it("is made to the same bytes", () => {
    const made = buildPacket(advertOf(advert), path, seal.type);
    sealPacket(made, advertOf(advert), path, seal);
    const noise = (bytes: Uint8Array) => {
      const copy = bytes.slice();
      // The kernel writes the header's checksum, and the identification unless it is authentic.
      if (family === 4) copy.fill(0, 10, 12);
      if (family === 4 && seal.type !== "ah") copy.fill(0, 4, 6);
      return toHex(copy);
    };
    expect(noise(made)).toBe(noise(data));
  });

  it("can be sealed again and again in the same bytes", () => {
    const made = buildPacket(advertOf(advert), path, seal.type);
    sealPacket(made, advertOf(advert), path, seal);
    const once = toHex(made);
    const other: AdvertSeal =
      seal.type === "ah" ? { ...seal, sequence: 99 } : { ...seal, sequence: { seconds: 1, rest: 2 } };
    sealPacket(made, advertOf(advert), path, other);
    expect(toHex(made)).not.toBe(once);
    sealPacket(made, advertOf(advert), path, seal);
    expect(toHex(made)).toBe(once);
  });

  it("is read", () => {
    expect(decodeAdvert(message, { ...path, family })).toEqual(advert);
  });

  it("is authentic, and with any bit changed, or another key, is not", () => {
    const other = Uint8Array.from(seal.key ?? [], (byte) => byte ^ 1);
    if (seal.type === "ah") {
      const unicast = !isMulticast(path.destination);
      expect(isAuthentic(data, seal.key, unicast)).toBe(true);
      expect(isAuthentic(data, other, unicast)).toBe(false);
      expect(readAuthenticationHeader(data.subarray(20))).toMatchObject({ sequence: seal.sequence });
      for (let at = 12; at < data.length; at++) {
        const forged = data.slice();
        forged[at] = (forged[at] ?? 0) ^ 4;
        expect(isAuthentic(forged, seal.key, unicast), `byte ${at}`).toBe(false);
      }
      return;
    }
    const { version, virtualRouterId } = advertOf(advert);
    const binding = { family, version, virtualRouterId, source: path.source };
    const key = seal.key ?? new Uint8Array();
    expect(readTrailer(message)).toEqual({
      scheme: 1,
      keyId: seal.keyId,
      reserved: 0,
      sequence: seal.sequence,
    });
    expect(isSignedWith(message, key, binding)).toBe(true);
    expect(isSignedWith(message, other, binding)).toBe(false);
    expect(isSignedWith(message, key, { ...binding, virtualRouterId: 52 })).toBe(false);
    expect(isSignedWith(message, key, { ...binding, source: family === 4 ? "192.0.2.9" : "fe80::9" })).toBe(
      false,
    );
    for (let at = 0; at < message.length; at++) {
      if (at === 6 || at === 7) continue; // the checksum counts as zero
      const forged = message.slice();
      forged[at] = (forged[at] ?? 0) ^ 4;
      expect(isSignedWith(forged, key, binding), `byte ${at}`).toBe(false);
    }
  });
});

describe("checksums by other rules", () => {
  it.each(odd)("$about", ({ packet, advert }) => {
    const { data, message, path } = open(packet);
    const expected = advertOf(advert);
    expect(toHex(buildPacket(expected, path).subarray(20))).toBe(toHex(data.subarray(20)));
    const read = decodeAdvert(message, { ...path, family: 4 });
    if (!("error" in read) || read.odd === undefined) throw new Error("the checksum is no odd one");
    const { checksum = "packet", ...plain } = expected;
    expect(read).toMatchObject({ error: "checksum", virtualRouterId: 51 });
    expect(read.odd.advert).toEqual(plain);
    expect(followsRule(checksum, read.odd, path.source, path.destination)).toBe(true);
    expect(followsRule("packet", read.odd, path.source, path.destination)).toBe(false);
    expect(followsRule({ destination: "224.0.0.99" }, read.odd, path.source, path.destination)).toBe(false);
  });
});

describe("sequence numbers of trailers", () => {
  it("are seconds and a binary fraction of them", () => {
    expect(sequenceAt(1_500_000)).toEqual({ seconds: 1, rest: 0x8000_0000 });
    expect(sequenceAt(999_999)).toEqual({ seconds: 0, rest: 0xffff_0000 });
  });

  it("count on, over the halves and over the end", () => {
    expect(successor({ seconds: 1, rest: 5 })).toEqual({ seconds: 1, rest: 6 });
    expect(successor({ seconds: 1, rest: 0xffff_ffff })).toEqual({ seconds: 2, rest: 0 });
    expect(successor({ seconds: 0xffff_ffff, rest: 0xffff_ffff })).toEqual({ seconds: 0, rest: 0 });
  });

  it("come after each other across the wrap, and not after themselves", () => {
    const [last, first] = [
      { seconds: 0xffff_ffff, rest: 9 },
      { seconds: 0, rest: 1 },
    ];
    expect([comesAfter(first, last), comesAfter(last, first), comesAfter(first, first)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
