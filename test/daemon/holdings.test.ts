import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST } from "../lab/holdfast.ts";
import { NetlinkMonitor } from "../lab/netlink-monitor.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually } from "../lab/process.ts";
import { Router } from "../lab/router.ts";

let lab: Lab;
let host: Host;
beforeEach(() => {
  lab = new Lab();
  const wire = lab.switch();
  host = lab.host("one", { ipv6: true });
  host.sysctl("net/ipv6/conf/default/accept_dad", 0);
  wire.connect(host, "eth0", ["192.0.2.1/24", "2001:db8:1::1/64"]);
  wire.connect(host, "eth1", ["198.51.100.1/24"]);
});
afterEach(() => lab.dispose());

const instance = (lines: string) => `vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority 200
  version 3
  advert_int 0.1
${lines}
}
`;

const HELD = instance(`  virtual_ipaddress {
    192.0.2.10/24
    192.0.2.11/24 no_track
  }
  virtual_routes {
    10.20.0.0/24 via 192.0.2.2
    10.20.1.0/24 via 192.0.2.2 no_track
    2001:db8:40::/48 via 2001:db8:1::2
  }
  virtual_rules {
    from 192.0.2.10 table 100 priority 100
    from 192.0.2.11 table 100 priority 101 no_track
  }`);

const STATICS = `static_ipaddress {
  10.1.0.1/24 dev eth1 track_group STATICS
  10.1.1.1/24 dev eth1 no_track
}
static_routes {
  10.9.0.0/24 via 198.51.100.2 dev eth1
  10.9.1.0/24 via 198.51.100.2 dev eth1 no_track
  2001:db8:30::/48 dev eth1
}
static_rules {
  from 10.1.0.0/24 table 100 priority 200
  from 10.1.1.0/24 table 100 priority 201 no_track
}
track_group STATICS {
  group {
    VI_1
  }
}
`;

function start(config: string): Router {
  const router = new Router(lab, host, HOLDFAST, config);
  router.start();
  return router;
}

const routes = () =>
  host.exec("ip", "route", "show", "proto", "18") + host.exec("ip", "-6", "route", "show", "proto", "18");
const rules = () => host.exec("ip", "rule") + host.exec("ip", "-6", "rule");
const there = (what: () => string, text: string) =>
  eventually(`${text} is there`, () => what().includes(text));
const gone = (what: () => string, text: string) =>
  eventually(`${text} is gone`, () => !what().includes(text));
const settled = () => new Promise((resolve) => setTimeout(resolve, 400));

describe("what a master holds and somebody else takes away", () => {
  const thefts = [
    ["an address", ["addr", "del", "192.0.2.10/24", "dev", "eth0"]],
    ["a route", ["route", "del", "10.20.0.0/24"]],
    ["a route of IPv6", ["-6", "route", "del", "2001:db8:40::/48"]],
    ["a rule", ["rule", "del", "priority", "100"]],
  ] as const;
  it.each(thefts)("%s: it steps down, and has everything again as master", async (_what, words) => {
    const router = start(HELD);
    await router.waitForState("VI_1", "MASTER");
    await there(rules, "from 192.0.2.10 lookup 100 proto keepalived");
    const mark = router.process.mark();
    host.exec("ip", ...words);
    await router.waitForState("VI_1", "BACKUP", 20_000, mark);
    await router.waitForState("VI_1", "MASTER", 20_000, mark);
    await there(rules, "from 192.0.2.10 lookup 100");
    await there(routes, "10.20.0.0/24 via 192.0.2.2 dev eth0");
    await there(routes, "2001:db8:40::/48 via 2001:db8:1::2 dev eth0");
    await host.waitForAddress("eth0", "192.0.2.10");
    await settled();
    expect(router.process.log.match(/Entering BACKUP STATE\n/g)).toHaveLength(1);
    expect(await router.stop()).toBe(0);
    expect(routes()).toBe("");
    expect(rules()).not.toContain("192.0.2.1");
  });

  it("with no_track stays away, and the instance master", async () => {
    const router = start(HELD);
    await router.waitForState("VI_1", "MASTER");
    await there(rules, "from 192.0.2.11 lookup 100");
    await there(routes, "10.20.1.0/24");
    const mark = router.process.mark();
    host.exec("ip", "addr", "del", "192.0.2.11/24", "dev", "eth0");
    host.exec("ip", "route", "del", "10.20.1.0/24");
    host.exec("ip", "rule", "del", "priority", "101");
    await settled();
    expect(
      router.process.lines
        .slice(mark)
        .map(({ text }) => text)
        .join("\n"),
    ).not.toContain("STATE");
    expect(host.holds("eth0", "192.0.2.11")).toBe(false);
    expect(routes()).not.toContain("10.20.1.0/24");
    expect(await router.stop()).toBe(0);
  });
});

