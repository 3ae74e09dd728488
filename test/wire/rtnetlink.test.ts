import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToIp } from "../../src/values/ip.ts";
import { NetlinkWriter, readMessages } from "../../src/wire/netlink.ts";
import { type AddressMessage, readAddress, writeAddress } from "../../src/wire/rtnetlink-address.ts";
import { readLink } from "../../src/wire/rtnetlink-link.ts";
import { type NewLink, writeNewLink } from "../../src/wire/rtnetlink-link-change.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));

function payloadOf(write: (writer: NetlinkWriter) => void): Uint8Array {
  const writer = new NetlinkWriter();
  writer.begin(20, 0, 1);
  write(writer);
  writer.end();
  return readMessages(writer.bytes)[0]?.payload ?? new Uint8Array();
}

const ipv4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(bytesToIp);
const ipv6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytesToIp);
const common = {
  ifindex: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  scope: fc.constantFrom(0, 253, 254),
  protocol: fc.constantFrom(18, 255),
  flags: fc.constantFrom(0x10, 0x100, 0x200, 0x400, 0x710),
  preferredLifetime: fc.integer({ min: 0, max: 2 ** 32 - 2 }),
};

describe("addresses", () => {
  it("survive the wire, every part of them", () => {
    const address = fc.oneof(
      fc.record(
        {
          ...common,
          address: ipv4,
          prefixLength: fc.integer({ min: 0, max: 32 }),
          peer: ipv4,
          broadcast: ipv4,
          label: fc.stringMatching(/^[a-z0-9.:]{1,15}$/),
        },
        { requiredKeys: ["ifindex", "scope", "address", "prefixLength"] },
      ),
      fc.record(
        { ...common, address: ipv6, prefixLength: fc.integer({ min: 0, max: 128 }), peer: ipv6 },
        { requiredKeys: ["ifindex", "scope", "address", "prefixLength"] },
      ),
    );
    fc.assert(
      fc.property(address, (original) => {
        fc.pre(original.peer !== original.address);
        expect(readAddress(payloadOf((writer) => writeAddress(writer, original)))).toEqual(original);
      }),
    );
  });

  it("take the prefix address when the kernel sends no local one (IPv6 without a peer)", () => {
    const message = bytes(
      "0a 40 80 fd 02000000  1400 0100 fe80000000000000 0000000000000001  0800 0800 80000000",
    );
    expect(readAddress(message)).toEqual({ ifindex: 2, address: "fe80::1", prefixLength: 64, scope: 253 });
  });

  it("are those of IPv4 and IPv6 only", () => {
    expect(readAddress(bytes("07 18 00 00 02000000"))).toBeUndefined();
    expect(readAddress(bytes("02 18"))).toBeUndefined();
  });

  it("that are none are refused before anything is sent", () => {
    const wrong: AddressMessage = { ifindex: 1, address: "192.0.2", prefixLength: 24, scope: 0 };
    expect(() => payloadOf((writer) => writeAddress(writer, wrong))).toThrow(RangeError);
  });
});

describe("links", () => {
  const header = (family: string, flags: string) => `${family} 00 0100 05000000 ${flags} 00000000`;
  const attributes = "0900 0300 65746830 00000000  0800 0400 dc050000  0a00 0100 020000000001 0000";

  it("run when they are up and have carrier", () => {
    const of = (flags: string) => readLink(bytes(header("00", flags) + attributes));
    expect(of("43100100")).toEqual({
      index: 5,
      name: "eth0",
      running: true,
      mac: bytes("020000000001"),
      mtu: 1500,
      loopback: false,
      group: 0,
    });
    expect(of("03100100")?.running).toBe(false); // up, no carrier
    expect(of("42100100")?.running).toBe(false); // carrier, down
    expect(of("49000000")?.loopback).toBe(true);
  });

  it("tell what they are on top of, and whose they are", () => {
    const more =
      "0800 0500 03000000  0800 0a00 04000000  0800 1b00 07000000  1000 1200 0c00 0100 6d616376 6c616e00";
    const link = readLink(bytes(header("00", "43100100") + attributes + more));
    expect(link).toMatchObject({ base: 3, master: 4, group: 7, kind: "macvlan" });
    const elsewhere = `${more} 0800 2500 00000000`; // the base is in another namespace
    expect(readLink(bytes(header("00", "43100100") + attributes + elsewhere))?.base).toBeUndefined();
  });

  it("are made as a macvlan in private mode or an ipvlan in mode L2", () => {
    const made = (link: NewLink) => readLink(payloadOf((writer) => writeNewLink(writer, link)));
    const mac = bytes("00005e000133");
    expect(made({ name: "vrrp.51", kind: "macvlan", base: 3, mac, group: 2 })).toMatchObject({
      name: "vrrp.51",
      mac,
      base: 3,
      group: 2,
      kind: "macvlan",
    });
    expect(made({ name: "iv", kind: "ipvlan", base: 3, flag: "vepa" })).toMatchObject({ kind: "ipvlan" });
  });

  it("are not what a bridge says about its ports", () => {
    expect(readLink(bytes(header("07", "43100100") + attributes))).toBeUndefined();
  });
});
