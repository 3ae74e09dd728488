import { describe, expect, it } from "vitest";
import type { VrrpEffect, VrrpEvent } from "../../src/core/vrrp/contract.ts";
import { VrrpDriver } from "../../src/daemon/driver/vrrp.ts";
import { emptied } from "../../src/daemon/parts.ts";
import { createMemoryKernel, type MemoryKernel } from "../../src/kernel/memory/kernel.ts";
import { MemoryNetwork, type Transmission } from "../../src/kernel/memory/network.ts";
import { VirtualClock } from "../../src/kernel/memory/virtual-clock.ts";
import { diff } from "../../src/plan/diff.ts";
import type { Change } from "../../src/plan/plan.ts";
import { bytesToIp } from "../../src/values/ip.ts";
import { arpOfFrame } from "../../src/wire/arp.ts";
import { ERRNO } from "../../src/wire/errno.ts";
import type { VrrpAdvert } from "../../src/wire/vrrp.ts";
import { compileText } from "../plan/compile-text.ts";
import { keptLog, noScripts, Scripted } from "./drive.ts";

const GROUP = "224.0.0.18";
const VIP = { address: "192.0.2.100", prefixLength: 24 };
const ADVERT: VrrpAdvert = {
  version: 3,
  virtualRouterId: 51,
  priority: 100,
  interval: 1_000_000,
  addresses: [VIP.address],
};

function changesFor(...names: string[]): readonly Change[] {
  const text = names
    .map(
      (name, i) => `vrrp_instance ${name} {\n interface eth0\n virtual_router_id ${51 + i}\n version 3\n}\n`,
    )
    .join("");
  const { config } = compileText(text, "k.conf");
  return diff(emptied(config), config).changes;
}

const open = (instance: string, more: object = {}): VrrpEffect => ({
  type: "open",
  instance,
  family: 4,
  interface: "eth0",
  ifindex: 2,
  group: GROUP,
  source: "192.0.2.1",
  ...more,
});

/** A driver on eth0 (192.0.2.1) whose wire a second kernel (192.0.2.2) shares. */
function bench(machine = new Scripted<VrrpEvent, VrrpEffect>()) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock });
  const kernelAt = (address: string): MemoryKernel =>
    createMemoryKernel({ network, links: [{ name: "eth0", segment: "lan", addresses: [`${address}/24`] }] });
  const kernel = kernelAt("192.0.2.1");
  const peer = kernelAt("192.0.2.2");
  const sent: Transmission[] = [];
  network.segment("lan").observe((transmission) => sent.push(transmission));
  const { log, lines } = keptLog();
  const driver = new VrrpDriver(kernel, machine, noScripts(log), log);
  return { clock, kernel, peer, sent, lines, driver, machine };
}

const held = (kernel: MemoryKernel) => kernel.addresses.list().filter(({ ifindex }) => ifindex === 2);

