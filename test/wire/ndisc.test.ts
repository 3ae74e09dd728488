import { describe, expect, it } from "vitest";
import { unsolicitedNeighbourAdvert } from "../../src/wire/ndisc.ts";

const MAC = new Uint8Array([0x82, 0xe1, 0xa9, 0xb8, 0x7a, 0xac]);

describe("unsolicitedNeighbourAdvert", () => {
  it("is what keepalived 2.2.7 sent for the same address", () => {
    expect(Buffer.from(unsolicitedNeighbourAdvert(MAC, "fd01::51", false)).toString("hex")).toBe(
      "33330000000182e1a9b87aac86dd6000" +
        "000000203afffd010000000000000000" +
        "000000000051ff020000000000000000" +
        "0000000000018800b4b320000000fd01" +
        "00000000000000000000000000510201" +
        "82e1a9b87aac",
    );
  });

  it("carries the Router flag of one that forwards, and the checksum with it", () => {
    const frame = unsolicitedNeighbourAdvert(MAC, "fd01::51", true);
    expect(frame[14 + 40 + 4]).toBe(0xa0);
    expect(Buffer.from(frame.subarray(56, 58)).toString("hex")).toBe("34b3");
  });

  it("refuses what cannot stand in one", () => {
    expect(() => unsolicitedNeighbourAdvert(MAC, "192.0.2.1", false)).toThrow(RangeError);
    expect(() => unsolicitedNeighbourAdvert(MAC.subarray(1), "fd01::51", false)).toThrow(RangeError);
  });
});
