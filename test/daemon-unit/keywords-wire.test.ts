/** What single keywords do, from the text of a configuration to what is on the wire. */
import { describe, expect, it } from "vitest";
import { announcements, either, globals, last, master, onWire, vrrp } from "./wire-bench.ts";

const V3 = "version 3";

describe("what an advert says", () => {
  it("virtual_router_id, priority, version, advert_int and addresses, in order", () => {
    const text = vrrp("version 3\npriority 120\nadvert_int 0.25", "192.0.2.101\n192.0.2.100");
    const wire = master(text.replace("virtual_router_id 51", "virtual_router_id 77"));
    expect(last(wire).advert).toMatchObject({
      ...{ version: 3, virtualRouterId: 77, priority: 120, interval: 250_000 },
      addresses: ["192.0.2.101", "192.0.2.100"],
    });
    const [first, second] = wire.adverts.slice(-2);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBe(250_000);
  });

  it("vrrp_version for all instances", () => {
    expect(last(master(globals("vrrp_version 3") + vrrp())).advert.version).toBe(3);
    expect(last(master(vrrp())).advert.version).toBe(2);
  });

  it("interface, with eth1 as well as eth0", () => {
    expect(last(master(vrrp("interface eth1"))).source).toBe("198.51.100.1");
  });

  it("virtual_ipaddress_excluded is held and announced, and not in adverts", () => {
    const wire = master(vrrp("virtual_ipaddress_excluded {\n192.0.2.150/24\n}"));
    expect(last(wire).advert.addresses).toEqual(["192.0.2.100"]);
    expect(announcements(wire, "192.0.2.150")).not.toEqual([]);
    expect(wire.kernel.addresses.list().map(({ address }) => address)).toContain("192.0.2.150");
  });

  it("no_virtual_ipaddress: adverts without an address", () => {
    expect(last(master(vrrp("no_virtual_ipaddress", ""))).advert.addresses).toEqual([]);
  });

  it("native_ipv6: IPv6 where no address tells", () => {
    expect(last(master(vrrp("no_virtual_ipaddress\nnative_ipv6", "")))).toMatchObject({
      source: "fe80::1",
      destination: "ff02::12",
    });
  });

  it("authentication: auth_type PASS has the words of auth_pass in it", () => {
    const wire = master(vrrp("authentication {\nauth_type PASS\nauth_pass s3cret\n}"));
    expect(last(wire).advert).toMatchObject({ authType: 1, password: "s3cret" });
    wire.say({ authType: 1, password: "other" });
    expect(wire.state()).toBe("MASTER");
    wire.say({ authType: 1, password: "s3cret" });
    expect(wire.state()).toBe("BACKUP");
  });

  it.each(either("v3_checksum_as_v2\nvrrp_version 3", "version 3\nv3_checksum_as_v2"))(
    "v3_checksum_as_v2 %s: the sum of the message alone",
    (_what, text) => {
      const sum = (data: Uint8Array) => {
        let total = 0;
        for (let at = 20; at < data.length; at += 2) total += ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
        return ((total & 0xffff) + (total >> 16)) & 0xffff;
      };
      expect(sum(last(master(text)).data)).toBe(0xffff);
      expect(sum(last(master(vrrp(V3))).data)).not.toBe(0xffff);
    },
  );
});

describe("what a file says", () => {
  it.each(["track_file", "vrrp_track_file"])(
    "%s: init_file makes it, its number counts by weight",
    (keyword) => {
      const wire = master(
        `${keyword} f {\nfile /run/f\nweight 2\ninit_file 5\n}\n${vrrp("track_file {\nf\n}")}`,
      );
      expect(last(wire).advert.priority).toBe(110);
      wire.kernel.disk.write("/run/f", "7\n");
      wire.pass(2);
      expect(last(wire).advert.priority).toBe(114);
    },
  );
});

describe("where adverts go", () => {
  it("vrrp_mcast_group4, and mcast_dst_ip before it", () => {
    const global = globals("vrrp_mcast_group4 224.0.0.77");
    expect(last(master(global + vrrp())).destination).toBe("224.0.0.77");
    expect(last(master(global + vrrp("mcast_dst_ip 224.0.0.99"))).destination).toBe("224.0.0.99");
  });

  it("vrrp_mcast_group6", () => {
    const text = globals("vrrp_mcast_group6 ff02::77") + vrrp(V3, "fe80::100/64");
    expect(last(master(text))).toMatchObject({ destination: "ff02::77", source: "fe80::1", hops: 255 });
  });

  it("mcast_src_ip", () => {
    const wire = onWire(vrrp("mcast_src_ip 192.0.2.9"));
    wire.kernel.addresses.add({ ifindex: 2, address: "192.0.2.9", prefixLength: 24, scope: 0 });
    wire.pass(4);
    expect(last(wire).source).toBe("192.0.2.9");
  });

  it("unicast_peer, unicast_src_ip and unicast_ttl", () => {
    const text = vrrp("unicast_src_ip 192.0.2.1\nunicast_ttl 7\nunicast_peer {\n192.0.2.2\n192.0.2.3\n}");
    const wire = master(text);
    const ends = wire.adverts.slice(0, 2).map(({ destination, hops }) => [destination, hops]);
    expect(ends).toEqual([
      ["192.0.2.2", 7],
      ["192.0.2.3", 7],
    ]);
  });

  it("unicast_fault_no_peer: nothing without a peer", () => {
    const wire = onWire(vrrp("unicast_fault_no_peer"));
    wire.pass(10);
    expect(wire.adverts).toEqual([]);
    expect(wire.state()).toBe("FAULT");
  });
});

describe("memory of sockets", () => {
  const given = (text: string) => onWire(text).buffers.at(-1);

  it("kernel_rx_buf_size", () => {
    expect(given(vrrp())).toBeUndefined();
    expect(given(vrrp("kernel_rx_buf_size 12345"))).toBe(12_345);
  });

  it("vrrp_rx_bufs_policy and vrrp_rx_bufs_multiplier", () => {
    expect(given(globals("vrrp_rx_bufs_policy MTU") + vrrp())).toBe(3 * 1_500);
    expect(given(globals("vrrp_rx_bufs_policy MTU\nvrrp_rx_bufs_multiplier 5") + vrrp())).toBe(5 * 1_500);
  });
});

it("lvs_sync_daemon and lvs_sync_daemon_interface: daemons of IPVS follow an instance", () => {
  const cases = [
    ["eth1", 3, globals("lvs_sync_daemon eth1 VI id 3") + vrrp()],
    ["eth1", 51, vrrp("lvs_sync_daemon_interface eth1")],
  ] as const;
  for (const [device, id, text] of cases) {
    const wire = onWire(text);
    const running = () => wire.kernel.ipvs.daemons();
    expect(running()).toMatchObject([{ state: "backup", interface: device, id }]);
    wire.pass(4);
    expect(running()).toMatchObject([{ state: "master", interface: device, id }]);
    wire.say();
    expect(running()).toMatchObject([{ state: "backup", interface: device, id }]);
    wire.stop();
    expect(running()).toEqual([]);
  }
});
