type Differences = Readonly<Record<string, readonly string[]>>;

/** keepalived's checks of a server without a port go to port 0. */
const PORT_OF_THE_SERVICE = ["only holdfast: -a -t 10.1.0.4:80 -r 10.9.0.2:80 -m -w 1"];

/** A weight that changes together with the forwarding method is lost to keepalived. */
const WEIGHT_AND_METHOD = [
  "only keepalived: -a -t 10.1.0.1:80 -r 10.9.0.3:80 -g -w 1",
  "only holdfast: -a -t 10.1.0.1:80 -r 10.9.0.3:80 -g -w 5",
];

/** What differs by intent, by case and step. `docs/differences.md` says why. */
export const KEPT_DIFFERENCES: Readonly<Record<string, Differences>> = {
  // keepalived puts a server that is down into the table when its forwarding method changes, and leaves it there.
  "forwarding-methods.conf": {
    "3 reload": ["only keepalived: -a -t 10.1.0.1:80 -r 10.9.0.4:80 -g -w 1"],
  },
  "ipv6.conf": {
    "3 reload": ["only keepalived: -a -t [2001:db8:1::1]:80 -r [2001:db8:9::2]:80 -g -w 3"],
  },
  "ports-not-named.conf": {
    "1 start": PORT_OF_THE_SERVICE,
    "2 down 10.9.0.3": PORT_OF_THE_SERVICE,
    "3 up 10.9.0.3": PORT_OF_THE_SERVICE,
  },
  "reload-everything.conf": {
    "3 reload": WEIGHT_AND_METHOD,
    "4 down 10.9.0.4": WEIGHT_AND_METHOD,
    "5 up 10.9.0.2": WEIGHT_AND_METHOD,
  },
  // keepalived does not see that the method of a sorry server has changed while that stands in.
  "sorry-server-method.conf": {
    "3 reload, quietly": [
      "only keepalived: -a -t 10.1.0.1:80 -r 10.9.0.9:80 -g -w 1",
      "only keepalived: -a -t 10.1.0.2:80 -r 10.9.0.9:80 -i -w 1 --tun-type ipip",
      "only holdfast: -a -t 10.1.0.1:80 -r 10.9.0.9:80 -i -w 1 --tun-type ipip",
      "only holdfast: -a -t 10.1.0.2:80 -r 10.9.0.9:80 -g -w 1",
    ],
  },
};