describe("static objects", () => {
  it("are put back when somebody takes them away, but for no_track", async () => {
    const router = start(STATICS + HELD);
    await router.waitForState("VI_1", "MASTER");
    await there(rules, "from 10.1.0.0/24 lookup 100 proto keepalived");
    const mark = router.process.mark();
    host.exec("ip", "addr", "del", "10.1.0.1/24", "dev", "eth1");
    host.exec("ip", "addr", "del", "10.1.1.1/24", "dev", "eth1");
    host.exec("ip", "route", "del", "10.9.0.0/24");
    host.exec("ip", "route", "del", "10.9.1.0/24");
    host.exec("ip", "rule", "del", "priority", "200");
    host.exec("ip", "rule", "del", "priority", "201");
    for (const what of ["address 10.1.0.1/24", "route prepend 10.9.0.0/24", "rule from 10.1.0.0/24"])
      await router.process.waitFor(`Restoring deleted static ${what}`, 20_000, mark);
    await settled();
    expect(host.holds("eth1", "10.1.0.1")).toBe(true);
    expect(host.holds("eth1", "10.1.1.1")).toBe(false);
    expect(routes()).toContain("10.9.0.0/24 via 198.51.100.2 dev eth1");
    expect(routes()).not.toContain("10.9.1.0/24");
    expect(rules()).toContain("from 10.1.0.0/24 lookup 100");
    expect(rules()).not.toContain("10.1.1.0/24");
    expect(
      router.process.lines
        .slice(mark)
        .map(({ text }) => text)
        .join("\n"),
    ).not.toContain("STATE");
    expect(await router.stop()).toBe(0);
    expect(host.addresses("eth1")).toEqual(expect.not.arrayContaining(["10.1.0.1/24"]));
    expect(rules()).not.toContain("10.1.0.0/24");
  });

  it("come back with their interface, which a track group's instance follows", async () => {
    const router = start(STATICS + HELD);
    await router.waitForState("VI_1", "MASTER");
    let mark = router.process.mark();
    host.exec("ip", "link", "set", "eth1", "down");
    await router.waitForState("VI_1", "FAULT", 20_000, mark);
    mark = router.process.mark();
    host.exec("ip", "link", "set", "eth1", "up");
    await router.waitForState("VI_1", "MASTER", 20_000, mark);
    await there(routes, "10.9.0.0/24 via 198.51.100.2 dev eth1");
    await there(routes, "2001:db8:30::/48 dev eth1");
    expect(routes()).not.toContain("10.9.1.0/24"); // no_track

    mark = router.process.mark();
    host.exec("ip", "link", "del", "eth1");
    await router.waitForState("VI_1", "FAULT", 20_000, mark);
    mark = router.process.mark();
    host.exec("ip", "link", "add", "eth1", "type", "veth", "peer", "name", "far1");
    host.exec("ip", "link", "set", "far1", "up");
    host.exec("ip", "addr", "add", "198.51.100.1/24", "dev", "eth1");
    host.exec("ip", "link", "set", "eth1", "up");
    await router.waitForState("VI_1", "MASTER", 20_000, mark);
    await host.waitForAddress("eth1", "10.1.0.1");
    await there(routes, "10.9.0.0/24 via 198.51.100.2 dev eth1");
    expect(await router.stop()).toBe(0);
  });

  it("are enough for the process to run, and taken over from a daemon that was killed", async () => {
    const killed = start(STATICS.replace(/track_group[^}]*\}\s*\}/, "").replace(" track_group STATICS", ""));
    await there(rules, "from 10.1.1.0/24 lookup 100");
    await there(routes, "2001:db8:30::/48 dev eth1");
    await killed.kill();
    expect(host.holds("eth1", "10.1.0.1")).toBe(true);
    host.exec("ip", "route", "add", "10.66.0.0/24", "via", "192.0.2.2", "proto", "18");
    const monitor = await NetlinkMonitor.start(host);
    const router = start(STATICS + HELD);
    await router.process.waitFor("route 10.66.0.0/24 table 254 is marked as keepalived's and is not in this");
    await router.waitForState("VI_1", "MASTER");
    const touched = await monitor.stop();
    expect(touched.filter((line) => /10\.1\.|10\.9\.|db8:30/.test(line))).toEqual([]);
    expect(await router.stop()).toBe(0);
    expect(host.addresses("eth1").filter((address) => address.startsWith("10."))).toEqual([]);
    expect(routes().trim()).toBe("10.66.0.0/24 via 192.0.2.2 dev eth0");
  });
});

