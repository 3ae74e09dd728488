import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { kernelAddress } from "../../src/daemon/driver/kernel-address.ts";
import { kernelRoute } from "../../src/daemon/driver/kernel-route.ts";
import { kernelRule } from "../../src/daemon/driver/kernel-rule.ts";
import { type Host, Unresolved } from "../../src/daemon/driver/unresolved.ts";
import { ipProtocol } from "../../src/daemon/ip-protocols.ts";
import { IprouteNames } from "../../src/daemon/iproute-names.ts";
import { compileText } from "../plan/compile-text.ts";

let directory: string;
let host: Host;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "holdfast-names-"));
  const [usr, etc] = [join(directory, "usr"), join(directory, "etc")];
  mkdirSync(join(etc, "rt_tables.d"), { recursive: true });
  mkdirSync(usr);
  writeFileSync(join(usr, "rt_tables"), "# tables\n300 blue\n301 red\n0x12e hex\n");
  writeFileSync(join(etc, "rt_tables"), "400 red # mine\n");
  writeFileSync(join(etc, "rt_tables.d", "more.conf"), "500 green\n");
  writeFileSync(join(etc, "rt_tables.d", "ignored.txt"), "600 grey\n");
  writeFileSync(join(usr, "rt_protos"), "12 bird\n");
  writeFileSync(join(usr, "rt_dsfield"), "0x20 CS1\n");
  writeFileSync(join(usr, "rt_realms"), "7 cosmos\n");
  writeFileSync(join(usr, "group"), "4 uplinks\n");
  host = {
    names: new IprouteNames({ usr, etc }),
    ifindex: (name) => ({ eth0: 2, eth1: 3 })[name],
  };
});
afterAll(() => rmSync(directory, { recursive: true }));

/** The one item of a list at the top level. */
function one<K extends "static_ipaddress" | "static_routes" | "static_rules">(
  keyword: K,
  line: string,
): Config[K][number] {
  const { config } = compileText(`${keyword} {\n ${line}\n}\n`, "k.conf");
  const [item] = config[keyword];
  if (item === undefined) throw new Error(`${line} is left out`);
  return item;
}

const address = (line: string) => kernelAddress(one("static_ipaddress", line), 2);
const route = (line: string) => kernelRoute(one("static_routes", line), host);
const rule = (line: string) => kernelRule(one("static_rules", line), host);

describe("addresses", () => {
  it("are global, and VRRP's", () => {
    expect(address("10.0.0.1/24")).toEqual({
      ...{ ifindex: 2, address: "10.0.0.1", prefixLength: 24, scope: 0, protocol: 18 },
    });
  });

  it.each([
    ["10.0.0.1/24 brd +", "10.0.0.255"],
    ["10.0.0.1/24 brd -", "10.0.0.0"],
    ["10.1.2.3/20 brd +", "10.1.15.255"],
    ["10.1.2.3/20 brd -", "10.1.0.0"],
    ["10.0.0.1/30 brd +", "10.0.0.3"],
    ["10.0.0.1/24 brd 10.0.0.7", "10.0.0.7"],
    ["10.0.0.1/24", undefined],
  ])("%s: the broadcast address is %s", (line, broadcast) => {
    expect(address(line).broadcast).toBe(broadcast);
  });

  it.each([
    ["2001:db8::1", 0],
    ["2001:db8::1 preferred_lft forever", undefined],
    ["2001:db8::1 preferred_lft 60", 60],
    ["2001:db8::1/64", undefined],
    ["2001:db8::1/64 preferred_lft 0", 0],
    ["10.0.0.1 preferred_lft 60", undefined],
  ])("%s: preferred for %s", (line, lifetime) => {
    expect(address(line).preferredLifetime).toBe(lifetime);
  });

  it("have flags, a peer, and duplicates looked for where they say so", () => {
    expect(address("2001:db8::1/64 home mngtmpaddr noprefixroute autojoin").flags).toBe(0x710);
    expect(address("2001:db8::1/64 -nodad").detectDuplicates).toBe(true);
    expect(address("2001:db8::1/64").detectDuplicates).toBeUndefined();
    expect(address("10.0.0.1 peer 10.0.0.2")).toMatchObject({ prefixLength: 32, peer: "10.0.0.2" });
  });
});

