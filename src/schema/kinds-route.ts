import type { Word } from "../../grammar/tree.ts";
import { familyOf, type IpFamily } from "../values/ip.ts";
import { arrayType, choiceType, markType, objectType, textType } from "./json-types.ts";
import type { Complain, Kind } from "./kind.ts";
import { integer, interfaceName, ipAddress, oneOf, oneText, word, words } from "./kinds.ts";
import { encapsulation, encapWidth } from "./kinds-encap.ts";
import {
  counting,
  familyOfPrefix,
  familyWord,
  network,
  numberOrName,
  OWN_PROTOCOL,
  prefixOf,
  protocolReset,
  realms,
  routeScope,
} from "./kinds-network.ts";
import { alone, type OptionsOf, optionReader, valued } from "./options.ts";

const MOST = 4_294_967_295;
const u32 = integer(0, MOST);

/** A metric that may be locked: `[lock] NUMBER`. */
interface Lockable {
  readonly value: number;
  readonly lock?: boolean;
}

function isLocked(given: readonly Word[], from: number): boolean {
  return given[from]?.text === "lock";
}

/** A metric of a route, with its width: two words when it is locked. */
function metric(kind: Kind<number>) {
  const lockable: Kind<Lockable> = {
    name: `[lock] ${kind.name}`,
    words: [1, 2],
    parse(given, complain) {
      const lock = isLocked(given, 0);
      const value = kind.parse(lock ? given.slice(1) : given, complain);
      return value === undefined ? undefined : { value, ...(lock ? { lock } : {}) };
    },
    format: ({ value, lock }) => [...(lock ? ["lock"] : []), ...kind.format(value)],
    json: objectType({ value: kind.json ?? {} }, { lock: markType }),
  };
  return valued(lockable, { width: (given, from) => (isLocked(given, from) ? 2 : 1) });
}

/** Shortest round trip time that keepalived sets, in milliseconds. */
const SHORTEST_RTT = 200;

/** A time of TCP metrics: milliseconds, or with `s` seconds, as text. */
const roundTrip: Kind<string> = oneText("time", (text, complain, at) => {
  const [, number = "", unit] = /^(\d+(?:\.\d+)?)(s|ms)?$/.exec(text) ?? [];
  if (number === "") {
    complain({ code: "invalid-number", summary: `'${text}' is not a number of seconds (s) or ms` }, at);
    return undefined;
  }
  if (Number(number) * (unit === "s" ? 1_000 : 1) < SHORTEST_RTT)
    complain(
      {
        code: "out-of-range",
        severity: "warning",
        summary: `${text} is below the least of ${SHORTEST_RTT} ms, which is used`,
      },
      at,
    );
  return text;
});

/** A gateway, whose family `via inet6 ADDRESS` may name. */
const gateway: Kind<string> = {
  ...ipAddress(),
  words: [1, 2],
  parse: (given, complain) => ipAddress().parse(given.slice(-1), complain),
};
const via = {
  width: (given: readonly Word[], from: number) =>
    given[from]?.text === "inet" || given[from]?.text === "inet6" ? 2 : 1,
};

const encap = valued(encapsulation, { width: encapWidth });

const NEXTHOP = {
  via: valued(gateway, via),
  dev: valued(interfaceName, { aliases: ["oif"] }),
  weight: valued(integer(1, 256)),
  onlink: alone,
  realms: valued(realms),
  encap,
};

