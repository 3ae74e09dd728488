import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { internetChecksum } from "../../src/wire/checksum.ts";
import { decodeIpv4Packet } from "../../src/wire/ipv4.ts";

/** Version 4, header of `words` words, TTL 255, protocol 112, 10.9.0.1 to 224.0.0.18, then the payload. */
function packet(words: number, payload: readonly number[], length = words * 4 + payload.length): Uint8Array {
  const header = [
    0x40 | words,
    0,
    length >> 8,
    length & 0xff,
    0,
    1,
    0,
    0,
    255,
    112,
    0,
    0,
    10,
    9,
    0,
    1,
    224,
    0,
    0,
    18,
  ];
  const options = new Array<number>(Math.max(0, words * 4 - 20)).fill(1);
  return Uint8Array.from([...header, ...options, ...payload]);
}

describe("decodeIpv4Packet", () => {
  it("reads the header and leaves the payload", () => {
    expect(decodeIpv4Packet(packet(5, [1, 2, 3]))).toEqual({
      source: "10.9.0.1",
      destination: "224.0.0.18",
      ttl: 255,
      protocol: 112,
      payload: Uint8Array.of(1, 2, 3),
    });
  });

  it("skips options, and what stands behind the packet's length", () => {
    expect(decodeIpv4Packet(packet(7, [1, 2, 3], 30))?.payload).toEqual(Uint8Array.of(1, 2));
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["less than a header", packet(5, []).slice(0, 19)],
    ["IPv6", Uint8Array.from([0x60, ...new Array<number>(39).fill(0)])],
    ["a header length below 5 words", packet(4, [])],
    ["options that are not there", packet(15, []).slice(0, 24)],
    ["a length below its header's", packet(5, [1], 19)],
    ["a length beyond the buffer", packet(5, [1], 22)],
  ])("refuses %s", (_, bytes) => {
    expect(decodeIpv4Packet(bytes)).toBeUndefined();
  });
});

describe("internetChecksum", () => {
  it("gives the sum of RFC 1071 §3", () => {
    expect(internetChecksum(Uint8Array.of(0, 1, 0xf2, 3, 0xf4, 0xf5, 0xf6, 0xf7))).toBe(~0xddf2 & 0xffff);
  });

  it("pads an odd byte with zero", () => {
    expect(internetChecksum(Uint8Array.of(1, 2, 3))).toBe(internetChecksum(Uint8Array.of(1, 2, 3, 0)));
  });

  it("verifies to 0 with the checksum in place", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const sum = internetChecksum(Uint8Array.of(0, 0, ...bytes));
        expect(internetChecksum(Uint8Array.of(sum >> 8, sum & 0xff, ...bytes))).toBe(0);
      }),
    );
  });
});