describe("routes", () => {
  it("are of the main table, global, VRRP's", () => {
    expect(route("10.9.0.77/24 via 10.0.0.2")).toEqual({
      family: 4,
      type: "unicast",
      destination: "10.9.0.0",
      prefixLength: 24,
      tos: 0,
      table: 254,
      protocol: 18,
      scope: 0,
      metric: 0,
      nexthops: [{ ifindex: 0, gateway: "10.0.0.2" }],
    });
    expect(route("2001:db8::/48 dev eth1 metric 5")).toMatchObject({
      ...{ family: 6, destination: "2001:db8::", prefixLength: 48, metric: 5, nexthops: [{ ifindex: 3 }] },
    });
    expect(route("default dev eth0")).toMatchObject({ destination: "0.0.0.0", prefixLength: 0 });
    expect(route("blackhole 10.9.0.0/24")).toMatchObject({ type: "blackhole", nexthops: [] });
  });

  it.each([
    ["table blue", { table: 300 }],
    ["table red", { table: 400 }],
    ["table green", { table: 500 }],
    ["table hex", { table: 302 }],
    ["table local", { table: 255 }],
    ["table 4294967295", { table: 4_294_967_295 }],
    ["tos CS1", { tos: 0x20 }],
    ["tos 0x10", { tos: 16 }],
    ["protocol bird no_track", { protocol: 12 }],
    ["scope site", { scope: 200 }],
    ["scope 7", { scope: 7 }],
    ["src 10.0.0.9", { source: "10.0.0.9" }],
    ["mtu lock 1400", { metrics: { mtu: 1400, locked: ["mtu"] } }],
    ["rtt 3000", { metrics: { rtt: 3000 } }],
    ["rtt 1s", { metrics: { rtt: 8000 } }],
    ["rttvar 250ms", { metrics: { rttvar: 1000 } }],
    ["rto_min 1.5s", { metrics: { rtoMin: 1500 } }],
    ["rtt 10ms", { metrics: { rtt: 1600 } }],
    ["features ecn", { metrics: { features: 1 } }],
    ["congctl lock reno", { metrics: { congctl: "reno", locked: ["congctl"] } }],
    ["fastopen_no_cookie 1", { metrics: { fastopenNoCookie: 1 } }],
    ["ttl-propagate disabled", { ttlPropagate: false }],
  ])("with %s", (option, expected) => {
    expect(route(`10.9.0.0/24 via 10.0.0.2 ${option}`)).toMatchObject(expected);
  });

  it.each([
    ["via 10.0.0.2 realms 3/cosmos", [{ ifindex: 0, gateway: "10.0.0.2", realms: (3 << 16) | 7 }]],
    ["via 10.0.0.2 dev eth1 onlink", [{ ifindex: 3, gateway: "10.0.0.2", onlink: true }]],
    [
      "via 10.0.0.2 or 10.0.0.3 dev eth0",
      [
        { ifindex: 2, gateway: "10.0.0.2" },
        { ifindex: 2, gateway: "10.0.0.3" },
      ],
    ],
    [
      "nexthop via 10.0.0.2 weight 3 nexthop dev eth1 weight 1",
      [{ ifindex: 0, gateway: "10.0.0.2", weight: 3 }, { ifindex: 3 }],
    ],
    [
      "encap mpls 100/200 ttl 9 via 10.0.0.2",
      [{ ifindex: 0, gateway: "10.0.0.2", encap: { type: "mpls", labels: [100, 200], ttl: 9 } }],
    ],
    [
      "encap ip id 5 dst 10.9.9.9 src 10.0.0.1 tos 4 ttl 7 flags 0x8 dev eth0",
      [
        {
          ifindex: 2,
          encap: { type: "ip", id: 5n, dst: "10.9.9.9", src: "10.0.0.1", tos: 4, ttl: 7, flags: 8 },
        },
      ],
    ],
  ])("lead %s", (words, nexthops) => {
    expect(route(`10.9.0.0/24 ${words}`).nexthops).toEqual(nexthops);
  });

  it("of IPv6 have preferences, lifetimes, sources, and tunnels of their own", () => {
    const line = "2001:db8::/48 from 2001:db8:1::/64 via fe80::2 dev eth0 pref high expires 60";
    expect(route(line)).toMatchObject({
      from: { address: "2001:db8:1::", prefixLength: 64 },
      preference: 1,
      expires: 60,
    });
    expect(route("2001:db8::/48 dev eth0 pref medium").preference).toBeUndefined();
    expect(route("2001:db8::/48 encap ip6 dst 2001:db8::9 tc 4 hoplimit 9 dev eth0").nexthops).toEqual([
      { ifindex: 2, encap: { type: "ip6", dst: "2001:db8::9", tos: 4, ttl: 9 } },
    ]);
    expect(route("2001:db8::/48 encap seg6 mode inline segs fc00::1,fc00::2 dev eth0").nexthops).toEqual([
      { ifindex: 2, encap: { type: "seg6", mode: "inline", segments: ["fc00::1", "fc00::2"] } },
    ]);
    expect(route("2001:db8::/48 encap ila locator 1:2:3:4 dev eth0").nexthops).toEqual([
      { ifindex: 2, encap: { type: "ila", locator: 0x0001_0002_0003_0004n } },
    ]);
  });

  it("that name what there is not cannot be set up", () => {
    expect(() => route("10.9.0.0/24 dev eth9")).toThrow(new Unresolved("there is no interface eth9"));
    expect(() => route("10.9.0.0/24 dev eth0 table grey")).toThrow(/'grey' is in no rt_tables/);
    expect(() => route("10.9.0.0/24 dev eth0 encap mpls 9999999")).toThrow(/no labels of MPLS/);
  });
});

