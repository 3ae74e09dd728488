import fc from "fast-check";

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,9}$/);
const eth = fc.stringMatching(/^eth[0-9]{1,2}$/);
const v4 = fc.ipV4();
const v6 = fc.nat(0xffff).map((n) => `2001:DB8::${n.toString(16)}`);
const number = (max: number): fc.Arbitrary<string> => fc.integer({ min: 0, max }).map(String);
const maybe = (text: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.oneof(fc.constant(""), text);
const joined = (...parts: (fc.Arbitrary<string> | string)[]): fc.Arbitrary<string> =>
  fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((texts) => texts.filter((text) => text !== "").join(" "));
const weight = (greatest: number): fc.Arbitrary<string> =>
  fc.integer({ min: -greatest, max: greatest }).map(String);
const tracked = (greatest: number): fc.Arbitrary<string> =>
  joined(name, maybe(joined("weight", weight(greatest), fc.constantFrom("", "reverse", "noreverse"))));

/** Any of some options, each at most once, in any order. */
const anyOf = (...options: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc
    .shuffledSubarray(options)
    .chain((chosen) => fc.tuple(...chosen))
    .map((texts) => texts.filter((text) => text !== "").join(" "));

const prefix4 = fc.tuple(v4, fc.integer({ min: 0, max: 32 })).map(([host, bits]) => `${host}/${bits}`);
const prefix6 = fc.tuple(v6, fc.integer({ min: 0, max: 128 })).map(([host, bits]) => `${host}/${bits}`);
const table = fc.constantFrom("table 100", "table main", "table 0x10");
const routeOptions = [
  table,
  joined("dev", eth),
  joined("tos", fc.constantFrom("0x04", "lowdelay", "16")),
  fc.constantFrom("protocol bird", "protocol 12"),
  fc.constantFrom("scope link", "scope 5"),
  joined(fc.constantFrom("metric", "priority", "preference"), number(1000)),
  joined("mtu", maybe(fc.constant("lock")), number(9000)),
  joined("hoplimit", number(255)),
  joined("advmss", number(9000)),
  fc.constantFrom("rtt 300ms", "rtt 2s", "rttvar 400", "rto_min 250ms"),
  joined("ssthresh", "lock", number(100)),
  fc.constantFrom("realms 3/0x14", "realms 7"),
  joined("initcwnd", number(100)),
  fc.constant("features ecn"),
  fc.constantFrom("quickack 1", "fastopen_no_cookie 0"),
  fc.constantFrom("congctl cubic", "congctl lock reno"),
  fc.constantFrom("encap ip id 5 dst 10.0.0.1", "encap mpls 100"),
  fc.constant("ttl-propagate enabled"),
  fc.constant("onlink"),
  fc.constant("append"),
  fc.constant("no_track"),
];
const hop = joined(
  "nexthop",
  joined("via", v4),
  anyOf(joined("dev", eth), fc.constant("onlink"), fc.constantFrom("weight 1", "weight 256")),
);
const route = fc.oneof(
  joined(maybe(fc.constant("src 10.0.0.1 to")), prefix4, maybe(joined("via", v4)), anyOf(...routeOptions)),
  joined(
    prefix6,
    maybe(joined("via", "inet6", v6)),
    anyOf(...routeOptions, fc.constant("pref low"), joined("from", prefix6)),
  ),
  joined(fc.constantFrom("blackhole", "unreachable", "prohibit", "throw"), prefix4, anyOf(...routeOptions)),
  joined("default", hop, hop),
  fc.constantFrom("inet6 to default6 dev eth0", "default6 via 2001:db8::1"),
);

const ruleOptions = [
  joined("iif", eth),
  joined("oif", eth),
  fc.constantFrom("tos 16", "dsfield 0x10"),
  fc.constantFrom("fwmark 24/12", "fwmark 0x10"),
  fc.constantFrom("uidrange 10000-19999", "uidrange 0-0"),
  fc.constantFrom("ipproto udp sport 10-20", "ipproto 6 dport 20-30"),
  fc.constantFrom("protocol 12", "realms 30/20"),
  fc.constantFrom("suppress_prefixlength 3", "suppress_ifgroup default"),
  fc.constantFrom("not", "no_track"),
];
const action = fc.constantFrom(
  "table 1 preference 5",
  "lookup main",
  "goto 40 preference 39",
  "blackhole priority 7",
  "prohibit order 8",
  "unreachable",
  "nop",
  "l3mdev",
);
const rule = fc.oneof(
  joined(
    maybe(joined("from", prefix4)),
    maybe(joined("to", fc.oneof(prefix4, fc.constant("all")))),
    anyOf(...ruleOptions),
    action,
  ),
  joined(joined("to", prefix6), anyOf(...ruleOptions), action),
  fc.constant("inet6 inet6 iif lo table 3"),
);

const addressOptions = [
  fc.constantFrom("brd 10.255.255.255", "brd +", "brd -"),
  joined("dev", eth),
  fc.constantFrom("scope link", "scope global", "scope 7"),
  fc.constant("label eth0:x"),
  joined("peer", v4),
  fc.constant("home"),
  fc.constant("-nodad"),
  fc.constant("mngtmpaddr"),
  fc.constant("noprefixroute"),
  fc.constant("autojoin"),
  fc.constantFrom("preferred_lft 0", "preferred_lft forever", "preferred_lft 300"),
];

const mac = fc.constantFrom("00:11:22:33:44:55", "0A:b:2:3:4");
const inGroup = fc.constantFrom("", "group 5", "group downlinks");

/** Text that the kinds of VRRP accept, by the name of the kind. */
export const VRRP_SAMPLES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  "address[/length] [options]": joined(
    prefix4,
    anyOf(...addressOptions, fc.constant("no_track"), fc.constant("use_vmac")),
  ),
  "address[/length] [options, static]": fc.oneof(
    joined(prefix4, anyOf(...addressOptions, joined("track_group", name))),
    joined(prefix6, anyOf(joined("dev", eth), fc.constant("preferred_lft 0"))),
  ),
  "[type] destination [options of ip route]": route,
  "options of ip rule": rule,
  "[all] whole seconds 0–86400": joined(maybe(fc.constant("all")), number(86_400)),
  "[all] whole seconds 1–86400": joined(maybe(fc.constant("all")), fc.constantFrom("1", "300", "86400")),
  "MTU | ADVERT | bytes": fc.constantFrom("MTU", "ADVERT", "65536"),
  "seconds 0.001–4294.967295": fc.constantFrom("0.001", "5.5", "4294.967295"),
  "[[name] interface] [MAC] [netlink_notify_msg] [group group]": anyOf(
    fc.oneof(eth, fc.constant("name group")),
    mac,
    fc.constant("netlink_notify_msg"),
    inGroup,
  ),
  "[[name] interface] [address] [bridge | private | vepa] [group group]": anyOf(
    fc.oneof(eth, fc.constant("name vepa")),
    fc.oneof(v4, prefix4, v6),
    fc.constantFrom("bridge", "private", "vepa"),
    inGroup,
  ),
  "id key": joined(
    fc.integer({ min: 1, max: 255 }).map(String),
    fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9]{32,64}$/),
      fc.stringMatching(/^(?:[0-9a-f]{2}){32}$/).map((digits) => `hex:${digits}`),
      fc.constant("file:/etc/keepalived/key"),
    ),
  ),
  "interface down-delay [up-delay]": joined(eth, number(255), maybe(fc.constantFrom("0.5", "7"))),
  "interface [MII | ETHTOOL | IOCTL]": joined(eth, fc.constantFrom("", "MII", "ETHTOOL", "IOCTL")),
  "milliseconds 1–4294967": fc.constantFrom("1", "3.312", "4294967"),
  "milliseconds 1000–4294967": fc.constantFrom("1000", "1500.5"),
  "file [weight NUMBER [reverse]]": tracked(254),
  "process [weight NUMBER [reverse]]": tracked(254),
  "bfd [weight NUMBER [reverse]]": tracked(253),
  "integer -254–254 [reverse]": joined(weight(254), maybe(fc.constant("reverse"))),
  "[integer] [overwrite]": joined(maybe(weight(2 ** 31 - 1)), maybe(fc.constant("overwrite"))),
  "process [parameters]": joined(name, maybe(fc.constant('"a b" c'))),
  "path [user [group]]": joined(fc.constant("/run/fifo"), maybe(fc.constantFrom("root", "root adm"))),
  "[script [user [group]]]": fc.constantFrom("", "/bin/true", '"/bin/x y" root adm'),
  "[input [output]]": fc.constantFrom("", "in", "in out"),
  "[names of sets]": fc.constantFrom("", "k", "k k6 k_if6"),
  "multicast address": fc.constantFrom("239.1.2.3", "FF02::5"),
  allow_if_changes: fc.constant("allow_if_changes"),
  ecn: fc.constant("ecn"),
  never: fc.constant("never"),
};
