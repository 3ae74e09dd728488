import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Route, RouteEvent } from "../../src/kernel/ports.ts";
import { eventually } from "../lab/process.ts";
import { type KernelUnderTest, refusal, settle } from "./host.ts";

/** RT_TABLE_MAIN. */
const MAIN = 254;
/** A protocol of the tests' own. */
const PROTOCOL = 18;

export function routeContract(start: () => KernelUnderTest): void {
  describe("routes", () => {
    let host: KernelUnderTest;
    let ifindex: number;
    beforeEach(() => {
      host = start();
      ifindex = host.kernel.links.get(host.link)?.index ?? 0;
    });
    afterEach(() => {
      for (const route of ours()) host.kernel.routes.delete(route);
      host.close();
    });

    const route = (change: Partial<Route> = {}): Route => ({
      family: 4,
      type: "unicast",
      destination: "203.0.113.0",
      prefixLength: 24,
      tos: 0,
      table: MAIN,
      protocol: PROTOCOL,
      scope: 0,
      metric: 0,
      nexthops: [{ ifindex, gateway: "192.0.2.2" }],
      ...change,
    });
    const ipv6 = (change: Partial<Route> = {}): Route =>
      route({
        family: 6,
        destination: "2001:db8:9::",
        prefixLength: 48,
        metric: 1024,
        nexthops: [{ ifindex, gateway: "fe80::2" }],
        ...change,
      });
    const ours = () => host.kernel.routes.list().filter(({ protocol }) => protocol === PROTOCOL);

    it("keep every part they are added with", () => {
      const own = { ifindex, address: "198.51.100.10", prefixLength: 32, scope: 0 };
      host.kernel.addresses.add(own);
      const full = route({
        tos: 8,
        table: 3000,
        metric: 7,
        source: own.address,
        metrics: {
          mtu: 1400,
          window: 30_000,
          rtt: 2400,
          cwnd: 12,
          initcwnd: 20,
          features: 1,
          rtoMin: 300,
          quickack: 1,
          congctl: "reno",
          locked: ["mtu", "cwnd", "congctl"],
        },
        nexthops: [{ ifindex, gateway: "192.0.2.2", onlink: true, realms: (3 << 16) | 4 }],
      });
      host.kernel.routes.add(full, "add");
      expect(ours()).toEqual([full]);
      host.kernel.routes.delete(full);
      expect(ours()).toEqual([]);
      const six = ipv6({ table: 4000, preference: 1, metrics: { mtu: 1300 } });
      host.kernel.routes.add(six, "add");
      expect(ours()).toEqual([six]);
    });

    it("may lead nowhere, to several gateways, or through a tunnel", () => {
      const nowhere = route({ type: "blackhole", nexthops: [] });
      const several = route({
        destination: "203.0.112.0",
        nexthops: [
          { ifindex, gateway: "192.0.2.2", weight: 3 },
          { ifindex, gateway: "192.0.2.3" },
        ],
      });
      const tunnel = route({
        destination: "203.0.114.0",
        nexthops: [{ ifindex, encap: { type: "ip", id: 5n, dst: "192.0.2.9", tos: 4, ttl: 9 } }],
        scope: 253,
      });
      for (const one of [nowhere, several, tunnel]) host.kernel.routes.add(one, "add");
      expect(ours().sort((a, b) => (a.destination < b.destination ? -1 : 1))).toEqual([
        several,
        nowhere,
        tunnel,
      ]);
    });

    it("of IPv6 go through tunnels, too", () => {
      const ip6 = ipv6({
        nexthops: [{ ifindex, encap: { type: "ip6", id: 5n, dst: "2001:db8::9", ttl: 9 } }],
      });
      const segments = ["fc00::1", "fc00::2"];
      const seg6 = ipv6({
        destination: "2001:db8:a::",
        nexthops: [{ ifindex, encap: { type: "seg6", mode: "encap", segments } }],
      });
      for (const one of [ip6, seg6]) host.kernel.routes.add(one, "add");
      expect(ours()).toEqual([ip6, seg6]);
    });

    it("are listed by protocol", () => {
      const other = route({ destination: "203.0.112.0", protocol: 30 });
      host.kernel.routes.add(route(), "add");
      host.kernel.routes.add(other, "add");
      expect(host.kernel.routes.list(30)).toEqual([other]);
      expect(host.kernel.routes.list()).toEqual(expect.arrayContaining([route(), other]));
      host.kernel.routes.delete(other);
    });

    it("find the interface of a gateway", () => {
      host.kernel.routes.add(route({ nexthops: [{ ifindex: 0, gateway: "192.0.2.2" }] }), "add");
      expect(ours()).toEqual([route()]);
    });

    it("go where they are placed among their like", () => {
      const { routes } = host.kernel;
      const over = (gateway: string) => route({ nexthops: [{ ifindex, gateway }] });
      const gateways = () => ours().map(({ nexthops: [hop] }) => hop?.gateway);
      routes.add(over("192.0.2.2"), "add");
      expect(refusal(() => routes.add(over("192.0.2.3"), "add"))).toBe("EEXIST");
      routes.add(over("192.0.2.3"), "prepend");
      routes.add(over("192.0.2.4"), "append");
      expect(gateways()).toEqual(["192.0.2.3", "192.0.2.2", "192.0.2.4"]);
      expect(refusal(() => routes.add(over("192.0.2.4"), "prepend"))).toBe("EEXIST");
      routes.add(over("192.0.2.5"), "replace");
      expect(gateways()).toEqual(["192.0.2.5", "192.0.2.2", "192.0.2.4"]);
      routes.delete(over("192.0.2.2"));
      expect(gateways()).toEqual(["192.0.2.5", "192.0.2.4"]);
    });

    it("are refused as Linux refuses them", () => {
      const { routes } = host.kernel;
      const far = (gateway: string) => [{ ifindex, gateway }];
      expect(refusal(() => routes.add(route({ nexthops: far("10.1.2.3") }), "add"))).toBe("ENETUNREACH");
      expect(refusal(() => routes.add(ipv6({ nexthops: far("2001:db8:77::1") }), "add"))).toBe(
        "EHOSTUNREACH",
      );
      expect(refusal(() => routes.add(route({ nexthops: [{ ifindex: 9999 }] }), "add"))).toBe("ENODEV");
      expect(refusal(() => routes.add(route({ destination: "203.0.113.1" }), "add"))).toBe("EINVAL");
      expect(refusal(() => routes.delete(route()))).toBe("ESRCH");
      routes.add(route(), "add");
      expect(refusal(() => routes.delete(route({ nexthops: far("192.0.2.3") })))).toBe("ESRCH");
      expect(refusal(() => routes.delete(route({ metric: 5 })))).toBe("ESRCH");
      expect(refusal(() => routes.delete(route({ table: 3000 })))).toBe("ESRCH");
      expect(ours()).toEqual([route()]);
    });

    it("report their coming and going to those who asked for their protocol", async () => {
      const events: RouteEvent[] = [];
      const monitor = host.kernel.routes.monitor(PROTOCOL, (event) => events.push(event));
      host.kernel.routes.add(route({ protocol: 30, metric: 9 }), "add");
      host.kernel.routes.add(route(), "add");
      host.kernel.routes.add(ipv6(), "add");
      host.kernel.routes.delete(route());
      host.kernel.routes.delete(route({ protocol: 30, metric: 9 }));
      await eventually("the last event", () => events.length >= 3);
      await settle();
      expect(events).toEqual([
        { type: "route", route: route() },
        { type: "route", route: ipv6() },
        { type: "route-removed", route: route() },
      ]);
      monitor.close();
      monitor.close();
    });

    it("go with their interface, those of IPv4 without a word", async () => {
      host.addLink("hf-extra");
      const extra = host.kernel.links.get("hf-extra")?.index ?? 0;
      const events: RouteEvent[] = [];
      const monitor = host.kernel.routes.monitor(PROTOCOL, (event) => events.push(event));
      host.kernel.routes.add(route({ nexthops: [{ ifindex: extra }], scope: 253 }), "add");
      host.kernel.routes.add(ipv6({ nexthops: [{ ifindex: extra }] }), "add");
      host.removeLink("hf-extra");
      expect(ours()).toEqual([]);
      await eventually("the last event", () => events.length >= 3);
      await settle();
      expect(events.slice(2)).toMatchObject([{ type: "route-removed", route: { family: 6 } }]);
      monitor.close();
    });
  });
}
