import type { VirtualServerGroup } from "../../config/config.ts";
import { familyOf, ipToBytes } from "../../values/ip.ts";
import { ipToNumber, numberToIp } from "../../values/ip-range.ts";
import type {
  FirewallCommand,
  FirewallElement,
  FirewallExpression,
  FirewallFamily,
  FirewallTable,
} from "../../wire/nftables-types.ts";

/**
 * The maps of nf_tables from addresses and ports to marks, with keepalived's names for chain and maps: `tcp_map` and so
 * on. Entries of all ports have a map of their own, which is asked when the other has no answer.
 */

type Protocol = "TCP" | "UDP" | "SCTP";

/** A virtual server with a mark, and what is to be marked with it. */
export interface MarkedPool {
  readonly mark: number;
  readonly protocol: Protocol;
  readonly entries: VirtualServerGroup["entries"];
}

/** A map, with its elements by what tells them apart. */
export interface MarkMap {
  readonly family: FirewallFamily;
  readonly protocol: Protocol;
  readonly name: string;
  readonly elements: ReadonlyMap<string, FirewallElement>;
}

const NUMBERS: Readonly<Record<Protocol, number>> = { TCP: 6, UDP: 17, SCTP: 132 };
const ALL_PORTS = 65_535;
/** Elements of one message: an attribute has at most 64 KiB, an element of IPv6 some 100 bytes. */
const PER_MESSAGE = 400;
const CHAIN = "in";

interface Span {
  readonly first: bigint;
  readonly last: bigint;
}

/** Spans in order and apart from each other. */
class Spans {
  readonly #spans: Span[] = [];

  /** Adds what of a span is not there yet, and returns that. */
  add({ first, last }: Span): Span[] {
    const free: Span[] = [];
    const start = this.#firstThatEndsFrom(first);
    let end = start;
    let next = first;
    for (let span = this.#spans[end]; span && span.first <= last; span = this.#spans[end]) {
      if (span.first > next) free.push({ first: next, last: span.first - 1n });
      next = span.last + 1n;
      end++;
    }
    if (next <= last) free.push({ first: next, last });
    const between = this.#spans.slice(start, end);
    const all = [...between, ...free].sort((a, b) => (a.first < b.first ? -1 : 1));
    this.#spans.splice(start, end - start, ...all);
    return free;
  }

