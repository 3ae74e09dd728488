import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AddressEvent, InterfaceAddress } from "../../src/kernel/ports.ts";
import { ADDRESS_FLAGS } from "../../src/wire/rtnetlink-address.ts";
import { eventually } from "../lab/process.ts";
import { type KernelUnderTest, refusal } from "./host.ts";

export function addressContract(start: () => KernelUnderTest): void {
  describe("addresses", () => {
    let host: KernelUnderTest;
    let ifindex: number;
    beforeEach(() => {
      host = start();
      ifindex = host.kernel.links.get(host.link)?.index ?? 0;
    });
    afterEach(() => host.close());

    const vip = (change: Partial<InterfaceAddress> = {}): InterfaceAddress => ({
      ifindex,
      address: "198.51.100.10",
      prefixLength: 24,
      scope: 0,
      protocol: 18,
      ...change,
    });
    const on = (link: number, address: string) =>
      host.kernel.addresses.list().filter((one) => one.ifindex === link && one.address === address);

    it("are listed with what the link had", () => {
      expect(on(ifindex, "192.0.2.1")).toMatchObject([{ prefixLength: 24, scope: 0, label: host.link }]);
    });

    it("keep every part they are added with", () => {
      const full = vip({ broadcast: "198.51.100.255", label: `${host.link}:vip`, scope: 253 });
      host.kernel.addresses.add(full);
      expect(on(ifindex, full.address)).toEqual([full]);
      const peer = vip({ address: "203.0.113.1", peer: "203.0.113.2", prefixLength: 32 });
      host.kernel.addresses.add(peer);
      expect(on(ifindex, peer.address)).toEqual([{ ...peer, label: host.link }]);
      const ipv6 = vip({ address: "2001:db8::10", prefixLength: 64 });
      host.kernel.addresses.add(ipv6);
      expect(on(ifindex, ipv6.address)).toEqual([ipv6]);
      const { home, mngtmpaddr, noprefixroute } = ADDRESS_FLAGS;
      const options = vip({
        address: "2001:db8::11",
        prefixLength: 64,
        flags: home | mngtmpaddr | noprefixroute,
        preferredLifetime: 0,
      });
      host.kernel.addresses.add(options);
      expect(on(ifindex, options.address)).toEqual([options]);
    });

    it("can be deleted by what identifies them", () => {
      host.kernel.addresses.add(vip());
      host.kernel.addresses.delete(vip());
      expect(on(ifindex, vip().address)).toEqual([]);
    });

    it("are refused as Linux refuses them", () => {
      const { addresses } = host.kernel;
      addresses.add(vip());
      expect(refusal(() => addresses.add(vip()))).toBe("EEXIST");
      expect(refusal(() => addresses.add(vip({ ifindex: 9999 })))).toBe("ENODEV");
      expect(refusal(() => addresses.add(vip({ prefixLength: 33 })))).toBe("EINVAL");
      expect(refusal(() => addresses.delete(vip({ address: "198.51.100.11" })))).toBe("EADDRNOTAVAIL");
      expect(refusal(() => addresses.delete(vip({ prefixLength: 25 })))).toBe("EADDRNOTAVAIL");
      expect(refusal(() => addresses.delete(vip({ ifindex: 9999 })))).toBe("ENODEV");
      const ipv6 = vip({ address: "2001:db8::10", prefixLength: 64 });
      addresses.add(ipv6);
      expect(refusal(() => addresses.add(ipv6))).toBe("EEXIST");
      expect(refusal(() => addresses.add({ ...ipv6, prefixLength: 128 }))).toBe("EEXIST");
      expect(refusal(() => addresses.delete({ ...ipv6, address: "2001:db8::11" }))).toBe("EADDRNOTAVAIL");
    });

    it("of IPv4 may be there twice, with different prefixes", () => {
      host.kernel.addresses.add(vip());
      host.kernel.addresses.add(vip({ prefixLength: 32 }));
      expect(on(ifindex, vip().address)).toHaveLength(2);
    });

    it("take their secondaries with them", () => {
      host.kernel.addresses.add(vip());
      host.kernel.addresses.add(vip({ address: "198.51.100.11" }));
      host.kernel.addresses.delete(vip());
      expect(on(ifindex, "198.51.100.11")).toEqual([]);
    });

    it("report their coming and going, in order, also with their link", async () => {
      host.addLink("hf-extra");
      const extra = host.kernel.links.get("hf-extra")?.index ?? 0;
      const events: AddressEvent[] = [];
      const monitor = host.kernel.addresses.monitor((event) => {
        if (event.address.protocol === 18) events.push(event);
      });
      host.kernel.addresses.add(vip());
      host.kernel.addresses.delete(vip());
      host.kernel.addresses.add(vip({ ifindex: extra }));
      host.removeLink("hf-extra");
      await eventually("the last event", () => events.length >= 4);
      expect(events.map(({ type, address }) => [type, address.ifindex])).toEqual([
        ["address", ifindex],
        ["address-removed", ifindex],
        ["address", extra],
        ["address-removed", extra],
      ]);
      expect(events[0]?.address).toEqual({ ...vip(), label: host.link });
      monitor.close();
    });
  });
}