describe("a reload", () => {
  it("leaves what stays alone, and replaces what changes without a gap", async () => {
    const router = start(STATICS + HELD);
    await router.waitForState("VI_1", "MASTER");
    await there(routes, "2001:db8:40::/48");
    await there(rules, "from 192.0.2.11 lookup 100");
    const monitor = await NetlinkMonitor.start(host);
    const mark = router.process.mark();
    router.configure(
      (STATICS + HELD)
        .replace("10.20.0.0/24 via 192.0.2.2", "10.20.0.0/24 via 192.0.2.3")
        .replace("2001:db8:40::/48 via 2001:db8:1::2", "2001:db8:40::/48 via 2001:db8:1::2 mtu 1400")
        .replace("10.9.0.0/24 via 198.51.100.2", "10.9.0.0/24 via 198.51.100.3")
        .replace("from 192.0.2.10 table 100", "from 192.0.2.10 table 101")
        .replace("  10.1.1.1/24 dev eth1 no_track\n", "  10.1.2.1/24 dev eth1\n"),
    );
    router.reload();
    await there(rules, "from 192.0.2.10 lookup 101");
    await gone(rules, "from 192.0.2.10 lookup 100");
    await gone(() => host.addresses("eth1").join(" "), "10.1.1.1/24");
    await router.process.waitFor("Reload complete", 20_000, mark);
    const events = await monitor.stop();
    const told = events
      .filter((line) => !line.includes("table local") && !/proto kernel|linkdown|multicast/.test(line))
      .map((line) =>
        line
          .replace(/^\d+: /, "")
          .replaceAll(/\s+/g, " ")
          .trim(),
      );
    const at = (part: string) => told.findIndex((line) => line.includes(part));
    expect(at("10.20.0.0/24 via 192.0.2.3")).toBeLessThan(at("Deleted 10.20.0.0/24 via 192.0.2.2"));
    expect(at("10.9.0.0/24 via 198.51.100.3")).toBeLessThan(at("Deleted 10.9.0.0/24 via 198.51.100.2"));
    expect(at("10.20.0.0/24 via 192.0.2.3")).toBeGreaterThanOrEqual(0);
    // Of IPv6 the same gateway again takes the place of the route.
    expect(told.filter((line) => line.includes("db8:40::"))).toEqual([
      expect.stringMatching(/^2001.* mtu 1400/),
    ]);
    expect(
      told.filter((line) => /192\.0\.2\.1[01]|10\.20\.1\.0|10\.9\.1\.0|10\.1\.0\.1|db8:30/.test(line)),
    ).toEqual([]);
    expect(
      router.process.lines
        .slice(mark)
        .map(({ text }) => text)
        .join("\n"),
    ).not.toContain("STATE");
    expect(await router.stop()).toBe(0);
    expect(routes()).toBe("");
    expect(rules()).not.toMatch(/192\.0\.2|10\.1\./);
  });

  it("moves a route from one instance to another without touching it", async () => {
    const both = (first: string, second: string) => {
      const routed = (address: string, lines: string) =>
        instance(`virtual_ipaddress {\n ${address}/24\n}\nvirtual_routes {\n${lines}\n}`);
      return (
        routed("192.0.2.10", first) + routed("192.0.2.20", second).replace("VI_1", "VI_2").replace("51", "52")
      );
    };
    const [moved, stays, comes] = ["10.20.0.0/24", "10.30.0.0/24", "10.31.0.0/24"].map(
      (to) => ` ${to} via 192.0.2.2`,
    );
    const router = start(both(`${moved}\n${stays}`, `${stays?.replace("10.30", "10.40")}`));
    await there(routes, "10.20.0.0/24");
    await there(routes, "10.40.0.0/24");
    const monitor = await NetlinkMonitor.start(host);
    router.configure(both(`${stays}\n${comes}`, `${moved}\n${stays?.replace("10.30", "10.40")}`));
    const mark = router.process.mark();
    router.reload();
    await there(routes, "10.31.0.0/24");
    await router.process.waitFor("Reload complete", 20_000, mark);
    expect((await monitor.stop()).filter((line) => line.includes("10.20.0.0/24"))).toEqual([]);
    expect(routes()).toContain("10.20.0.0/24 via 192.0.2.2");
    expect(await router.stop()).toBe(0);
    expect(routes()).toBe("");
  });
});
