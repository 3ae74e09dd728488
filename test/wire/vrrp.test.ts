import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToIp } from "../../src/values/ip.ts";
import { addWords, foldChecksum } from "../../src/wire/checksum.ts";
import {
  type AdvertPath,
  decodeAdvert,
  encodeAdvert,
  simplePassword,
  type VrrpAdvert,
} from "../../src/wire/vrrp.ts";

const V4: AdvertPath = { source: "10.9.0.1", destination: "224.0.0.18", family: 4 };
const V6: AdvertPath = { source: "fe80::1", destination: "ff02::12", family: 6 };
const PASS: VrrpAdvert = {
  version: 2,
  virtualRouterId: 51,
  priority: 100,
  interval: 1_000_000,
  addresses: ["10.9.0.100"],
  authType: 1,
  password: "s3cret",
};
const V3: VrrpAdvert = {
  version: 3,
  virtualRouterId: 52,
  priority: 150,
  interval: 10_000,
  addresses: ["10.9.0.100", "10.9.0.101"],
};

const encode = (advert: VrrpAdvert, path = V4) => encodeAdvert(advert, path.source, path.destination);

/** The bytes of `advert` with some changed; the checksum is put right again unless it is itself changed. */
function tampered(advert: VrrpAdvert, changes: Record<number, number>, path = V4): Uint8Array {
  const bytes = encode(advert, path);
  for (const [at, value] of Object.entries(changes)) bytes[Number(at)] = value;
  if (6 in changes) return bytes;
  bytes.fill(0, 6, 8);
  const pseudo = encode({ ...V3, addresses: [], version: 3 }, path);
  // Version 3's pseudo-header sum, worked out from a message whose own sum is known.
  const own = addWords(0, pseudo);
  const header = advert.version === 2 ? 0 : 0xffff * 4 - own + (bytes.length - pseudo.length);
  const sum = foldChecksum(addWords(header, bytes));
  bytes[6] = sum >> 8;
  bytes[7] = sum & 0xff;
  return bytes;
}

describe("decodeAdvert refuses", () => {
  it.each([
    ["nothing at all", new Uint8Array(), "length", "vrrp packet too short, length 20 and expect 28"],
    ["half a header", encode(PASS).slice(0, 7), "length", "vrrp packet too short, length 27 and expect 28"],
    [
      "v2 without its authentication data",
      encode(PASS).slice(0, 12),
      "length",
      "vrrp packet too short, length 32 and expect 40",
    ],
    [
      "more addresses than there are bytes",
      tampered(PASS, { 3: 2 }),
      "length",
      "vrrp packet too short, length 40 and expect 44",
    ],
    [
      "a count of 255",
      tampered(V3, { 3: 255 }),
      "length",
      "vrrp packet too short, length 36 and expect 1048",
    ],
    ["version 1", tampered(PASS, { 0: 0x11 }), "version", "wrong version. Received 1 and expect 2 or 3"],
    ["version 4", tampered(V3, { 0: 0x41 }), "version", "wrong version. Received 4 and expect 2 or 3"],
    ["type 2", tampered(PASS, { 0: 0x22 }), "type", "Invalid packet type. 2 and expect 1"],
    ["a v2 checksum that is wrong", tampered(PASS, { 6: 0x77 }), "checksum", "Invalid VRRPv2 checksum"],
    ["a v3 checksum that is wrong", tampered(V3, { 6: 0x77 }), "checksum", "Invalid VRRPv3 checksum"],
    ["authentication type 3", tampered(PASS, { 4: 3 }), "auth-type", "Invalid auth type: 3"],
    ["a v3 interval of 0", encode({ ...V3, interval: 0 }), "interval", "advertisement interval of 0"],
  ])("%s", (_, payload, error, detail) => {
    expect(decodeAdvert(payload, V4)).toMatchObject({ error, detail });
  });

  it("version 2 over IPv6", () => {
    const payload = tampered({ ...V3, addresses: ["fe80::100"] }, { 0: 0x21 }, V6);
    expect(decodeAdvert(payload, V6)).toMatchObject({ error: "version", virtualRouterId: 52 });
  });

  it("a v3 advert whose path is another: the checksum covers the addresses", () => {
    expect(decodeAdvert(encode(V3), { ...V4, source: "10.9.0.2" })).toMatchObject({ error: "checksum" });
  });

  it("and says whose it was as soon as that can be read", () => {
    expect(decodeAdvert(Uint8Array.of(0x21, 51), V4)).toMatchObject({ virtualRouterId: 51 });
    expect(decodeAdvert(Uint8Array.of(0x21), V4)).not.toHaveProperty("virtualRouterId");
  });
});

