import { closeSync, openSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enterNetworkNamespace, newNetworkNamespace } from "../../native/interface.ts";
import { NftFirewall } from "../../src/daemon/driver/nft-firewall.ts";
import { createLinuxKernel } from "../../src/kernel/linux/kernel.ts";
import type { Kernel } from "../../src/kernel/ports.ts";
import { keptLog } from "../daemon-unit/drive.ts";
import { findProgram } from "../lab/capabilities.ts";
import { execute } from "../lab/process.ts";

// The texts are what `nft list ruleset` says of keepalived 2.2.7's tables for the same links and addresses.

const ip = (...words: string[]) => execute(["ip", ...words]);
const ruleset = () => execute(["nft", "list", "ruleset"]);
let home = -1;
let kernel: Kernel;

beforeAll(() => {
  home = openSync("/proc/thread-self/ns/net", "r");
  if (newNetworkNamespace() < 0) throw new Error("unshare");
  ip("link", "add", "eth0", "type", "veth", "peer", "name", "far");
  ip("link", "add", "vrrp.51", "link", "eth0", "type", "macvlan", "mode", "private");
  kernel = createLinuxKernel();
});

afterAll(() => {
  kernel?.close();
  if (home >= 0) {
    enterNetworkNamespace(`/proc/self/fd/${home}`);
    closeSync(home);
  }
});

function firewall(options: { counters?: boolean; priority?: number } = {}) {
  const { log, lines } = keptLog();
  const { counters = false, priority = -1 } = options;
  const made = new NftFirewall(kernel.firewall, { table: "keepalived", priority, counters }, log);
  return { made, lines };
}

const link = () => ({
  link: {} as never,
  ifindex: kernel.links.get("vrrp.51")?.index ?? 0,
  baseIndex: kernel.links.get("eth0")?.index ?? 0,
});

const at = (address: string, interfaceName = "eth0", byName = false) => ({
  address,
  interfaceName,
  byName,
  ifindex: kernel.links.get(interfaceName)?.index ?? 0,
});

const LINKS = `table ip keepalived {
	map vmac_map {
		type iface_index : iface_index
		elements = { "vrrp.51" : "eth0" }
	}

	chain out {
		type filter hook output priority filter - 1; policy accept;
		ip protocol igmp meta oifkind "macvlan" dup to ip daddr device oif map @vmac_map drop
	}
}
table ip6 keepalived {
	map vmac_map {
		type iface_index : iface_index
		elements = { "vrrp.51" : "eth0" }
	}

	set vmac_set {
		type iface_index
		elements = { "vrrp.51" }
	}

	chain out {
		type filter hook output priority filter - 1; policy accept;
		icmpv6 type mld2-listener-report meta oifkind "macvlan" dup to ip6 daddr device oif map @vmac_map drop
		icmpv6 type nd-router-solicit meta oifkind "macvlan" oif @vmac_set drop
	}
}
`;

const ADDRESSES = `table ip keepalived {
	set vips {
		type ipv4_addr
		elements = { 10.0.0.100, 10.0.0.101 }
	}

	chain out {
		type filter hook output priority filter - 5; policy accept;
		ip saddr @vips counter packets 0 bytes 0 drop
	}

	chain in {
		type filter hook input priority filter - 5; policy accept;
		ip daddr @vips counter packets 0 bytes 0 drop
	}
}
table ip6 keepalived {
	set vips {
		type ipv6_addr
		elements = { 2001:db8::52 }
	}

	set neighbor-discovery {
		type icmpv6_type
		flags constant
		elements = { nd-neighbor-solicit,
			     nd-neighbor-advert }
	}

	set vips_link_local {
		type ipv6_addr . iface_index
		elements = { fe80::51 . "vrrp.51" }
	}

	set vips_link_local_name {
		type ipv6_addr . ifname
		elements = { fe80::52 . "eth0" }
	}

	chain out {
		type filter hook output priority filter - 5; policy accept;
		icmpv6 type @neighbor-discovery counter packets 0 bytes 0 accept
		ip6 saddr fe80::/10 counter packets 0 bytes 0 goto out_link_local
		ip6 saddr @vips counter packets 0 bytes 0 drop
	}

	chain in {
		type filter hook input priority filter - 5; policy accept;
		icmpv6 type @neighbor-discovery counter packets 0 bytes 0 accept
		ip6 daddr fe80::/10 counter packets 0 bytes 0 goto in_link_local
		ip6 daddr @vips counter packets 0 bytes 0 drop
	}

	chain in_link_local {
		ip6 daddr . iif @vips_link_local counter packets 0 bytes 0 drop
		ip6 daddr . iifname @vips_link_local_name counter packets 0 bytes 0 drop
	}

	chain out_link_local {
		ip6 saddr . oif @vips_link_local counter packets 0 bytes 0 drop
		ip6 saddr . oifname @vips_link_local_name counter packets 0 bytes 0 drop
	}
}
`;

