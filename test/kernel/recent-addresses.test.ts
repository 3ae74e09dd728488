import { describe, expect, it } from "vitest";
import { RecentAddresses } from "../../src/kernel/linux/recent-addresses.ts";

describe("recent addresses", () => {
  it("are read where they stand, of either family, also when many come in turns", () => {
    const recent = new RecentAddresses();
    for (let round = 0; round < 3; round++) {
      for (let last = 0; last < 20; last++) {
        const packet = new Uint8Array(20);
        packet.set([10, 0, 0, last], 2);
        expect(recent.text(packet, 2, 4)).toBe(`10.0.0.${last}`);
      }
    }
    const packet = new Uint8Array(20);
    packet.set([0xfe, 0x80], 4);
    packet[19] = 7;
    expect(recent.text(packet, 4, 16)).toBe("fe80::7");
    expect(recent.text(packet, 4, 4)).toBe("254.128.0.0");
    packet[19] = 8;
    expect(recent.text(packet, 4, 16)).toBe("fe80::8");
  });
});
