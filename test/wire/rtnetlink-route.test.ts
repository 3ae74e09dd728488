import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToIp } from "../../src/values/ip.ts";
import { NetlinkWriter, readMessages } from "../../src/wire/netlink.ts";
import type { Encapsulation } from "../../src/wire/rtnetlink-encap.ts";
import { type RouteMessage, readRoute, writeRoute } from "../../src/wire/rtnetlink-route.ts";
import { type RuleMessage, readRule, writeRule } from "../../src/wire/rtnetlink-rule.ts";

function payloadOf(write: (writer: NetlinkWriter) => void): Uint8Array {
  const writer = new NetlinkWriter();
  writer.begin(24, 0, 1);
  write(writer);
  writer.end();
  return readMessages(writer.bytes)[0]?.payload ?? new Uint8Array();
}

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const byte = fc.integer({ min: 1, max: 255 });
const ipv4 = fc
  .uint8Array({ minLength: 4, maxLength: 4 })
  .map((one) => bytesToIp(one.map((part) => part | 1)));
const ipv6 = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((one) => bytesToIp(one.map((part) => part | 1)));
const u64 = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n });

const encap: fc.Arbitrary<Encapsulation> = fc.oneof(
  fc.record(
    {
      type: fc.constant("ip" as const),
      id: u64,
      dst: ipv4,
      src: ipv4,
      tos: byte,
      ttl: byte,
      flags: fc.integer({ min: 1, max: 65_535 }),
    },
    { requiredKeys: ["type"] },
  ),
  fc.record(
    { type: fc.constant("ip6" as const), id: u64, dst: ipv6, src: ipv6, tos: byte, ttl: byte },
    { requiredKeys: ["type"] },
  ),
  fc.record(
    {
      type: fc.constant("mpls" as const),
      labels: fc.array(fc.integer({ min: 0, max: 2 ** 20 - 1 }), { minLength: 1, maxLength: 4 }),
      ttl: byte,
    },
    { requiredKeys: ["type", "labels"] },
  ),
  fc.record({ type: fc.constant("ila" as const), locator: u64 }),
  fc.record({
    type: fc.constant("seg6" as const),
    mode: fc.constantFrom("inline" as const, "encap" as const),
    segments: fc.array(ipv6, { minLength: 1, maxLength: 4 }),
  }),
);

const metrics = fc
  .record(
    {
      mtu: u32,
      window: u32,
      rtt: u32,
      rttvar: u32,
      ssthresh: u32,
      cwnd: u32,
      advmss: u32,
      reordering: u32,
      hoplimit: u32,
      initcwnd: u32,
      features: u32,
      rtoMin: u32,
      initrwnd: u32,
      quickack: u32,
      fastopenNoCookie: u32,
      congctl: fc.stringMatching(/^[a-z]{1,15}$/),
      locked: fc.constantFrom(["mtu"] as const, ["cwnd", "congctl"] as const, ["congctl"] as const),
    },
    { requiredKeys: [] },
  )
  .filter((one) => Object.keys(one).length > 0);

const hop = (address: fc.Arbitrary<string>) =>
  fc.record(
    {
      ifindex: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      gateway: address,
      onlink: fc.constant(true as const),
      encap,
      realms: u32,
    },
    { requiredKeys: ["ifindex"] },
  );
const weighted = (address: fc.Arbitrary<string>) =>
  fc
    .tuple(hop(address), fc.integer({ min: 1, max: 256 }))
    .map(([one, weight]) => (weight === 1 ? one : { ...one, weight }));

function route(family: 4 | 6, address: fc.Arbitrary<string>): fc.Arbitrary<RouteMessage> {
  return fc.record(
    {
      family: fc.constant(family),
      type: fc.constantFrom("unicast" as const, "blackhole" as const, "throw" as const, "local" as const),
      destination: address,
      prefixLength: fc.integer({ min: 1, max: family === 4 ? 32 : 128 }),
      from: fc.record({ address, prefixLength: byte }),
      tos: fc.integer({ min: 0, max: 255 }),
      table: u32,
      protocol: byte,
      scope: fc.constantFrom(0, 200, 253, 254),
      metric: u32,
      source: address,
      metrics,
      nexthops: fc.oneof(
        fc.constant([]),
        hop(address).map((one) => [one]),
        // IPv4 may go through a gateway of the other family.
        hop(family === 4 ? ipv6 : address).map((one) => [one]),
        fc.array(weighted(address), { minLength: 2, maxLength: 5 }),
      ),
      preference: fc.constantFrom(1, 3),
      ttlPropagate: fc.boolean(),
    },
    {
      requiredKeys: [
        ...(["family", "type", "destination", "prefixLength", "tos", "table"] as const),
        ...(["protocol", "scope", "metric", "nexthops"] as const),
      ],
    },
  );
}

