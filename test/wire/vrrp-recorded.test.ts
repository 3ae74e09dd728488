import { describe, expect, it } from "vitest";
import recorded from "../../fixtures/vrrp/keepalived-2.2.7.json";
import { bytesToIp } from "../../src/values/ip.ts";
import { decodeIpv4Packet } from "../../src/wire/ipv4.ts";
import { type AdvertPath, decodeAdvert, encodeAdvert, type VrrpAdvert } from "../../src/wire/vrrp.ts";

const IPV6_HEADER = 40;

/** The payload of a recorded packet, and where it came from and went to. */
function open(hex: string): { payload: Uint8Array; path: AdvertPath } {
  const packet = Uint8Array.from(Buffer.from(hex, "hex"));
  const ipv4 = decodeIpv4Packet(packet);
  if (ipv4) {
    const { source, destination, payload } = ipv4;
    return { payload, path: { source, destination, family: 4 } };
  }
  const [source, destination] = [bytesToIp(packet.slice(8, 24)), bytesToIp(packet.slice(24, 40))];
  return { payload: packet.slice(IPV6_HEADER), path: { source, destination, family: 6 } };
}

describe("adverts of keepalived 2.2.7", () => {
  it.each(recorded)("decodes: $about", ({ packet, advert }) => {
    const { payload, path } = open(packet);
    expect(decodeAdvert(payload, path)).toEqual(advert);
  });

  it.each(recorded)("encodes to the same bytes: $about", ({ packet, advert }) => {
    const { payload, path } = open(packet);
    // The JSON module's type widens the version to number.
    const encoded = encodeAdvert(advert as VrrpAdvert, path.source, path.destination);
    expect(Buffer.from(encoded).toString("hex")).toBe(Buffer.from(payload).toString("hex"));
  });
});
