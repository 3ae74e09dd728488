import type { Moment } from "./kernel-state.ts";

const NEXTHOP_TUNNEL = [
  'IPv4 routes: only keepalived: dst=10.9.1.0/24 flags=[] nexthops=[{"gateway":"192.0.2.2","dev":"eth0","weight":1,"flags":[]},{"gateway":"192.0.2.3","dev":"eth0","weight":1,"flags":[]}] protocol=keepalived scope=global table=main type=unicast',
  'IPv4 routes: only holdfast: dst=10.9.1.0/24 flags=[] nexthops=[{"encap":"ip","id":6,"src":"0.0.0.0","dst":"192.0.2.9","ttl":0,"tos":0,"gateway":"192.0.2.2","dev":"eth0","weight":1,"flags":[]},{"gateway":"192.0.2.3","dev":"eth0","weight":1,"flags":[]}] protocol=keepalived scope=global table=main type=unicast',
];

/** What differs by intent, by configuration and moment. `docs/differences.md` says why. */
export const KEPT_DIFFERENCES: Readonly<
  Record<string, Readonly<Partial<Record<Moment, readonly string[]>>>>
> = {
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
};