describe.runIf(findProgram("nft"))("the rules of virtual links and addresses, as nft shows them", () => {
  it("move group membership below the link, and go with it", () => {
    const { made, lines } = firewall();
    made.addLink(link(), ["ip", "ip6"]);
    expect(ruleset()).toBe(LINKS);
    made.removeLink(link());
    expect(ruleset()).toBe(LINKS.replaceAll(/\n\t\telements = .*/g, ""));
    made.close();
    expect(ruleset()).toBe("");
    expect(lines).toEqual([]);
  });

  it("drop what is for addresses that accept nothing, while somebody holds them", () => {
    const { made, lines } = firewall({ counters: true, priority: -5 });
    const four = [at("10.0.0.100"), at("10.0.0.101")];
    const six = [at("2001:db8::52"), at("fe80::51", "vrrp.51"), at("fe80::52", "eth0", true)];
    made.block(four);
    made.block(six);
    expect(ruleset()).toBe(ADDRESSES);
    made.block(four.slice(0, 1));
    made.unblock(four);
    expect(ruleset()).toBe(ADDRESSES.replace(", 10.0.0.101", ""));
    made.unblock(four.slice(0, 1));
    made.unblock(six);
    expect(ruleset()).not.toMatch(/10\.0\.0|2001:db8|fe80::5/);
    made.close();
    expect(ruleset()).toBe("");
    expect(lines).toEqual([]);
  });

  it("are those that are needed after each tidying, and no table where none is", () => {
    const { made, lines } = firewall();
    const six = [at("2001:db8::52"), at("fe80::51", "vrrp.51"), at("fe80::52", "eth0", true)];
    made.addLink(link(), ["ip", "ip6"]);
    made.block([at("10.0.0.100"), ...six]);
    const all = ruleset();
    made.tidy();
    expect(ruleset()).toBe(all);
    made.unblock(six.slice(2));
    made.removeLink(link());
    made.tidy();
    expect(ruleset()).toMatch(/elements = \{ 10\.0\.0\.100 \}/);
    expect(ruleset()).toMatch(/elements = \{ fe80::51 \. "vrrp\.51" \}/);
    expect(ruleset()).not.toMatch(/vips_link_local_name|macvlan/);
    made.unblock(six.slice(0, 2));
    made.tidy();
    expect(ruleset()).not.toContain("table ip6");
    made.addLink(link(), ["ip", "ip6"]);
    made.unblock([at("10.0.0.100")]);
    made.tidy();
    // The tables come in the order in which they were made.
    expect(
      ruleset()
        .split(/^(?=table)/m)
        .sort()
        .join(""),
    ).toBe(LINKS);
    made.removeLink(link());
    made.tidy();
    expect(ruleset()).toBe("");
    made.close();
    expect(lines).toEqual([]);
  });

  it("replace the table of a daemon that was killed", () => {
    const killed = firewall();
    killed.made.block([at("10.0.0.99")]);
    const next = firewall();
    next.made.addLink(link(), ["ip", "ip6"]);
    expect(ruleset()).toBe(LINKS);
    next.made.close();
    expect(ruleset()).toBe("");
  });
});