const ROUTE = {
  via: valued(gateway, { ...via, deprecated: ["gw"] }),
  or: valued(ipAddress()),
  dev: valued(interfaceName, { aliases: ["oif"] }),
  from: valued(network),
  src: valued(ipAddress()),
  table: valued(numberOrName("routing table", MOST)),
  vrf: valued(interfaceName),
  tos: valued(numberOrName("type of service", 255), { aliases: ["dsfield"] }),
  protocol: valued(numberOrName("routing protocol", 255)),
  scope: valued(routeScope),
  metric: valued(u32, { aliases: ["priority", "preference"] }),
  expires: valued(u32),
  mtu: metric(u32),
  hoplimit: metric(integer(0, 255)),
  advmss: metric(u32),
  rtt: valued(roundTrip),
  rttvar: valued(roundTrip),
  reordering: metric(u32),
  window: metric(u32),
  cwnd: metric(u32),
  ssthresh: metric(u32),
  realms: valued(realms),
  rto_min: valued(roundTrip),
  initcwnd: metric(u32),
  initrwnd: metric(u32),
  features: valued(oneOf("ecn")),
  quickack: metric(integer(0, 1)),
  congctl: valued(words("[lock] congestion control", 1, 2), {
    width: (given, from) => (isLocked(given, from) ? 2 : 1),
  }),
  pref: valued(oneOf("low", "medium", "high")),
  fastopen_no_cookie: metric(integer(0, 1)),
  "ttl-propagate": valued(oneOf("enabled", "disabled")),
  as: valued(words("[to] address", 1, 2), { width: (given, from) => (given[from]?.text === "to" ? 2 : 1) }),
  encap,
  onlink: alone,
  append: alone,
  no_track: alone,
  track_group: valued(word),
};

const TYPES = [
  "unicast",
  "local",
  "broadcast",
  "multicast",
  "anycast",
  "throw",
  "unreachable",
  "prohibit",
  "blackhole",
  "nat",
  "xresolve",
] as const;

/** One of several gateways of a route. */
type NextHop = OptionsOf<typeof NEXTHOP>;

/** A line of virtual_routes or static_routes, with the names of `ip route`. */
export interface Route extends OptionsOf<typeof ROUTE> {
  readonly type?: (typeof TYPES)[number];
  /** Canonical destination; `0.0.0.0/0` or `::/0` for the default route. */
  readonly to: string;
  readonly nexthop?: readonly NextHop[];
}

/** A route while it is read. */
type Draft = { -readonly [K in keyof Route]?: Route[K] } & { family?: IpFamily };

const reader = optionReader(ROUTE);
const hopReader = optionReader(NEXTHOP);

const DEFAULTS: Readonly<Record<IpFamily, string>> = { 4: "0.0.0.0/0", 6: "::/0" };

/** Reads what is no option: the type, the family and the destination. The index behind it, or undefined. */
function readDestination(
  given: readonly Word[],
  index: number,
  draft: Draft,
  complain: Complain,
): number | undefined {
  const at = given[index];
  if (!at) return undefined;
  const type = TYPES.find((one) => one === at.text);
  if (type) {
    draft.type = type;
    return index + 1;
  }
  const family = familyWord(given, index, complain);
  if (family !== undefined) {
    draft.family = family;
    return index + 2;
  }
  if (at.text === "to") return index + 1;
  const to =
    at.text === "default" || at.text === "default6"
      ? DEFAULTS[at.text === "default6" ? 6 : 4]
      : prefixOf(at, complain);
  if (to === undefined) return undefined;
  if (draft.to !== undefined && familyOfPrefix(draft.to) !== familyOfPrefix(to))
    complain(
      { code: "mixed-families", summary: `'${at.text}' is a second destination, of the other family` },
      at,
    );
  draft.to = to;
  return index + 1;
}

/** Reads `nexthop …` up to the next one. */
function readNextHop(given: readonly Word[], start: number, complain: Complain): [NextHop, next: number] {
  const hop: NextHop = {};
  let index = start + 1;
  while (index < given.length && given[index]?.text !== "nexthop") {
    const next = hopReader.read(given, index, hop, complain);
    if (next === undefined) {
      unknown(given[index], "a nexthop", complain);
      return [hop, given.length];
    }
    index = next;
  }
  return [hop, index];
}

function unknown(at: Word | undefined, what: string, complain: Complain): void {
  complain(
    {
      code: "unknown-option",
      summary: `'${at?.text}' is no option of ${what}`,
      detail: "The line is ignored.",
    },
    at,
  );
}