describe("routes", () => {
  it.each([
    [4, route(4, ipv4)],
    [6, route(6, ipv6)],
  ] as const)("of IPv%i survive the wire, every part of them", (_family, routes) => {
    fc.assert(
      fc.property(routes, (original) => {
        expect(readRoute(payloadOf((writer) => writeRoute(writer, original)))).toEqual(original);
      }),
    );
  });

  it("are none of the routing cache, and of IPv4 and IPv6 only", () => {
    const cached = new Uint8Array(12);
    cached[0] = 2;
    cached[9] = 2; // RTM_F_CLONED
    expect(readRoute(cached)).toBeUndefined();
    expect(readRoute(new Uint8Array([7, ...new Array(11).fill(0)]))).toBeUndefined();
    expect(readRoute(new Uint8Array(4))).toBeUndefined();
  });

  it("without a destination are default routes", () => {
    const written: RouteMessage = {
      family: 6,
      type: "unicast",
      destination: "::",
      prefixLength: 0,
      tos: 0,
      table: 254,
      protocol: 18,
      scope: 0,
      metric: 1024,
      nexthops: [{ ifindex: 3 }],
    };
    expect(readRoute(payloadOf((writer) => writeRoute(writer, written)))).toEqual(written);
  });

  it("cut off anywhere are read without an error", () => {
    fc.assert(
      fc.property(route(4, ipv4), fc.nat(), (original, cut) => {
        const payload = payloadOf((writer) => writeRoute(writer, original));
        readRoute(payload.subarray(0, cut % payload.length));
      }),
    );
  });
});

function rule(family: 4 | 6, address: fc.Arbitrary<string>): fc.Arbitrary<RuleMessage> {
  const prefix = fc.record({ address, prefixLength: fc.integer({ min: 1, max: family === 4 ? 32 : 128 }) });
  const port = fc.integer({ min: 0, max: 65_535 });
  const name = fc.stringMatching(/^[a-z0-9.]{1,15}$/);
  return fc.record(
    {
      family: fc.constant(family),
      priority: u32,
      action: fc.constantFrom("table" as const, "goto" as const, "nop" as const, "prohibit" as const),
      table: u32,
      goto: u32,
      not: fc.constant(true as const),
      from: prefix,
      to: prefix,
      tos: fc.integer({ min: 0, max: 255 }),
      iif: name,
      oif: name,
      fwmark: u32,
      fwmask: fc.integer({ min: 0, max: 2 ** 32 - 2 }),
      l3mdev: fc.constant(true as const),
      uidRange: fc.tuple(u32, u32),
      ipProtocol: byte,
      sourcePorts: fc.tuple(port, port),
      destinationPorts: fc.tuple(port, port),
      realms: u32,
      suppressPrefixLength: fc.integer({ min: 0, max: 128 }),
      suppressInterfaceGroup: fc.integer({ min: 0, max: 2 ** 32 - 2 }),
      tunnelId: u64,
      protocol: fc.integer({ min: 0, max: 255 }),
    },
    { requiredKeys: ["family", "priority", "action", "table", "tos", "protocol"] },
  );
}

describe("rules", () => {
  it.each([
    [4, rule(4, ipv4)],
    [6, rule(6, ipv6)],
  ] as const)("of IPv%i survive the wire, every part of them", (_family, rules) => {
    fc.assert(
      fc.property(rules, (original) => {
        expect(readRule(payloadOf((writer) => writeRule(writer, original)))).toEqual(original);
      }),
    );
  });

  it("take what the kernel says where nothing is suppressed for nothing", () => {
    const plain: RuleMessage = { family: 4, priority: 5, action: "table", table: 100, tos: 0, protocol: 18 };
    const told = { ...plain, suppressPrefixLength: 0xffff_ffff, suppressInterfaceGroup: 0xffff_ffff };
    expect(readRule(payloadOf((writer) => writeRule(writer, told)))).toEqual(plain);
    expect(readRule(new Uint8Array([128, ...new Array(11).fill(0)]))).toBeUndefined();
  });
});
