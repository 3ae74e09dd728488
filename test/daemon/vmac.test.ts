import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST } from "../lab/holdfast.ts";
import { NetlinkMonitor } from "../lab/netlink-monitor.ts";
import { type Host, Lab, type Link, type Switch } from "../lab/netns.ts";
import { eventually, signalProcess } from "../lab/process.ts";
import { Router } from "../lab/router.ts";
import { instance, nextPid, pidIn } from "./daemon.ts";

let lab: Lab;
let host: Host;
let cable: Link;
let wire: Switch;
beforeEach(() => {
  lab = new Lab();
  host = lab.host("router", { ipv6: true });
  wire = lab.switch();
  cable = wire.connect(host, "eth0", ["192.0.2.1/24"]);
});
afterEach(() => lab.dispose());

const VMAC = "vrrp.51";
const VIP = "192.0.2.100";

interface LinkInfo {
  readonly ifindex: number;
  readonly address: string;
  readonly group: string;
  readonly linkinfo?: { readonly info_kind: string; readonly info_data?: { readonly mode: string } };
}

/** The link of this name; undefined when there is none. */
function link(name = VMAC): LinkInfo | undefined {
  const listed: unknown = JSON.parse(host.exec("ip", "-d", "-j", "link"));
  const links = listed as (LinkInfo & { ifname: string })[]; // as `ip -j link` lists
  return links.find(({ ifname }) => ifname === name);
}

const parameter = (path: string): string => host.exec("cat", `/proc/sys/net/${path}`).trim();
const below = () => ["arp_ignore", "arp_filter"].map((name) => parameter(`ipv4/conf/eth0/${name}`));
const holds = (device: string) => link(device) !== undefined && host.holds(device, VIP);
const master = () => eventually("the address on the VMAC", () => holds(VMAC));

function start(more: string, before = ""): Router {
  const router = new Router(lab, host, HOLDFAST, before + instance([`${VIP}/24`], more));
  router.start();
  return router;
}