  /** Place of the first span that ends at `number` or later. */
  #firstThatEndsFrom(number: bigint): number {
    let [low, high] = [0, this.#spans.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#spans[middle]?.last ?? number) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function key(address: string, port: number): Uint8Array {
  const bytes = ipToBytes(address) ?? new Uint8Array();
  return new Uint8Array([...bytes, port >> 8, port & 0xff, 0, 0]);
}

const markValue = (mark: number): Uint8Array => new Uint8Array(new Uint32Array([mark]).buffer);

/** The maps that marked pools need, by family and name. Of two pools with the same address and port the first has it. */
export function markElements(pools: readonly MarkedPool[]): Map<string, MarkMap> {
  const maps = new Map<string, Omit<MarkMap, "elements"> & { elements: Map<string, FirewallElement> }>();
  const taken = new Map<string, Spans>();
  for (const { mark, protocol, entries } of pools) {
    for (const entry of entries) {
      if (entry.type === "fwmark") continue;
      const [from, to] = entry.type === "range" ? [entry.from, entry.to] : [entry.address, entry.address];
      const family = familyOf(from) === 6 ? "ip6" : "ip";
      const exact = `${protocol.toLowerCase()}_map`;
      const name = entry.port === 0 ? `${protocol.toLowerCase()}_all_ports_map` : exact;
      // The map of all ports comes after the other one, which is there for that.
      for (const each of new Set([exact, name])) {
        const text = `${family} ${each}`;
        if (!maps.has(text)) maps.set(text, { family, protocol, name: each, elements: new Map() });
      }
      const place = `${family} ${name} ${entry.port}`;
      const spans = taken.get(place) ?? new Spans();
      taken.set(place, spans);
      for (const { first, last } of spans.add({ first: ipToNumber(from), last: ipToNumber(to) })) {
        const length = family === "ip6" ? 16 : 4;
        const element = {
          key: key(numberToIp(first, length), entry.port),
          end: key(numberToIp(last, length), entry.port || ALL_PORTS),
          value: markValue(mark),
        };
        maps.get(`${family} ${name}`)?.elements.set(textOf(element), element);
      }
    }
  }
  return maps;
}

const textOf = ({ key, end, value }: FirewallElement): string => [key, end, value].join(" ");

/** One transaction from the maps that stand to those that are wanted. A table of an earlier run is replaced. */
export function markMapCommands(
  { name, priority }: { readonly name: string; readonly priority: number },
  standing: ReadonlyMap<string, MarkMap>,
  wanted: ReadonlyMap<string, MarkMap>,
): FirewallCommand[] {
  const commands: FirewallCommand[] = [];
  const families = new Set(Array.from(standing.values(), ({ family }) => family));
  for (const [text, map] of standing)
    commands.push(...changes("delete-elements", name, map, wanted.get(text)));
  for (const [text, map] of wanted) {
    const table: FirewallTable = { family: map.family, name };
    if (!families.has(map.family)) {
      families.add(map.family);
      const hook = { point: "input", priority } as const;
      commands.push(
        { type: "add-table", table },
        { type: "delete-table", table },
        { type: "add-table", table },
        { type: "add-chain", table, chain: CHAIN, hook },
      );
    }
    if (!standing.has(text)) commands.push(...newMap(table, map));
    commands.push(...changes("add-elements", name, map, standing.get(text)));
  }
  return commands;
}

/** What stands after that: no map goes before its table does. */
export function standingMap(
  standing: ReadonlyMap<string, MarkMap>,
  wanted: ReadonlyMap<string, MarkMap>,
): Map<string, MarkMap> {
  const emptied = Array.from(standing, ([text, map]) => [text, { ...map, elements: new Map() }] as const);
  return new Map([...emptied, ...wanted]);
}

/** The elements of one map that another one has not. */
function changes(
  type: "add-elements" | "delete-elements",
  name: string,
  { family, name: set, elements }: MarkMap,
  other: MarkMap | undefined,
): FirewallCommand[] {
  const differing = [...elements].filter(([text]) => !other?.elements.has(text)).map(([, one]) => one);
  return Array.from({ length: Math.ceil(differing.length / PER_MESSAGE) }, (_, index) => ({
    type,
    table: { family, name },
    set,
    elements: differing.slice(index * PER_MESSAGE, (index + 1) * PER_MESSAGE),
  }));
}

function newMap(table: FirewallTable, { family, protocol, name }: MarkMap): FirewallCommand[] {
  const address = family === "ip6" ? "ipv6_addr" : "ipv4_addr";
  return [
    {
      type: "add-set",
      table,
      set: name,
      keys: [address, "inet_service"],
      values: "mark",
      ranges: true,
    },
    { type: "add-rule", table, chain: CHAIN, expressions: rule(family, NUMBERS[protocol], name) },
  ];
}

/** Marks what has an answer in the map, and is done with it. */
function rule(family: FirewallFamily, protocol: number, set: string): FirewallExpression[] {
  const [offset, length, portRegister] = family === "ip6" ? ([24, 16, 2] as const) : ([16, 4, 9] as const);
  return [
    { type: "meta", key: "l4proto", into: 1 },
    { type: "equal", register: 1, value: new Uint8Array([protocol]) },
    { type: "payload", base: "network", offset, length, into: 1 },
    { type: "payload", base: "transport", offset: 2, length: 2, into: portRegister },
    { type: "lookup", set, register: 1, into: 1 },
    { type: "set-mark", register: 1 },
    { type: "counter" },
    { type: "verdict", verdict: "return" },
  ];
}
