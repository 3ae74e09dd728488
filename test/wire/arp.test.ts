import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToIp } from "../../src/values/ip.ts";
import { arpOfFrame, decodeArp, encodeArp, gratuitousArp } from "../../src/wire/arp.ts";
import { decodeEthernet, formatMac } from "../../src/wire/ethernet.ts";

const mac = fc.uint8Array({ minLength: 6, maxLength: 6 });
const address = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(bytesToIp);

describe("ARP", () => {
  it("survives the wire, padded or not", () => {
    const packet = fc.record({
      operation: fc.constantFrom(1, 2),
      senderMac: mac,
      senderAddress: address,
      targetMac: mac,
      targetAddress: address,
    });
    fc.assert(
      fc.property(packet, fc.nat({ max: 20 }), (original, padding) => {
        const padded = new Uint8Array([...encodeArp(original), ...new Array<number>(padding).fill(0)]);
        expect(decodeArp(padded)).toEqual(original);
      }),
    );
  });

  it("announces an address to everybody", () => {
    const frame = gratuitousArp(new Uint8Array([2, 0, 0, 0, 0, 1]), "192.0.2.100");
    expect(Buffer.from(frame).toString("hex")).toBe(
      "ffffffffffff" +
        "020000000001" +
        "0806" +
        "0001080006040001" +
        "020000000001c0000264" +
        "ffffffffffffc0000264",
    );
    expect(arpOfFrame(frame)).toMatchObject({ operation: 1, senderAddress: "192.0.2.100" });
    const ethernet = decodeEthernet(frame);
    expect(ethernet && formatMac(ethernet.source)).toBe("02:00:00:00:00:01");
  });

  it("is IPv4 over Ethernet or nothing", () => {
    expect(() => gratuitousArp(new Uint8Array(6), "2001:db8::1")).toThrow(RangeError);
    expect(decodeArp(new Uint8Array(28))).toBeUndefined();
    expect(arpOfFrame(new Uint8Array(13))).toBeUndefined();
  });
});
