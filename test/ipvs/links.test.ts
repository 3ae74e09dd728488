import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Capture, decodeAdverts } from "../lab/capture.ts";
import { HOLDFAST } from "../lab/holdfast.ts";
import { type Host, Lab, type Switch } from "../lab/netns.ts";
import { eventually } from "../lab/process.ts";
import { Router } from "../lab/router.ts";

// The guest has ipvlan and VRF whatever the machine's kernel has.

let lab: Lab;
let host: Host;
let wire: Switch;
beforeEach(() => {
  lab = new Lab();
  host = lab.host("router", { ipv6: true });
  wire = lab.switch();
  wire.connect(host, "eth0", ["192.0.2.1/24"]);
});
afterEach(() => lab.dispose());

interface LinkInfo {
  readonly ifname: string;
  readonly link?: string;
  readonly master?: string;
  readonly linkinfo?: { readonly info_kind: string; readonly info_data?: Readonly<Record<string, unknown>> };
}

function links(): LinkInfo[] {
  const listed: unknown = JSON.parse(host.exec("ip", "-d", "-j", "link"));
  return listed as LinkInfo[]; // as `ip -j link` lists
}

const named = (name: string) => links().find(({ ifname }) => ifname === name);
const holds = (device: string, address: string) => named(device) !== undefined && host.holds(device, address);

const blockOf = (lines: string) => `vrrp_instance VI_1 {
  virtual_router_id 51
  priority 150
  version 3
  advert_int 0.5
  ${lines}
}
`;

function start(lines: string): Router {
  const router = new Router(lab, host, HOLDFAST, blockOf(lines));
  router.start();
  return router;
}

describe("an ipvlan", () => {
  it("sends from its own address, holds the virtual ones, and goes with the daemon", async () => {
    const capture = await Capture.start(lab, wire);
    const router = start(`interface eth0
  use_ipvlan 192.0.2.7/24 private
  virtual_ipaddress {
    192.0.2.100/24
  }`);
    await eventually("the address", () => holds("vrrp.51", "192.0.2.100"), 20_000);
    expect(named("vrrp.51")).toMatchObject({
      link: "eth0",
      linkinfo: { info_kind: "ipvlan", info_data: { mode: "l2" } },
    });
    expect(host.exec("ip", "-d", "link", "show", "vrrp.51")).toContain("private");
    expect(host.addresses("vrrp.51")).toEqual(["192.0.2.7/24", "192.0.2.100/24"]);
    expect(host.exec("cat", "/proc/sys/net/ipv6/conf/vrrp.51/disable_ipv6").trim()).toBe("1");
    expect(await router.stop()).toBe(0);
    expect(named("vrrp.51")).toBeUndefined();
    await capture.stop();
    const sources = decodeAdverts(capture.file).map(({ source }) => source);
    expect(new Set(sources)).toEqual(new Set(["192.0.2.7"]));
  });

  it("of IPv6 sends from its own link-local address", async () => {
    start(`interface eth0
  use_ipvlan iv6
  virtual_ipaddress {
    fe80::51
    2001:db8::51
  }`);
    await eventually("the address", () => holds("iv6", "2001:db8::51"), 30_000);
    expect(named("iv6")?.linkinfo?.info_kind).toBe("ipvlan");
  });

  it("that a killed daemon left goes when the next configuration has none", async () => {
    const addresses = "virtual_ipaddress {\n 192.0.2.100/24\n }";
    const router = start(`interface eth0\n use_ipvlan\n ${addresses}`);
    await eventually("the address", () => holds("vrrp.51", "192.0.2.100"), 20_000);
    await router.kill();
    expect(named("vrrp.51")).toBeDefined();
    router.configure(blockOf(`interface eth0\n ${addresses}`));
    router.start();
    await router.process.waitFor("Removing ipvlan interface vrrp.51, left by an earlier run", 20_000);
    await eventually("the address on the base", () => holds("eth0", "192.0.2.100"), 20_000);
    expect(named("vrrp.51")).toBeUndefined();
  });
});

describe("a VRF", () => {
  beforeEach(() => {
    host.exec("ip", "link", "add", "vrf0", "type", "vrf", "table", "10");
    host.exec("ip", "link", "set", "vrf0", "up");
    host.exec("ip", "link", "set", "eth0", "master", "vrf0");
  });

  it("of the base is the VMAC's too", async () => {
    start(`interface eth0
  use_vmac
  virtual_ipaddress {
    192.0.2.100/24
  }`);
    await eventually("the address", () => holds("vrrp.51", "192.0.2.100"), 20_000);
    expect(named("vrrp.51")).toMatchObject({ link: "eth0", master: "vrf0" });
  });

  it("is where unicast adverts go that have no interface", async () => {
    start(`vrf vrf0
  unicast_src_ip 192.0.2.1
  unicast_peer {
    192.0.2.2
  }
  virtual_ipaddress {
    192.0.2.100/24 dev eth0
  }`);
    await eventually("the address", () => holds("eth0", "192.0.2.100"), 20_000);
    // Nobody has the peer's address: what the first advert leaves is the question for it.
    await eventually("the question", () => host.exec("ip", "neigh").includes("192.0.2.2 dev eth0"), 10_000);
  });
});
