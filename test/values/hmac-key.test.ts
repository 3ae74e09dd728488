import { describe, expect, it } from "vitest";
import { hasKeyLength, keyOfFile, keyOfText } from "../../src/values/hmac-key.ts";

const TEXT = "abcdefghijklmnopqrstuvwxyz012345";
const HEX = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const lengthOf = (text: string): number | undefined => keyOfFile(new TextEncoder().encode(text))?.length;

/** What keepalived 2.4.3 was seen to make of each. */
describe("a key of auth_hmac", () => {
  it("is a text, or digits behind hex:", () => {
    expect(keyOfText(TEXT)).toEqual(new TextEncoder().encode(TEXT));
    expect(keyOfText(`hex:${HEX}`)).toEqual(Uint8Array.from({ length: 32 }, (_, index) => index));
    expect(keyOfText("hex:0001zz")).toBeUndefined();
    expect(keyOfText("hex:000")).toBeUndefined();
    expect([31, 32, 64, 65].map(hasKeyLength)).toEqual([false, true, true, false]);
  });

  it("of a file ends before white space and NUL", () => {
    expect(lengthOf(`${TEXT}\n`)).toBe(32);
    expect(lengthOf(`${TEXT}  \r\n\n`)).toBe(32);
    expect(lengthOf(`  ${TEXT}`)).toBe(34);
    expect(lengthOf(`${TEXT}\nmore\n`)).toBe(37);
    expect(lengthOf(`${TEXT.slice(0, 15)}\0${TEXT}`)).toBe(15);
    expect(lengthOf("\0".repeat(32))).toBe(0);
    expect(lengthOf("")).toBe(0);
    expect(keyOfFile(Uint8Array.from({ length: 32 }, () => 0xe9))).toEqual(new Uint8Array(32).fill(0xe9));
  });

  it("of a file may be digits with white space among them", () => {
    expect(lengthOf(`hex:${HEX}\n`)).toBe(32);
    expect(lengthOf(`hex:${HEX.replace(/../g, "$& ")}`)).toBe(32);
    expect(lengthOf(`HEX:${HEX}`)).toBe(68);
    expect(lengthOf("hex:0001020304zz")).toBeUndefined();
  });

  it("is none in a file that is too large", () => {
    expect(lengthOf("a".repeat(138))).toBe(138);
    expect(lengthOf("a".repeat(139))).toBeUndefined();
    expect(lengthOf(TEXT.padEnd(200))).toBeUndefined();
  });
});
