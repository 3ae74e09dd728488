import { describe, expect, it } from "vitest";
import type { VrrpInstance } from "../../../src/config/config.ts";
import {
  type LinkUser,
  sameLink,
  type VirtualLink,
  VirtualLinks,
} from "../../../src/core/vrrp/virtual-link.ts";
import { instance, vip } from "./configuration.ts";

const NAMES = { prefix: "vrrp", addressPrefix: "vrrp" };

function user(name: string, more: Partial<VrrpInstance>): LinkUser {
  const config = instance(name, more);
  const addresses = config.virtual_ipaddress ?? [];
  const family = addresses[0]?.address.includes(":") ? 6 : 4;
  return { config, family, addresses, excluded: config.virtual_ipaddress_excluded ?? [] };
}

const place = (...users: LinkUser[]) => new VirtualLinks().place(users, NAMES);
const summary = (links: readonly VirtualLink[]) =>
  links.map(({ name, base, mac }) => `${name}@${base} ${mac}`);

describe("virtual links", () => {
  it("are macvlans with the virtual router's MAC address, and hold its addresses and adverts", () => {
    const { links, placements } = place(user("VI_1", { use_vmac: {} }));
    expect(links).toEqual([
      {
        name: "vrrp.51",
        base: "eth0",
        family: 4,
        mac: "00:00:5e:00:01:33",
        ipv6: false,
        announced: false,
      },
    ]);
    expect(placements[0]).toMatchObject({ device: "vrrp.51", own: links[0] });
    expect(placements[0]?.addresses.map(({ dev }) => dev)).toEqual(["vrrp.51"]);
  });

  it("take name, MAC address, group and notice from use_vmac; the VRID completes five octets", () => {
    const use_vmac = { name: "my.vmac", mac: "02:aa:bb:cc:dd", group: "7", netlinkNotifyMessage: true };
    const { links } = place(user("VI_1", { use_vmac }));
    expect(links[0]).toMatchObject({
      name: "my.vmac",
      mac: "02:aa:bb:cc:dd:33",
      group: "7",
      announced: true,
    });
    const whole = place(user("VI_1", { use_vmac: { mac: "02:aa:bb:cc:dd:ee" } }));
    expect(whole.links[0]?.mac).toBe("02:aa:bb:cc:dd:ee");
  });

  it("leave adverts to the base with vmac_xmit_base and unicast peers", () => {
    const below = place(user("VI_1", { use_vmac: {}, vmac_xmit_base: true }));
    expect(below.placements[0]).toMatchObject({ device: "eth0", addresses: [{ dev: "vrrp.51" }] });
    const unicast = place(user("VI_1", { use_vmac: {}, unicast_peer: [{ address: "10.9.0.2" }] }));
    expect(unicast.placements[0]?.device).toBe("eth0");
  });

  it("of IPv6 have a link-local address to send from, unless adverts leave below", () => {
    const six = { use_vmac: {}, virtual_ipaddress: [vip("fe80::51/128")] };
    expect(place(user("VI_1", six)).links[0]).toMatchObject({
      mac: "00:00:5e:00:02:33",
      linkLocal: {},
      ipv6: true,
    });
    expect(place(user("VI_1", { ...six, vmac_xmit_base: true })).links[0]?.linkLocal).toBeUndefined();
    const told = place(user("VI_1", { ...six, mcast_src_ip: "fe80::7" }));
    expect(told.links[0]?.linkLocal).toEqual({ from: "fe80::7" });
  });

  it("are named as keepalived names them: one after another, addresses after their instance", () => {
    const one = user("VI_1", {
      use_vmac: {},
      use_vmac_addr: true,
      virtual_ipaddress: [vip("10.0.0.100/24"), vip("10.0.1.100/24", { dev: "eth1" })],
      virtual_ipaddress_excluded: [
        vip("2001:db8::100/64"),
        vip("2001:db8:1::100/64", { dev: "eth1" }),
        vip("10.0.1.101/24", { dev: "eth1" }),
      ],
    });
    const { links, placements } = place(one);
    expect(summary(links)).toEqual([
      "vrrp.51@eth0 00:00:5e:00:01:33",
      "vrrp1.51@eth1 00:00:5e:00:01:33",
      "vrrp6.51@eth0 00:00:5e:00:02:33",
      "vrrp2.51@eth1 00:00:5e:00:02:33",
    ]);
    expect(placements[0]?.addresses.map(({ dev }) => dev)).toEqual(["vrrp.51", "vrrp1.51"]);
    expect(placements[0]?.excluded.map(({ dev }) => dev)).toEqual(["vrrp6.51", "vrrp2.51", "vrrp1.51"]);
  });

  it("leave out addresses of the other family and other interfaces that do not ask for one", () => {
    const { placements } = place(
      user("VI_1", {
        use_vmac: {},
        virtual_ipaddress: [vip("10.0.0.100/24"), vip("10.0.1.100/24", { dev: "eth1" })],
        virtual_ipaddress_excluded: [vip("2001:db8::100/64", { dev: "eth0" })],
      }),
    );
    expect(placements[0]?.addresses.map(({ dev }) => dev)).toEqual(["vrrp.51", "eth1"]);
    expect(placements[0]?.excluded.map(({ dev }) => dev)).toEqual(["eth0"]);
  });

  it("may be asked for by a single address", () => {
    const { links, placements } = place(
      user("VI_1", {
        virtual_ipaddress: [vip("10.0.0.100/24"), vip("10.0.1.100/24", { dev: "eth1", use_vmac: true })],
      }),
    );
    expect(summary(links)).toEqual(["vrrp.51@eth1 00:00:5e:00:01:33"]);
    expect(placements[0]).toMatchObject({ own: undefined, device: "eth0" });
    expect(placements[0]?.addresses.map(({ dev }) => dev)).toEqual([undefined, "vrrp.51"]);
  });

  it("keep names that are configured from others, and prefixes apart", () => {
    const users = [
      user("VI_1", {
        use_vmac: {},
        use_vmac_addr: true,
        virtual_ipaddress: [vip("10.1.0.1"), vip("10.2.0.1", { dev: "eth1" })],
      }),
      user("VI_2", { use_vmac: { name: "vm.51" }, interface: "eth2" }),
    ];
    const { links } = new VirtualLinks().place(users, { prefix: "vm", addressPrefix: "va" });
    expect(links.map(({ name }) => name)).toEqual(["vm1.51", "va.51", "vm.51"]);
  });

  it("keep their names while they stay, and are shared by addresses of one MAC address and base", () => {
    const links = new VirtualLinks();
    const first = user("VI_1", { use_vmac: {} });
    const second = user("VI_2", { use_vmac: {}, interface: "eth1" });
    expect(links.place([first, second], NAMES).links.map(({ name }) => name)).toEqual([
      "vrrp.51",
      "vrrp1.51",
    ]);
    expect(links.place([second], NAMES).links.map(({ name }) => name)).toEqual(["vrrp1.51"]);
    expect(links.place([first, second], NAMES).links.map(({ name }) => name)).toEqual([
      "vrrp.51",
      "vrrp1.51",
    ]);
    const on = { use_vmac: true, dev: "eth1" } as const;
    const shared = user("VI_3", {
      virtual_ipaddress: [vip("10.1.0.1", { dev: "eth0" }), vip("10.2.0.1", on), vip("10.2.0.2", on)],
    });
    expect(links.place([shared], NAMES).links).toHaveLength(1);
  });

  it("leave their name to what comes in their place", () => {
    const links = new VirtualLinks();
    const name = (more: Partial<VrrpInstance>) => links.place([user("VI_1", more)], NAMES).links[0]?.name;
    expect(name({ use_vmac: {} })).toBe("vrrp.51");
    expect(name({ use_vmac: { mac: "02:00:00:00:00:07" } })).toBe("vrrp.51");
  });

  it("may be ipvlans, which send from an address of their own", () => {
    const { links, placements } = place(
      user("VI_1", { use_ipvlan: { address: "10.9.0.7/24", flag: "private" } }),
      user("VI_2", {
        use_ipvlan: { name: "iv6" },
        virtual_ipaddress: [vip("fe80::1")],
        mcast_src_ip: "fe80::9",
      }),
    );
    expect(links).toMatchObject([
      { name: "vrrp.51", flag: "private", address: "10.9.0.7/24", ipv6: false },
      { name: "iv6", flag: "bridge", address: "fe80::9", ipv6: true },
    ]);
    expect(links.every(({ mac }) => mac === undefined)).toBe(true);
    expect(placements.map(({ device }) => device)).toEqual(["vrrp.51", "iv6"]);
  });

  it("are others when anything that makes them what they are changes", () => {
    const of = (more: Partial<VrrpInstance>) => place(user("VI_1", more)).links[0] as VirtualLink;
    const plain = of({ use_vmac: {} });
    expect(sameLink(plain, of({ use_vmac: { netlinkNotifyMessage: true }, priority: 7 }))).toBe(true);
    expect(sameLink(plain, of({ use_vmac: { mac: "02:00:00:00:00" } }))).toBe(false);
    expect(sameLink(plain, of({ use_vmac: { group: "5" } }))).toBe(false);
    expect(sameLink(plain, of({ use_vmac: {}, interface: "eth9" }))).toBe(false);
    const six = { virtual_ipaddress: [vip("fe80::51")] };
    expect(sameLink(of({ use_vmac: {}, ...six }), of({ use_vmac: {}, vmac_xmit_base: true, ...six }))).toBe(
      false,
    );
  });
});