describe("a VMAC", () => {
  it("stands while the daemon runs, and everything is as it was when it has stopped", async () => {
    const router = start("use_vmac");
    await master();
    expect(link()).toMatchObject({
      address: "00:00:5e:00:01:33",
      linkinfo: { info_kind: "macvlan", info_data: { mode: "private" } },
    });
    expect(below()).toEqual(["1", "1"]);
    expect(parameter(`ipv4/conf/${VMAC}/accept_local`)).toBe("1");
    expect(await router.stop()).toBe(0);
    expect(link()).toBeUndefined();
    expect(below()).toEqual(["0", "0"]);
    expect(host.addresses("eth0")).toContain("192.0.2.1/24");
  });

  it("has the name, MAC address and group that are configured, and tells of its base when asked to", async () => {
    const monitor = await NetlinkMonitor.start(host);
    await start("use_vmac my.vmac 02:aa:bb:cc:dd netlink_notify_msg group 7").process.waitFor(
      "Entering MASTER",
    );
    expect(link("my.vmac")).toMatchObject({ address: "02:aa:bb:cc:dd:33", group: "7" });
    expect((await monitor.stop()).some((line) => line.includes("eth0@"))).toBe(true);
  });

  it("is not touched by a reload that leaves it, is made anew for another MAC address, and goes with use_vmac", async () => {
    const router = start("use_vmac");
    await master();
    const first = link()?.ifindex;
    const reload = async (more: string, addresses: readonly string[]) => {
      const mark = router.process.mark();
      router.configure(instance(addresses, more));
      router.reload();
      return mark;
    };
    await reload("use_vmac\n  garp_master_delay 1", [`${VIP}/24`, "192.0.2.101/24"]);
    await host.waitForAddress(VMAC, "192.0.2.101");
    expect(link()?.ifindex).toBe(first);
    expect(host.holds(VMAC, VIP)).toBe(true);

    const mark = await reload("use_vmac 02:00:00:00:00:07", [`${VIP}/24`]);
    await router.waitForState("VI_1", "MASTER", 20_000, mark);
    await eventually("another MAC address", () => link()?.address === "02:00:00:00:00:07");
    expect(link()?.ifindex).not.toBe(first);

    await reload("", [`${VIP}/24`]);
    await eventually("the address on the base", () => holds("eth0"));
    expect(link()).toBeUndefined();
    expect(below()).toEqual(["0", "0"]);
  });

  it("follows its base: carrier, deletion and return; what somebody deletes is made again", async () => {
    const router = start("use_vmac");
    await master();
    cable.cut();
    await router.waitForState("VI_1", "FAULT");
    await host.waitForAddress(VMAC, VIP, false);
    await cable.restore();
    await master();

    const before = link()?.ifindex;
    host.exec("ip", "link", "del", VMAC);
    await eventually("another VMAC", () => link() !== undefined && link()?.ifindex !== before);
    await master();

    host.exec("ip", "link", "del", "eth0");
    await eventually("no VMAC", () => link() === undefined);
    host.exec("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "far0");
    host.exec("ip", "addr", "add", "192.0.2.1/24", "dev", "eth0");
    for (const name of ["eth0", "far0"]) host.exec("ip", "link", "set", name, "up");
    await master();
    expect(await router.stop()).toBe(0);
    expect(below()).toEqual(["0", "0"]);
  });

  it("left by a daemon that was killed is adopted, and so is that of a child that was", async () => {
    const router = start("use_vmac");
    await master();
    const first = link()?.ifindex;
    const child = pidIn(router.files.vrrpPid);
    const mark = router.process.mark();
    signalProcess(child, "SIGKILL");
    await nextPid(router.files.vrrpPid, child);
    await router.process.waitFor(`Adopting VMAC interface ${VMAC}`);
    // The address that is there before was left by the first child.
    await router.waitForState("VI_1", "MASTER", 20_000, mark);
    await master();
    expect(link()?.ifindex).toBe(first);

    await router.kill();
    expect(holds(VMAC)).toBe(true);
    router.start();
    await router.process.waitFor(`Adopting VMAC interface ${VMAC}`);
    await router.waitForState("VI_1", "MASTER");
    expect(link()?.ifindex).toBe(first);
    expect(await router.stop()).toBe(0);
    expect(link()).toBeUndefined();
    expect(below()).toEqual(["0", "0"]);
  });

  it("left by a daemon that was killed is left, and said, when the next configuration has none", async () => {
    const router = start("use_vmac");
    await master();
    await router.kill();
    const next = start("");
    await next.process.waitFor(`Interface ${VMAC} has a VRRP MAC address and is not in this configuration`);
    expect(await next.stop()).toBe(0);
    expect(link()).toBeDefined();
  });

  it("does not take over an interface that is somebody else's", async () => {
    host.exec("ip", "link", "add", VMAC, "type", "veth", "peer", "name", "far0");
    const router = start("use_vmac");
    await router.process.waitFor("is there already and is no macvlan");
    await router.process.waitFor("entering FAULT state");
    expect(await router.stop()).toBe(0);
    expect(link()?.linkinfo?.info_kind).toBe("veth");
  });

  it("waits for its base with dynamic_interfaces", async () => {
    const text = instance([`${VIP}/24`], "use_vmac").replace("eth0", "eth9");
    const router = new Router(lab, host, HOLDFAST, `global_defs {\n  dynamic_interfaces\n}\n${text}`);
    router.start();
    await router.process.waitFor("entering FAULT state (interface eth9 missing)");
    host.exec("ip", "link", "add", "eth9", "type", "veth", "peer", "name", "far9");
    host.exec("ip", "addr", "add", "192.0.2.9/24", "dev", "eth9");
    for (const name of ["eth9", "far9"]) host.exec("ip", "link", "set", name, "up");
    await master();
  });
});

describe("kernel parameters", () => {
  it("rp_filter of all goes to each interface for VMACs; disable_local_igmp; both are put back", async () => {
    host.sysctl("net/ipv4/conf/all/rp_filter", 1);
    const filters = () => ["all", "default", "eth0"].map((name) => parameter(`ipv4/conf/${name}/rp_filter`));
    const before = filters();
    const router = start("use_vmac", "global_defs {\n  disable_local_igmp\n}\n");
    await master();
    expect(filters()).toEqual(["0", "1", "1"]);
    expect(parameter(`ipv4/conf/${VMAC}/rp_filter`)).toBe("0");
    expect(parameter("ipv4/igmp_link_local_mcast_reports")).toBe("0");
    expect(await router.stop()).toBe(0);
    expect(filters()).toEqual(before);
    expect(parameter("ipv4/igmp_link_local_mcast_reports")).toBe("1");
  });
});

describe("no_accept", () => {
  let peer: Host;
  /** Whether the address answers at all: with a refusal, for nobody listens. */
  const answers = (): boolean => {
    const attempt = `timeout 1 bash -c 'exec 3<>/dev/tcp/${VIP}/9' 2>&1 || true`;
    return peer.exec("sh", "-c", attempt).includes("refused");
  };

  it("keeps everybody from the addresses, until a reload without it", async () => {
    peer = lab.host("peer");
    wire.connect(peer, "eth0", ["192.0.2.2/24"]);
    const router = start("use_vmac\n  no_accept");
    await master();
    expect(answers()).toBe(false);
    const mark = router.process.mark();
    router.configure(instance([`${VIP}/24`], "use_vmac"));
    router.reload();
    await router.process.waitFor("removing firewall drop rule", 20_000, mark);
    await eventually("an answer", answers);
    expect(await router.stop()).toBe(0);
    expect(answers()).toBe(false);
  });
});
