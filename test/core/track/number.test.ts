import { describe, expect, it } from "vitest";
import { numberOfText } from "../../../src/core/track/number.ts";

describe("numberOfText", () => {
  // Written to a track file of keepalived 2.4.3, one after the other.
  it.each([
    ["5\n", 5],
    ["-20", -20],
    ["+7\n", 7],
    [" 4 xyz", 4],
    ["abc", 0],
    ["", 0],
    ["0x10", 16],
    ["010", 8],
    ["08", 0],
    ["2147483647", 2_147_483_647],
    ["-2147483648", -2_147_483_648],
  ])("%j is %i", (text, expected) => {
    expect(numberOfText(text)).toBe(expected);
  });

  it.each(["99999999999999", "2147483648", "-2147483649", "0xffffffff"])("%j is none", (text) => {
    expect(numberOfText(text)).toBeUndefined();
  });
});