describe("VrrpDriver", () => {
  it("gives the machine the facts of the interfaces that a plan names, also of one that is not there", () => {
    const { driver, machine } = bench();
    driver.apply(changesFor("A"));
    expect(machine.ofType("apply")[0]?.interfaces).toEqual([
      { name: "eth0", ifindex: 2, running: true, mtu: 1500, address4: "192.0.2.1" },
    ]);
    const elsewhere = changesFor("A").map((change) =>
      change.object === "vrrp_instance" && change.after
        ? { ...change, after: { ...change.after, interface: "eth9" } }
        : change,
    );
    driver.apply(elsewhere);
    expect(machine.ofType("apply")[1]?.interfaces).toContainEqual({
      name: "eth9",
      ifindex: 0,
      running: false,
    });
  });

  it("reports a change of an interface once, and nothing of interfaces that nobody named", () => {
    const { driver, machine, kernel, clock } = bench();
    driver.apply(changesFor("A"));
    kernel.addLink({ name: "eth5" });
    kernel.setLink("eth0", { carrier: false });
    kernel.setLink("eth0", { carrier: false });
    clock.advanceBy(1_000);
    expect(machine.ofType("interface").map(({ facts }) => [facts.name, facts.running])).toEqual([
      ["eth0", false],
    ]);
    kernel.setLink("eth0", { carrier: true });
    kernel.removeLink("eth0");
    clock.advanceBy(1_000);
    expect(machine.ofType("interface").at(-1)?.facts).toEqual({ name: "eth0", ifindex: 0, running: false });
  });

  it("puts addresses on with VRRP's mark, and takes them off", () => {
    const addresses = [VIP];
    const machine = new Scripted<VrrpEvent, VrrpEffect>().on("apply", {
      type: "add-addresses",
      instance: "A",
      addresses,
    });
    const { driver, kernel } = bench(machine);
    driver.apply(changesFor("A"));
    expect(held(kernel)[1]).toMatchObject({ ...VIP, protocol: 18, scope: 0 });
    machine.on("apply", { type: "remove-addresses", instance: "A", addresses });
    driver.apply([]);
    expect(held(kernel).map(({ address }) => address)).toEqual(["192.0.2.1"]);
  });

  it("never takes a virtual address for the router's own", () => {
    const machine = new Scripted<VrrpEvent, VrrpEffect>().on("apply", {
      type: "add-addresses",
      instance: "A",
      addresses: [VIP],
    });
    const { driver, kernel, clock } = bench(machine);
    driver.apply(changesFor("A"));
    for (const own of held(kernel).filter(({ protocol }) => protocol !== 18)) kernel.addresses.delete(own);
    clock.advanceBy(1_000);
    expect(machine.ofType("interface").map(({ facts }) => facts)).toEqual([
      { name: "eth0", ifindex: 2, running: true, mtu: 1500 },
    ]);
  });

  it("takes what is there already, or gone already, as done", () => {
    const machine = new Scripted<VrrpEvent, VrrpEffect>().on(
      "apply",
      { type: "remove-addresses", instance: "A", addresses: [VIP] },
      { type: "add-addresses", instance: "A", addresses: [VIP] },
      { type: "add-addresses", instance: "A", addresses: [VIP] },
    );
    const { driver, kernel, lines } = bench(machine);
    driver.apply(changesFor("A"));
    expect(held(kernel).map(({ address }) => address)).toEqual(["192.0.2.1", VIP.address]);
    expect(lines).toEqual([
      "address 192.0.2.100/24 dev eth0 scope global: nothing to remove (EADDRNOTAVAIL)",
    ]);
  });

  it("tells of an address that somebody else took away, not of its own removals", () => {
    const machine = new Scripted<VrrpEvent, VrrpEffect>()
      .on("apply", {
        type: "add-addresses",
        instance: "A",
        addresses: [VIP, { ...VIP, address: "192.0.2.101" }],
      })
      .on("malformed", { type: "remove-addresses", instance: "A", addresses: [VIP] });
    const { driver, kernel, clock } = bench(machine);
    driver.apply(changesFor("A"));
    clock.advanceBy(1_000);
    const taken = held(kernel).find(({ address }) => address === "192.0.2.101");
    if (taken !== undefined) kernel.addresses.delete(taken);
    clock.advanceBy(1_000);
    expect(machine.ofType("address-removed")).toEqual([
      { type: "address-removed", ifindex: 2, address: "192.0.2.101" },
    ]);
  });

  it("sends adverts, and hands in what others send", () => {
    const machine = new Scripted<VrrpEvent, VrrpEffect>().on("apply", open("A"), {
      type: "send-advert",
      instance: "A",
      advert: ADVERT,
      source: "192.0.2.1",
      destinations: [GROUP],
    });
    const { driver, peer, clock, sent } = bench(machine);
    const other = new Scripted<VrrpEvent, VrrpEffect>().on("apply", open("B", { source: "192.0.2.2" }));
    const { log } = keptLog();
    new VrrpDriver(peer, other, noScripts(log), log).apply(changesFor("B"));
    driver.apply(changesFor("A"));
    clock.advanceBy(1_000);
    expect(sent).toHaveLength(1);
    expect(other.ofType("advert")).toEqual([
      { type: "advert", advert: ADVERT, source: "192.0.2.1", destination: GROUP, hops: 255, ifindex: 2 },
    ]);
    expect(machine.ofType("advert")).toEqual([]);
  });

  it("hands in each packet once, however many instances share the interface", () => {
    const machine = new Scripted<VrrpEvent, VrrpEffect>().on(
      "apply",
      open("A"),
      open("B"),
      open("C", { source: "192.0.2.77" }),
    );
    const { driver, peer, clock } = bench(machine);
    driver.apply(changesFor("A", "B", "C"));
    const other = new Scripted<VrrpEvent, VrrpEffect>().on("apply", open("P", { source: "192.0.2.2" }), {
      type: "send-advert",
      instance: "P",
      advert: ADVERT,
      source: "192.0.2.2",
      destinations: [GROUP],
    });
    const { log } = keptLog();
    const sender = new VrrpDriver(peer, other, noScripts(log), log);
    sender.apply(changesFor("P"));
    clock.advanceBy(1_000);
    expect(machine.ofType("advert")).toHaveLength(1);
    // The one that was listened to goes: another one listens.
    machine.on("apply", { type: "close", instance: "A" }, { type: "close", instance: "B" });
    driver.apply([]);
    sender.apply([]);
    clock.advanceBy(1_000);
    expect(machine.ofType("advert")).toHaveLength(2);
  });

  it("announces each address with one gratuitous ARP or neighbour advertisement, in order", () => {
    const addresses = [VIP, { address: "2001:db8::1", prefixLength: 64 }, { ...VIP, address: "192.0.2.101" }];
    const machine = new Scripted<VrrpEvent, VrrpEffect>().on("apply", {
      type: "gratuitous-arp",
      instance: "A",
      addresses,
    });
    const { driver, sent } = bench(machine);
    driver.apply(changesFor("A"));
    const announced = sent.map((each) => {
      if (each.kind !== "frame") return undefined;
      return arpOfFrame(each.frame)?.senderAddress ?? bytesToIp(each.frame.subarray(14 + 8, 14 + 24));
    });
    expect(announced).toEqual(["192.0.2.100", "2001:db8::1", "192.0.2.101"]);
  });

  it("says in neighbour advertisements whether the interface forwards", () => {
    const addresses = [{ address: "2001:db8::1", prefixLength: 64 }];
    const effect = { type: "gratuitous-arp", instance: "A", addresses } as const;
    const machine = new Scripted<VrrpEvent, VrrpEffect>().on("apply", effect);
    const { driver, sent, kernel } = bench(machine);
    driver.apply(changesFor("A"));
    kernel.sysctl.write("net/ipv6/conf/eth0/forwarding", "1");
    machine.on("apply", effect);
    driver.apply(changesFor("A"));
    const flags = sent.map((each) => (each.kind === "frame" ? each.frame[14 + 40 + 4] : undefined));
    expect(flags).toEqual([0x20, 0xa0]);
  });

  it("logs what the kernel refuses and goes on", () => {
    const machine = new Scripted<VrrpEvent, VrrpEffect>().on(
      "apply",
      open("A"),
      { type: "send-advert", instance: "A", advert: ADVERT, source: "192.0.2.1", destinations: [GROUP] },
      { type: "add-addresses", instance: "A", addresses: [{ ...VIP, dev: "eth9" }] },
      { type: "log", level: "info", message: "the end" },
    );
    const { driver, kernel, lines } = bench(machine);
    kernel.faults.inject("packets.openVrrp", ERRNO.EPERM);
    driver.apply(changesFor("A"));
    expect(lines[0]).toMatch(/^\(A\) cannot open a VRRP socket on eth0: .*EPERM/);
    expect(lines.slice(1)).toEqual([
      "Cannot add address 192.0.2.100/24 dev eth9 scope global: there is no interface eth9",
      "the end",
    ]);
  });

  it("leaves addresses in place on stop when it is told to", () => {
    const machine = new Scripted<VrrpEvent, VrrpEffect>().on("apply", {
      type: "add-addresses",
      instance: "A",
      addresses: [VIP],
    });
    const { driver, kernel } = bench(machine);
    driver.apply(changesFor("A"));
    machine.on("apply", { type: "remove-addresses", instance: "A", addresses: [VIP] });
    driver.stop([], true);
    expect(held(kernel).map(({ address }) => address)).toContain(VIP.address);
  });
});