const ONLY_IPV6 = ["expires", "pref", "from"] as const;

/** What cannot go together, of families above all. */
function judge(draft: Draft, first: Word | undefined, complain: Complain): void {
  const { to } = draft;
  if (to === undefined) {
    complain({ code: "missing-destination", summary: "a route needs a destination" }, first);
    return;
  }
  const family = familyOfPrefix(to);
  const gateways = [draft.via, draft.or, draft.src, ...(draft.nexthop ?? []).map((hop) => hop.via)];
  const mixed =
    gateways.some((one) => one !== undefined && familyOf(one) !== family) ||
    (draft.from !== undefined && familyOfPrefix(draft.from) !== family);
  if (mixed || (draft.family !== undefined && draft.family !== family))
    complain(
      { code: "mixed-families", summary: `the destination is IPv${family}, other addresses are not` },
      first,
    );
  for (const option of ONLY_IPV6) {
    if (draft[option] !== undefined && family === 4)
      complain({ code: "mixed-families", summary: `${option} is for IPv6 routes only` }, first);
  }
  if (family === 6 && (draft.realms !== undefined || draft.nexthop?.some((hop) => hop.realms !== undefined)))
    complain({ code: "mixed-families", summary: "realms are for IPv4 routes only" }, first);
  if (draft.or !== undefined && draft.nexthop)
    complain({ code: "conflicting-options", summary: "a route has either nexthop or or" }, first);
}

/** Options with whose faults keepalived sets the route up, without them. */
const DISPENSABLE: ReadonlySet<string | undefined> = new Set(["features", "ttl-propagate"]);

/** Reads a line of words into a route; undefined when keepalived would leave it out. */
function parseRoute(given: readonly Word[], complain: Complain): Route | undefined {
  const faults = counting(complain);
  const draft: Draft = {};
  const hops: NextHop[] = [];
  for (let index = 0; index < given.length; ) {
    if (given[index]?.text === "nexthop") {
      const [hop, next] = readNextHop(given, index, faults.complain);
      hops.push(hop);
      index = next;
      continue;
    }
    const at = given[index];
    if (at?.text === "or")
      complain(
        { code: "deprecated", severity: "warning", summary: '"or" is deprecated; write "nexthop"' },
        at,
      );
    const next =
      reader.read(given, index, draft, DISPENSABLE.has(at?.text) ? complain : faults.complain) ??
      readDestination(given, index, draft, faults.complain);
    if (next === undefined) {
      unknown(at, "a route", faults.complain);
      return undefined;
    }
    index = next;
  }
  if (hops.length > 0) draft.nexthop = hops;
  if (draft.as !== undefined) {
    complain({ code: "unknown-option", summary: "as is for MPLS only; it is ignored" }, given[0]);
    delete draft.as;
  }
  if (draft.protocol !== undefined && !draft.no_track && !OWN_PROTOCOL.has(draft.protocol)) {
    protocolReset(draft.protocol, given[0], complain);
    delete draft.protocol;
  }
  judge(draft, given[0], faults.complain);
  const { family: _, to, ...options } = draft;
  return to === undefined || faults.failed() ? undefined : { ...options, to };
}

/** A line of virtual_routes or static_routes: the syntax of `ip route add`. */
export const route: Kind<Route> = {
  name: "[type] destination [options of ip route]",
  json: objectType(
    { to: textType },
    { ...reader.json, type: choiceType(TYPES), nexthop: arrayType(objectType({}, hopReader.json)) },
  ),
  words: [1, Number.POSITIVE_INFINITY],
  parse: parseRoute,
  format: ({ type, to, nexthop = [], ...options }) => [
    ...(type === undefined ? [] : [type]),
    to,
    ...reader.format(options),
    ...nexthop.flatMap((hop) => ["nexthop", ...hopReader.format(hop)]),
  ],
};