describe("decodeAdvert takes", () => {
  it("AH as authentication type: the instance decides", () => {
    expect(decodeAdvert(tampered(PASS, { 4: 2 }), V4)).toMatchObject({ authType: 2 });
  });

  it("reserved bits of version 3", () => {
    expect(decodeAdvert(tampered(V3, { 4: 0xf0 }), V4)).toEqual(V3);
  });

  it("no addresses", () => {
    expect(decodeAdvert(encode({ ...V3, addresses: [] }), V4)).toEqual({ ...V3, addresses: [] });
  });
});

describe("encodeAdvert", () => {
  it("refuses what no message can carry", () => {
    expect(() => encode({ ...PASS, addresses: ["fe80::1"] })).toThrow(RangeError);
    expect(() => encode(PASS, V6)).toThrow(RangeError);
    expect(() => encode({ ...PASS, addresses: new Array<string>(256).fill("10.0.0.1") })).toThrow(RangeError);
  });

  it("caps intervals at what fits", () => {
    expect(decodeAdvert(encode({ ...V3, interval: 255_000_000 }), V4)).toMatchObject({
      interval: 40_950_000,
    });
  });

  it("puts the first 8 bytes of a password's UTF-8 on the wire", () => {
    expect(simplePassword("geheim")).toBe("geheim");
    expect(simplePassword("123456789")).toBe("12345678");
    expect(simplePassword("schlüssel")).toBe("schl\u00c3\u00bcss");
    const advert = { ...PASS, password: simplePassword("schlüssel") };
    expect(decodeAdvert(encode(advert), V4)).toEqual(advert);
  });
});

const ipv4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(bytesToIp);
const ipv6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytesToIp);
const octet = fc.integer({ min: 0, max: 255 });
const v2 = fc.record({
  version: fc.constant(2 as const),
  virtualRouterId: octet,
  priority: octet,
  interval: octet.map((seconds) => seconds * 1_000_000),
  addresses: fc.array(ipv4, { maxLength: 20 }),
  authType: fc.constant(1),
  password: fc.string({ maxLength: 8, unit: "grapheme-ascii" }),
});
const v3 = (address: fc.Arbitrary<string>) =>
  fc.record({
    version: fc.constant(3 as const),
    virtualRouterId: octet,
    priority: octet,
    interval: fc.integer({ min: 1, max: 4095 }).map((centiseconds) => centiseconds * 10_000),
    addresses: fc.array(address, { maxLength: 20 }),
  });

describe("properties", () => {
  it("what is encoded decodes to the same", () => {
    const survives = (path: AdvertPath) => (advert: VrrpAdvert) => {
      expect(decodeAdvert(encode(advert, path), path)).toEqual(advert);
    };
    fc.assert(fc.property(fc.oneof(v2, v3(ipv4)), survives(V4)));
    fc.assert(fc.property(v3(ipv6), survives(V6)));
  });

  it("any payload at all is an advert or an error", () => {
    const payload = fc.uint8Array({ maxLength: 80 });
    fc.assert(
      fc.property(payload, fc.constantFrom(V4, V6), (bytes, path) => {
        const decoded = decodeAdvert(bytes, path);
        expect("error" in decoded || decoded.addresses.length === bytes[3]).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("one flipped bit never passes the checksum", () => {
    fc.assert(
      fc.property(fc.oneof(v2, v3(ipv4)), fc.nat(), (advert, bit) => {
        const bytes = encode(advert);
        const at = (bit >> 3) % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
        expect(decodeAdvert(bytes, V4)).toHaveProperty("error");
      }),
    );
  });
});
