import type { Moment } from "./kernel-state.ts";

const NEXTHOP_TUNNEL = [
  'IPv4 routes: only keepalived: dst=10.9.1.0/24 flags=[] nexthops=[{"gateway":"192.0.2.2","dev":"eth0","weight":1,"flags":[]},{"gateway":"192.0.2.3","dev":"eth0","weight":1,"flags":[]}] protocol=keepalived scope=global table=main type=unicast',
  'IPv4 routes: only holdfast: dst=10.9.1.0/24 flags=[] nexthops=[{"encap":"ip","id":6,"src":"0.0.0.0","dst":"192.0.2.9","ttl":0,"tos":0,"gateway":"192.0.2.2","dev":"eth0","weight":1,"flags":[]},{"gateway":"192.0.2.3","dev":"eth0","weight":1,"flags":[]}] protocol=keepalived scope=global table=main type=unicast',
];

type Differences = Readonly<Partial<Record<Moment, readonly string[]>>>;

const parameter = (device: string, name: string, theirs: number, ours: number): string[] => [
  `parameters of ${device}: only keepalived: ipv4 ${name} = ${theirs}`,
  `parameters of ${device}: only holdfast: ipv4 ${name} = ${ours}`,
];

/** keepalived leaves arp_filter and arp_ignore of an interface below VMACs as they need it. We put them back. */
const putBack = (...devices: string[]): string[] =>
  devices.flatMap((device) => [
    ...["arp_filter", "arp_ignore"].map(
      (name) => `parameters of ${device}: only keepalived: ipv4 ${name} = 1`,
    ),
    ...["arp_filter", "arp_ignore"].map((name) => `parameters of ${device}: only holdfast: ipv4 ${name} = 0`),
  ]);

/** Virtual links on `bases`. Those of IPv6 answer no ARP for others either, as those of keepalived 2.4.3. */
function links(
  bases: readonly string[],
  ofIpv6: readonly string[] = [],
  more: readonly string[] = [],
): Differences {
  const standing = [...ofIpv6.flatMap((device) => parameter(device, "arp_ignore", 0, 1)), ...more];
  return { started: standing, master: standing, stopped: putBack(...bases) };
}

/** keepalived makes no rules where only an address has a VMAC, and its groups are told of by two MAC addresses. */
const RULES_OF_ONE_ADDRESS = [
  "nftables table ip keepalived: only holdfast: map vmac_map: type iface_index : iface_index",
  'nftables table ip keepalived: only holdfast: map vmac_map: elements = { "vrrp.51" : "eth1" }',
  "nftables table ip keepalived: only holdfast: chain out: type filter hook output priority filter - 1; policy accept;",
  'nftables table ip keepalived: only holdfast: chain out: ip protocol igmp meta oifkind "macvlan" dup to ip daddr device oif map @vmac_map drop',
  "nftables table ip6 keepalived: only holdfast: map vmac_map: type iface_index : iface_index",
  'nftables table ip6 keepalived: only holdfast: map vmac_map: elements = { "vrrp6.51" : "eth0" }',
  "nftables table ip6 keepalived: only holdfast: set vmac_set: type iface_index",
  'nftables table ip6 keepalived: only holdfast: set vmac_set: elements = { "vrrp6.51" }',
  "nftables table ip6 keepalived: only holdfast: chain out: type filter hook output priority filter - 1; policy accept;",
  'nftables table ip6 keepalived: only holdfast: chain out: icmpv6 type mld2-listener-report meta oifkind "macvlan" dup to ip6 daddr device oif map @vmac_map drop',
  'nftables table ip6 keepalived: only holdfast: chain out: icmpv6 type nd-router-solicit meta oifkind "macvlan" oif @vmac_set drop',
];

/** What differs by intent, by configuration and moment. `docs/differences.md` says why. */
export const KEPT_DIFFERENCES: Readonly<Record<string, Differences>> = {
  // keepalived takes no IPv4 address with a peer away again.
  "addresses-peer.conf": {
    stopped: [
      "addresses of eth0: only keepalived: address=10.1.0.2 family=inet label=eth0 local=10.1.0.1 preferred_life_time=4294967295 prefixlen=32 scope=global",
      "IPv4 routes: only keepalived: dev=eth0 dst=10.1.0.2 flags=[] prefsrc=10.1.0.1 protocol=kernel scope=link table=main type=unicast",
      "IPv4 routes: only keepalived: dev=eth0 dst=10.1.0.1 flags=[] prefsrc=10.1.0.1 protocol=kernel scope=host table=local type=local",
    ],
  },
  // keepalived understands the tunnel of one of several gateways, and does not set it up.
  "route-tunnels.conf": { started: NEXTHOP_TUNNEL, master: NEXTHOP_TUNNEL },
  "no-accept-ifindex.conf": links([], ["vrrp.51"]),
  "strict-mode.conf": links(["eth0"]),
  "vmac-addresses.conf": links(["eth0", "eth1"], ["vrrp2.51", "vrrp6.51"]),
  "vmac-host-address.conf": links(["eth0"]),
  "vmac-ipv4.conf": links(["eth0"]),
  "vmac-ipv6.conf": links([], ["vrrp.51"]),
  "vmac-named.conf": links(["eth0"]),
  "vmac-no-accept.conf": links(["eth0"]),
  "vmac-one-address.conf": links(["eth1"], ["vrrp6.51"], RULES_OF_ONE_ADDRESS),
  "vmac-other-family.conf": links(["eth0"]),
  "vmac-prefixes.conf": links(["eth0", "eth1"], ["vm.52"]),
  "vmac-several.conf": links(["eth0", "eth1"], ["vrrp6.51"]),
  "vmac-without-igmp.conf": links(["eth0"]),
  "vmac-xmit-base.conf": links(["eth0"]),
  "vmac-xmit-base-ipv6.conf": links([], ["vrrp.51"]),
};

/**
 * Of a configuration that nobody wrote: what ARP of VMACs needs, which keepalived leaves behind, and of IPv6 does not set;
 * and in which order what several instances take at the same time comes.
 */
export function isKept(line: string): boolean {
  return / ipv4 arp_(filter|ignore) = /.test(line) || line.endsWith(": in another order");
}
