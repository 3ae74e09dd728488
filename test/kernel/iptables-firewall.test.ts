import { closeSync, openSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enterNetworkNamespace, newNetworkNamespace } from "../../native/interface.ts";
import { IptablesFirewall, setNames } from "../../src/daemon/driver/iptables-firewall.ts";
import type { MadeLink } from "../../src/daemon/driver/vrrp-links.ts";
import { keptLog } from "../daemon-unit/drive.ts";
import { findProgram } from "../lab/capabilities.ts";
import { execute } from "../lab/process.ts";

// The tools of the kernel's older filter, under names that are theirs alone.

const [iptables, ip6tables, ipset] = ["iptables-legacy", "ip6tables-legacy", "ipset"].map(findProgram);
const tools = { iptables: iptables ?? "", ip6tables: ip6tables ?? "", ...(ipset && { ipset }) };
const CHAINS = { input: "INPUT", output: "OUTPUT" };
let home = -1;

beforeAll(() => {
  home = openSync("/proc/thread-self/ns/net", "r");
  if (newNetworkNamespace() < 0) throw new Error("unshare");
});

afterAll(() => {
  if (home < 0) return;
  enterNetworkNamespace(`/proc/self/fd/${home}`);
  closeSync(home);
});

const rules = (tool: string) =>
  execute([tool, "-S"])
    .split("\n")
    .filter((line) => line.startsWith("-A"));
const members = (set: string) =>
  execute([tools.ipset ?? "", "save", set])
    .split("\n")
    .filter((line) => line.startsWith("add"))
    .sort();

const link: MadeLink = {
  link: { name: "vrrp.51", base: "eth0", family: 4, mac: "00:00:5e:00:01:33", ipv6: true, announced: false },
  ifindex: 7,
  baseIndex: 3,
};
const at = (address: string) => ({ address, interfaceName: "eth0", ifindex: 3, byName: false });

describe.runIf(iptables && ip6tables)("iptables", () => {
  it("has rules for each address and link, and none when all are gone", () => {
    const { log, lines } = keptLog();
    const firewall = new IptablesFirewall(tools, CHAINS, undefined, log);
    firewall.addLink(link, ["ip", "ip6"]);
    firewall.block([at("192.0.2.100"), at("fe80::51")]);
    firewall.block([at("192.0.2.100")]);
    expect(rules(tools.iptables)).toEqual([
      "-A INPUT -d 192.0.2.100/32 -j DROP",
      "-A OUTPUT -s 192.0.2.100/32 -j DROP",
      "-A OUTPUT -o vrrp.51 -p igmp -j DROP",
    ]);
    expect(rules(tools.ip6tables)).toEqual([
      "-A INPUT -d fe80::51/128 -i eth0 -p ipv6-icmp -m icmp6 --icmpv6-type 136 -j ACCEPT",
      "-A INPUT -d fe80::51/128 -i eth0 -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT",
      "-A INPUT -d fe80::51/128 -i eth0 -j DROP",
      "-A OUTPUT -s fe80::51/128 -o eth0 -p ipv6-icmp -m icmp6 --icmpv6-type 136 -j ACCEPT",
      "-A OUTPUT -s fe80::51/128 -o eth0 -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT",
      "-A OUTPUT -s fe80::51/128 -o eth0 -j DROP",
      "-A OUTPUT -o vrrp.51 -p ipv6-icmp -m icmp6 --icmpv6-type 143 -j DROP",
      "-A OUTPUT -o vrrp.51 -p ipv6-icmp -m icmp6 --icmpv6-type 133 -j DROP",
    ]);
    firewall.unblock([at("192.0.2.100"), at("fe80::51")]);
    expect(rules(tools.iptables)).toHaveLength(3);
    firewall.unblock([at("192.0.2.100")]);
    firewall.removeLink(link);
    expect([...rules(tools.iptables), ...rules(tools.ip6tables)]).toEqual([]);
    firewall.close();
    expect(lines).toEqual([]);
  });

  it("takes over the rules of a daemon that was killed, and goes with all that is left", () => {
    const { log, lines } = keptLog();
    new IptablesFirewall(tools, CHAINS, undefined, log).block([at("192.0.2.100")]);
    const firewall = new IptablesFirewall(tools, CHAINS, undefined, log);
    firewall.block([at("192.0.2.100")]);
    expect(rules(tools.iptables)).toHaveLength(2);
    firewall.close();
    expect(rules(tools.iptables)).toEqual([]);
    expect(lines).toEqual([]);
  });

  it("says what it cannot do: a chain has to be there", () => {
    const { log, lines } = keptLog();
    new IptablesFirewall(tools, { input: "no_such_chain" }, undefined, log).block([at("192.0.2.100")]);
    expect(lines.join()).toMatch(/Cannot change the firewall with .*iptables/);
  });
});

describe.runIf(iptables && ip6tables && ipset)("ipsets", () => {
  it("hold addresses and links for one rule of each kind", () => {
    const { log, lines } = keptLog();
    const firewall = new IptablesFirewall(tools, CHAINS, setNames([]), log);
    firewall.addLink(link, ["ip"]);
    firewall.block([at("192.0.2.100"), at("192.0.2.101"), at("2001:db8::1"), at("fe80::51")]);
    expect(rules(tools.iptables)).toEqual([
      "-A INPUT -m set --match-set keepalived dst -j DROP",
      "-A OUTPUT -p igmp -m set --match-set keepalived_igmp dst,dst -j DROP",
      "-A OUTPUT -m set --match-set keepalived src -j DROP",
    ]);
    expect(members("keepalived")).toEqual(["add keepalived 192.0.2.100", "add keepalived 192.0.2.101"]);
    expect(members("keepalived6")).toEqual(["add keepalived6 2001:db8::1"]);
    expect(members("keepalived_if6")).toEqual(["add keepalived_if6 fe80::51,eth0"]);
    expect(members("keepalived_igmp")).toHaveLength(2);
    firewall.unblock([at("192.0.2.100")]);
    expect(members("keepalived")).toEqual(["add keepalived 192.0.2.101"]);
    firewall.unblock([at("2001:db8::1"), at("fe80::51")]);
    firewall.tidy();
    expect(
      execute([tools.ipset ?? "", "list", "-n"])
        .trim()
        .split("\n")
        .sort(),
    ).toEqual(["keepalived", "keepalived_igmp"]);
    firewall.close();
    expect([...rules(tools.iptables), ...rules(tools.ip6tables)]).toEqual([]);
    expect(execute([tools.ipset ?? "", "list", "-n"])).toBe("");
    expect(lines).toEqual([]);
  });

  it("have the names that are configured; the others follow from them", () => {
    expect(setNames(["vips", "six"])).toMatchObject({
      addresses: "vips",
      addresses6: "six",
      linkLocal6: "vips_if6",
      igmp: "vips_igmp",
      discovery: "vips_vmac_nd",
    });
  });
});