describe("rules", () => {
  it("are VRRP's unless nobody tracks them", () => {
    expect(rule("from 10.1.0.0/24 table blue priority 100")).toEqual({
      family: 4,
      priority: 100,
      action: "table",
      table: 300,
      from: { address: "10.1.0.0", prefixLength: 24 },
      tos: 0,
      protocol: 18,
    });
    expect(rule("from 10.1.0.0/24 table 7 priority 100 no_track").protocol).toBe(0);
    expect(rule("from 10.1.0.0/24 table 7 priority 100 protocol bird no_track").protocol).toBe(12);
  });

  it.each([
    ["not from 10.1.0.0/24 table 7", { not: true, table: 7 }],
    ["to 2001:db8::/48 table 7", { family: 6, to: { address: "2001:db8::", prefixLength: 48 } }],
    ["fwmark 0x10/0xff table 7", { family: 4, fwmark: 16, fwmask: 255 }],
    ["fwmark 7 table 7", { fwmark: 7 }],
    ["iif eth0 oif eth1 table 7", { iif: "eth0", oif: "eth1" }],
    ["from 10.1.0.1 goto 300", { action: "goto", goto: 300, table: 0 }],
    ["from 10.1.0.1 nop", { action: "nop" }],
    ["from 10.1.0.1 blackhole", { action: "blackhole" }],
    ["from 10.1.0.1 prohibit", { action: "prohibit" }],
    ["from 10.1.0.1 unreachable", { action: "unreachable" }],
    ["from 10.1.0.1 l3mdev", { action: "table", l3mdev: true, table: 0 }],
    ["from 10.1.0.1 table 7 uidrange 5-9", { uidRange: [5, 9] }],
    ["from 10.1.0.1 table 7 ipproto tcp sport 1-2 dport 3-4", { ipProtocol: 6, sourcePorts: [1, 2] }],
    ["from 10.1.0.1 table 7 realms cosmos", { realms: 7 }],
    ["from 10.1.0.1 table 7 suppress_prefixlength 0", { suppressPrefixLength: 0 }],
    ["from 10.1.0.1 table 7 suppress_ifgroup uplinks", { suppressInterfaceGroup: 4 }],
    ["from 10.1.0.1 table 7 tos CS1", { tos: 32 }],
  ])("%s", (line, expected) => {
    expect(rule(`${line} preference 100`)).toMatchObject({ priority: 100, ...expected });
  });
});

describe("protocols above IP", () => {
  it("have numbers, and names without any file", () => {
    expect([ipProtocol("6"), ipProtocol("0x11"), ipProtocol("TCP"), ipProtocol("vrrp")]).toEqual([
      6, 17, 6, 112,
    ]);
    const path = join(directory, "protocols");
    writeFileSync(path, "mine 250 MINE other # a comment\n# 251\n");
    expect([ipProtocol("other", path), ipProtocol("none", path)]).toEqual([250, undefined]);
    expect(ipProtocol("mine", join(directory, "missing"))).toBeUndefined();
  });
});
