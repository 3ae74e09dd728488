import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ERRNO, errnoName } from "../../src/wire/errno.ts";
import { readFamily, writeGetFamily } from "../../src/wire/genetlink.ts";
import {
  attributeBigint,
  attributeNumber,
  attributeText,
  NetlinkWriter,
  readAttributes,
  readErrno,
  readMessages,
} from "../../src/wire/netlink.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytes = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));

describe("netlink framing", () => {
  it("writes what the kernel documents: header, fixed part, padded attributes", () => {
    const writer = new NetlinkWriter();
    writer.begin(0x10, 0x305, 7);
    writeGetFamily(writer, "IPVS");
    writer.end();
    expect(hex(writer.bytes)).toBe(
      hex(bytes("20000000 1000 0503 07000000 00000000  03 01 0000  0900 0200 49505653 00 000000")),
    );
  });

  it("reads back any sequence of messages with any attributes", () => {
    const attribute = fc.tuple(fc.integer({ min: 1, max: 200 }), fc.uint8Array({ maxLength: 40 }));
    const message = fc.record({
      type: fc.integer({ min: 16, max: 60000 }),
      flags: fc.integer({ min: 0, max: 0xffff }),
      sequence: fc.integer({ min: 0, max: 0xffffffff }),
      attributes: fc.uniqueArray(attribute, { selector: ([type]) => type, maxLength: 8 }),
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 40 }), (messages) => {
        const writer = new NetlinkWriter();
        for (const { type, flags, sequence, attributes } of messages) {
          writer.begin(type, flags, sequence);
          for (const [kind, value] of attributes) writer.attribute(kind, value);
          writer.end();
        }
        const read = readMessages(writer.bytes).map(({ payload, ...header }) => ({
          ...header,
          attributes: [...readAttributes(payload)].map(([kind, value]) => [kind, Uint8Array.from(value)]),
        }));
        expect(read).toEqual(messages);
      }),
    );
  });

  it("grows in the middle of whatever it is writing", () => {
    const writes: ((writer: NetlinkWriter) => void)[] = [
      (writer) => writer.fixed(new Uint8Array([1, 2, 3, 4])),
      (writer) => writer.u8(1, 0xaa),
      (writer) => writer.u16(2, 0xbbbb),
      (writer) => writer.u16be(3, 0xcccc),
      (writer) => writer.u32(4, 0xdddddddd),
      (writer) => writer.u32be(5, 0xeeeeeeee),
      (writer) => writer.text(6, "text"),
      (writer) => writer.attribute(7, new Uint8Array([9])),
      (writer) => writer.nested(8, () => writer.u8(1, 5)),
    ];
    for (const write of writes) {
      const body = (writer: NetlinkWriter, filler: number) => {
        writer.begin(16, 0, 1);
        writer.fixed(new Uint8Array(filler));
        write(writer);
        writer.end();
        return hex(readMessages(writer.bytes)[0]?.payload.subarray(filler) ?? new Uint8Array());
      };
      const expected = body(new NetlinkWriter(), 0);
      for (let filler = 960; filler <= 1024; filler += 4)
        expect(body(new NetlinkWriter(), filler)).toBe(expected);
    }
  });

  it("pads with zeros when a writer is used again", () => {
    const writer = new NetlinkWriter();
    writer.begin(16, 0, 1);
    writer.attribute(1, new Uint8Array(64).fill(0xff));
    writer.end();
    writer.reset();
    writer.begin(16, 0, 1);
    writer.u8(1, 5);
    writer.end();
    expect(hex(writer.bytes)).toBe(hex(bytes("18000000 1000 0000 01000000 00000000 0500 0100 05 000000")));
  });

  it("nests, and carries numbers in both byte orders", () => {
    const writer = new NetlinkWriter();
    writer.begin(16, 0, 1);
    writer.nested(3, () => {
      writer.u16(1, 0x0102);
      writer.u16be(2, 0x0102);
      writer.u32(4, 0xfffffffe);
      writer.u32be(5, 0xffffff00);
      writer.text(6, "wlc");
    });
    writer.u8(7, 9);
    writer.end();
    const outer = readAttributes(readMessages(writer.bytes)[0]?.payload ?? new Uint8Array());
    expect([...outer.keys()]).toEqual([3, 7]);
    const inner = readAttributes(outer.get(3) ?? new Uint8Array());
    expect(attributeNumber(inner.get(1))).toBe(0x0102);
    expect(inner.get(2)).toEqual(new Uint8Array([1, 2]));
    expect(attributeNumber(inner.get(4))).toBe(0xfffffffe);
    expect(attributeBigint(inner.get(4))).toBe(0xfffffffen);
    expect(inner.get(5)).toEqual(new Uint8Array([255, 255, 255, 0]));
    expect(attributeText(inner.get(6))).toBe("wlc");
  });

  it("never reads past the end, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        for (const { payload } of readMessages(noise)) {
          for (const value of readAttributes(payload).values()) {
            expect(value.byteOffset + value.length).toBeLessThanOrEqual(noise.byteOffset + noise.length);
          }
        }
      }),
    );
  });

  it("reads errors as positive errno", () => {
    expect(readErrno(bytes("efffffff"))).toBe(ERRNO.EEXIST);
    expect(readErrno(bytes("00000000"))).toBe(0);
  });

  it("reads the id of a family", () => {
    expect(readFamily(bytes("01020000 0900 0200 49505653 00000000 0600 0100 1e00 0000"))).toEqual({
      name: "IPVS",
      id: 30,
    });
    expect(readFamily(bytes("01020000"))).toBeUndefined();
  });
});

describe("errno names", () => {
  it("are Linux's", () => {
    for (const [name, number] of Object.entries(ERRNO)) expect(errnoName(number)).toBe(name);
    expect(errnoName(133)).toBe("EHWPOISON");
    expect(errnoName(524)).toBe("E524");
  });
});
