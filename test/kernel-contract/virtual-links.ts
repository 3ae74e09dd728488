import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Kernel, LinkEvent, ReceivedPacket } from "../../src/kernel/ports.ts";
import type { NewLink } from "../../src/wire/rtnetlink-link-change.ts";
import { eventually } from "../lab/process.ts";
import { type KernelUnderTest, refusal, settle } from "./host.ts";
import { packetTo } from "./outgoing.ts";

const MAC = new Uint8Array([0, 0, 0x5e, 0, 1, 51]);
const GROUP = "224.0.0.18";

export function virtualLinkContract(start: () => KernelUnderTest): void {
  describe("links on top of others", () => {
    let host: KernelUnderTest;
    let kernel: Kernel;
    beforeEach(() => {
      host = start();
      kernel = host.kernel;
    });
    afterEach(() => {
      const left = kernel.links.get("hf-vmac");
      if (left) kernel.links.delete(left.index);
      host.close();
    });

    const base = () => kernel.links.get(host.link)?.index ?? 0;
    const macvlan = (change: Partial<NewLink> = {}): NewLink =>
      ({ name: "hf-vmac", kind: "macvlan", base: base(), mac: MAC, ...change }) as NewLink;
    const vmac = () => kernel.links.get("hf-vmac");
    const makeUp = () => {
      kernel.links.create(macvlan());
      kernel.links.set(vmac()?.index ?? 0, { addressGeneration: "none", up: true });
    };

    it("are made down, with their own address, and come up", () => {
      kernel.links.create(macvlan({ group: 7 }));
      expect(vmac()).toMatchObject({
        kind: "macvlan",
        base: base(),
        mac: MAC,
        mtu: 1500,
        running: false,
        group: 7,
      });
      kernel.links.set(vmac()?.index ?? 0, { up: true, group: 8 });
      expect(vmac()).toMatchObject({ running: true, group: 8 });
      kernel.links.set(vmac()?.index ?? 0, { up: false });
      expect(vmac()).toMatchObject({ running: false, group: 8 });
      kernel.links.delete(vmac()?.index ?? 0);
      expect(vmac()).toBeUndefined();
    });

    it("are refused without a base and under a name that is taken", () => {
      kernel.links.create(macvlan());
      expect(refusal(() => kernel.links.create(macvlan()))).toBe("EEXIST");
      expect(refusal(() => kernel.links.create(macvlan({ name: "hf-other", base: 9999 })))).toBe("ENODEV");
      expect(refusal(() => kernel.links.delete(9999))).toBe("ENODEV");
      expect(refusal(() => kernel.links.set(9999, { up: true }))).toBe("ENODEV");
    });

    it("follow their base's carrier, and go with it", async () => {
      const events: LinkEvent[] = [];
      host.addLink("hf-extra");
      const below = kernel.links.get("hf-extra")?.index ?? 0;
      kernel.links.create(macvlan({ base: below }));
      const index = vmac()?.index ?? 0;
      kernel.links.set(index, { up: true });
      const monitor = kernel.links.monitor((event) => events.push(event));
      host.removeLink("hf-extra");
      await eventually("both gone", () => events.filter(({ type }) => type === "link-removed").length === 2);
      expect(vmac()).toBeUndefined();
      monitor.close();

      makeUp();
      host.setCarrier(false);
      await eventually("the loss of carrier", () => vmac()?.running === false);
      host.setCarrier(true);
      await eventually("the carrier", () => vmac()?.running === true);
    });

    it("have addresses and parameters of their own", () => {
      makeUp();
      const ifindex = vmac()?.index ?? 0;
      const address = { ifindex, address: "192.0.2.100", prefixLength: 24, scope: 0 };
      kernel.addresses.add(address);
      kernel.sysctl.write("net/ipv4/conf/hf-vmac/arp_ignore", "1");
      expect(kernel.sysctl.read("net/ipv4/conf/hf-vmac/arp_ignore")).toBe("1");
      expect(kernel.sysctl.read(`net/ipv4/conf/${host.link}/arp_ignore`)).toBe("0");
      expect(kernel.addresses.list().filter((each) => each.ifindex === ifindex)).toMatchObject([address]);
      kernel.links.delete(ifindex);
      expect(kernel.addresses.list().filter((each) => each.ifindex === ifindex)).toEqual([]);
      expect(kernel.sysctl.read("net/ipv4/conf/hf-vmac/arp_ignore")).toBeUndefined();
    });

    it("send to the segment and hear it, but not their base", async () => {
      makeUp();
      const ifindex = vmac()?.index ?? 0;
      const open = (interfaceName: string, index: number, source: string) =>
        kernel.packets.openVrrp({ family: 4, ifindex: index, interfaceName, group: GROUP, source });
      const above = open("hf-vmac", ifindex, "192.0.2.1");
      const below = open(host.link, base(), "192.0.2.1");
      const peer = host.onPeer(() => {
        const index = host.peer.links.get(host.peerLink)?.index ?? 0;
        const options = { family: 4, ifindex: index, interfaceName: host.peerLink, group: GROUP } as const;
        return host.peer.packets.openVrrp({ ...options, source: "192.0.2.2" });
      });
      const heard: Record<string, ReceivedPacket[]> = { above: [], below: [], peer: [] };
      for (const [name, socket] of Object.entries({ above, below, peer })) {
        socket.onPacket((packet) => heard[name]?.push({ ...packet, data: packet.data.slice() }));
      }
      above.send([packetTo(GROUP, [1], { source: "192.0.2.1" })]);
      await eventually("the packet from above", () => heard.peer?.length === 1);
      expect(heard.peer?.[0]).toMatchObject({ source: "192.0.2.1", destination: GROUP });
      peer.send([packetTo(GROUP, [2])]);
      await eventually("the answer", () => heard.above?.length === 1 && heard.below?.length === 1);
      await settle();
      expect(heard.above?.map(({ data, ifindex: at }) => [data[20], at])).toEqual([[2, ifindex]]);
      expect(heard.below?.map(({ data, ifindex: at }) => [data[20], at])).toEqual([[2, base()]]);
    });
  });

  describe("kernel parameters", () => {
    it("are read and written, and absent where there are none", () => {
      const host = start();
      const { sysctl } = host.kernel;
      const path = `net/ipv4/conf/${host.link}/rp_filter`;
      const before = sysctl.read(path) ?? "";
      expect(before).toMatch(/^[012]$/);
      const other = before === "0" ? "1" : "0";
      sysctl.write(path, other);
      expect(sysctl.read(path)).toBe(other);
      sysctl.write(path, before);
      expect(sysctl.read("net/ipv4/conf/nowhere/rp_filter")).toBeUndefined();
      expect(refusal(() => sysctl.write("net/ipv4/conf/nowhere/rp_filter", "1"))).toBe("ENOENT");
      expect(refusal(() => sysctl.write("net/ipv6/conf/all/no_such_thing", "1"))).toBe("ENOENT");
      host.close();
    });
  });
}
