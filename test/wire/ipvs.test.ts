import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToIp } from "../../src/values/ip.ts";
import { readDestination, readService, writeIpvsCommand } from "../../src/wire/ipvs.ts";
import type { IpvsDestination, IpvsService, IpvsServiceKey, IpvsTunnel } from "../../src/wire/ipvs-types.ts";
import { NetlinkWriter, readMessages } from "../../src/wire/netlink.ts";

function payloadOf(write: (writer: NetlinkWriter) => void): Uint8Array {
  const writer = new NetlinkWriter();
  writer.begin(30, 0, 1);
  write(writer);
  writer.end();
  return readMessages(writer.bytes)[0]?.payload ?? new Uint8Array();
}

const ipv4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(bytesToIp);
const ipv6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytesToIp);
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });

const key: fc.Arbitrary<IpvsServiceKey> = fc.oneof(
  fc.record({
    type: fc.constant("address" as const),
    protocol: fc.constantFrom(6, 17, 132),
    address: fc.oneof(ipv4, ipv6),
    port: u16,
  }),
  fc.record({
    type: fc.constant("fwmark" as const),
    family: fc.constantFrom(4 as const, 6 as const),
    fwmark: u32,
  }),
);

const service: fc.Arbitrary<IpvsService> = fc.record({
  key,
  scheduler: fc.constantFrom("rr", "wlc", "mh"),
  flags: fc.constantFrom(0, 1, 4, 0x18, 0x39),
  timeout: u32,
  netmask: u32,
  persistenceEngine: fc.constantFrom("", "sip"),
});

const plain = {
  address: fc.oneof(ipv4, ipv6),
  port: u16,
  weight: fc.integer({ min: 0, max: 65535 }),
  upperThreshold: u32,
  lowerThreshold: u32,
};

const tunnel: fc.Arbitrary<IpvsTunnel> = fc.oneof(
  fc.record({
    type: fc.constant("gue" as const),
    port: u16,
    checksum: fc.constantFrom("none" as const, "full" as const, "remote" as const),
  }),
  fc.record({
    type: fc.constant("gre" as const),
    checksum: fc.constantFrom("none" as const, "full" as const),
  }),
);

const destination: fc.Arbitrary<IpvsDestination> = fc.oneof(
  fc.record({ ...plain, forward: fc.constantFrom(0 as const, 2 as const, 3 as const) }),
  fc.record({ ...plain, forward: fc.constant(2 as const), tunnel }),
);

const NO_STATS = { connections: 0n, inPackets: 0n, outPackets: 0n, inBytes: 0n, outBytes: 0n };

describe("IPVS messages", () => {
  it("carry every part of a service", () => {
    fc.assert(
      fc.property(service, (original) => {
        const payload = payloadOf((writer) =>
          writeIpvsCommand(writer, { type: "add-service", service: original }),
        );
        expect(readService(payload)).toEqual({ ...original, stats: NO_STATS });
      }),
    );
  });

  it("carry every part of a destination, of either family under either", () => {
    fc.assert(
      fc.property(key, destination, (of, original) => {
        const payload = payloadOf((writer) =>
          writeIpvsCommand(writer, { type: "add-destination", key: of, destination: original }),
        );
        expect(readDestination(payload, of)).toEqual({
          ...original,
          activeConnections: 0,
          inactiveConnections: 0,
          persistentConnections: 0,
          stats: NO_STATS,
        });
      }),
    );
  });

  it("are laid out as linux/ip_vs.h says", () => {
    const payload = payloadOf((writer) =>
      writeIpvsCommand(writer, {
        type: "add-service",
        service: {
          key: { type: "address", protocol: 6, address: "192.0.2.1", port: 80 },
          scheduler: "rr",
          flags: 1,
          timeout: 50,
          netmask: 0xffffffff,
          persistenceEngine: "",
        },
      }),
    );
    const expected =
      "01010000" + // NEW_SERVICE, version 1
      "54000180" + // service, nested
      "0600010002000000" + // AF_INET
      "0600020006000000" + // TCP
      "14000300c0000201000000000000000000000000" +
      "0600040000500000" + // port 80, network order
      "0700060072720000" + // "rr"
      "0c00070001000000ffffffff" + // persistent, mask
      "0800080032000000" +
      "08000900ffffffff";
    expect(Buffer.from(payload).toString("hex")).toBe(expected);
  });

  it("prefer 64-bit counters and fall back to the older ones", () => {
    const counters = (connections: bigint, width: 4 | 8) =>
      payloadOf((writer) => {
        writer.fixed(new Uint8Array([5, 1, 0, 0]));
        writer.nested(2, () => {
          writer.attribute(1, new Uint8Array([192, 0, 2, 9, ...new Array(12).fill(0)]));
          writer.nested(width === 8 ? 12 : 10, () => {
            const value = new Uint8Array(width);
            new DataView(value.buffer).setUint32(0, Number(connections), true);
            writer.attribute(1, value);
          });
        });
      });
    const fwmark: IpvsServiceKey = { type: "fwmark", family: 4, fwmark: 1 };
    for (const width of [4, 8] as const) {
      expect(readDestination(counters(7n, width), fwmark)).toMatchObject({
        address: "192.0.2.9",
        stats: { connections: 7n, inBytes: 0n },
      });
    }
  });

  it("that are malformed read as nothing", () => {
    expect(readService(new Uint8Array([1, 1, 0, 0]))).toBeUndefined();
    expect(
      readDestination(new Uint8Array([5, 1, 0, 0]), { type: "fwmark", family: 6, fwmark: 1 }),
    ).toBeUndefined();
  });
});
