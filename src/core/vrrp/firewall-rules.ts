import { ipToBytes } from "../../values/ip.ts";
import type {
  FirewallCommand,
  FirewallElement,
  FirewallExpression,
  FirewallFamily,
  FirewallRegister,
  FirewallTable,
} from "../../wire/nftables-types.ts";

/** The nf_tables ruleset of a VRRP router, with keepalived's names for its tables, chains and sets. */
export interface RulesetOptions {
  readonly table: string;
  readonly priority: number;
  readonly counters: boolean;
}

/** A virtual address that only its owner's neighbours may reach, and where it is. */
export interface BlockedAddress {
  /** Canonical. */
  readonly address: string;
  readonly ifindex: number;
  readonly interfaceName: string;
  /** A link-local address is known by the name of its interface, which may go and come back. */
  readonly byName: boolean;
}

const IGMP = 2;
const ICMPV6 = 58;
const MLD2_REPORT = 143;
const ROUTER_SOLICIT = 133;
const NEIGHBOUR_SOLICIT = 135;
const NEIGHBOUR_ADVERT = 136;

const tableOf = ({ table }: RulesetOptions, family: FirewallFamily): FirewallTable => ({
  family,
  name: table,
});

/** Text padded to the 16 bytes of an interface's name or kind. */
function padded(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  for (let i = 0; i < text.length && i < 15; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** An interface index as nf_tables compares it: in the host's order. */
const indexKey = (ifindex: number): Uint8Array => new Uint8Array(new Uint32Array([ifindex]).buffer);

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a, 0);
  bytes.set(b, a.length);
  return bytes;
};

const network = (offset: number, length: number, into: FirewallRegister = 1): FirewallExpression => ({
  type: "payload",
  base: "network",
  offset,
  length,
  into,
});
const source = (family: FirewallFamily) => (family === "ip" ? network(12, 4) : network(8, 16));
const destination = (family: FirewallFamily) => (family === "ip" ? network(16, 4) : network(24, 16));
const equal = (value: Uint8Array, register: FirewallRegister = 1): FirewallExpression => ({
  type: "equal",
  register,
  value,
});
const lookup = (set: string): FirewallExpression => ({ type: "lookup", set, register: 1 });
const DROP: FirewallExpression = { type: "verdict", verdict: "drop" };
const ACCEPT: FirewallExpression = { type: "verdict", verdict: "accept" };
const ICMPV6_TYPE: FirewallExpression = {
  type: "payload",
  base: "transport",
  offset: 0,
  length: 1,
  into: 1,
};
const IS_ICMPV6: readonly FirewallExpression[] = [
  { type: "meta", key: "l4proto", into: 1 },
  equal(new Uint8Array([ICMPV6])),
];
const LEAVES_BY_MACVLAN: readonly FirewallExpression[] = [
  { type: "meta", key: "oifkind", into: 2 },
  equal(padded("macvlan"), 2),
];

/** Sends what was addressed in register 1 out of the base of the link that it was to leave by, and nothing by that. */
const MOVED_BELOW: readonly FirewallExpression[] = [
  ...LEAVES_BY_MACVLAN,
  { type: "meta", key: "oif", into: 2 },
  { type: "lookup", set: "vmac_map", register: 2, into: 2 },
  { type: "duplicate", address: 1, device: 2 },
];

/** A step of building: puts counters where they are wanted. */
class Builder {
  readonly commands: FirewallCommand[] = [];
  readonly #table: FirewallTable;
  readonly #options: RulesetOptions;

  constructor(options: RulesetOptions, family: FirewallFamily) {
    this.#options = options;
    this.#table = tableOf(options, family);
  }

  table(): void {
    this.commands.push({ type: "add-table", table: this.#table });
  }

  base(point: "input" | "output"): void {
    const chain = point === "input" ? "in" : "out";
    const hook = { point, priority: this.#options.priority };
    this.commands.push({ type: "add-chain", table: this.#table, chain, hook });
  }

  chain(chain: string): void {
    this.commands.push({ type: "add-chain", table: this.#table, chain });
  }

  set(set: Omit<Extract<FirewallCommand, { type: "add-set" }>, "type" | "table">): void {
    this.commands.push({ type: "add-set", table: this.#table, ...set });
  }

  elements(set: string, elements: readonly FirewallElement[]): void {
    this.commands.push({ type: "add-elements", table: this.#table, set, elements });
  }

  rule(chain: string, ...expressions: readonly FirewallExpression[]): void {
    const verdict = expressions.at(-1);
    if (verdict === undefined) return;
    const counter: readonly FirewallExpression[] = this.#options.counters ? [{ type: "counter" }] : [];
    this.commands.push({
      type: "add-rule",
      table: this.#table,
      chain,
      expressions: [...expressions.slice(0, -1), ...counter, verdict],
    });
  }
}

/** What keeps group membership of virtual links to their bases: switches must not learn it from a virtual MAC. */
export function linkRules(options: RulesetOptions, family: FirewallFamily): FirewallCommand[] {
  const build = new Builder(options, family);
  build.table();
  build.base("output");
  build.set({ set: "vmac_map", keys: ["iface_index"], values: "iface_index" });
  if (family === "ip") {
    build.rule("out", network(9, 1), equal(new Uint8Array([IGMP])), destination("ip"), ...MOVED_BELOW, DROP);
    return build.commands;
  }
  build.set({ set: "vmac_set", keys: ["iface_index"] });
  const type = (value: number) => [...IS_ICMPV6, ICMPV6_TYPE, equal(new Uint8Array([value]))];
  build.rule("out", ...type(MLD2_REPORT), destination("ip6"), ...MOVED_BELOW, DROP);
  build.rule(
    "out",
    ...type(ROUTER_SOLICIT),
    ...LEAVES_BY_MACVLAN,
    { type: "meta", key: "oif", into: 2 },
    { type: "lookup", set: "vmac_set", register: 2 },
    DROP,
  );
  return build.commands;
}

/** A virtual link comes to the rules, or leaves them. */
export function linkElements(
  options: RulesetOptions,
  family: FirewallFamily,
  type: "add-elements" | "delete-elements",
  { ifindex, baseIndex }: { readonly ifindex: number; readonly baseIndex: number },
): FirewallCommand[] {
  const table = tableOf(options, family);
  const key = indexKey(ifindex);
  const value = type === "add-elements" ? { value: indexKey(baseIndex) } : {};
  const map: FirewallCommand = { type, table, set: "vmac_map", elements: [{ key, ...value }] };
  if (family === "ip") return [map];
  return [map, { type, table, set: "vmac_set", elements: [{ key }] }];
}

/** What keeps everybody from talking to virtual addresses that accept nothing (RFC 9568 §6.1, Accept_Mode). */
export function addressRules(options: RulesetOptions, family: FirewallFamily): FirewallCommand[] {
  const build = new Builder(options, family);
  build.table();
  build.base("output");
  build.base("input");
  if (family === "ip") {
    build.set({ set: "vips", keys: ["ipv4_addr"] });
    build.rule("in", destination("ip"), lookup("vips"), DROP);
    build.rule("out", source("ip"), lookup("vips"), DROP);
    return build.commands;
  }
  build.chain("in_link_local");
  build.chain("out_link_local");
  build.set({ set: "vips", keys: ["ipv6_addr"] });
  build.set({ set: "neighbor-discovery", keys: ["icmpv6_type"], constant: true });
  build.elements("neighbor-discovery", [
    { key: new Uint8Array([NEIGHBOUR_SOLICIT]) },
    { key: new Uint8Array([NEIGHBOUR_ADVERT]) },
  ]);
  // The next header, not the transport's: with an extension header before it, it is no neighbour discovery.
  const discovery = [
    network(6, 1),
    equal(new Uint8Array([ICMPV6])),
    ICMPV6_TYPE,
    lookup("neighbor-discovery"),
  ];
  build.rule("in", ...discovery, ACCEPT);
  build.rule("in", destination("ip6"), ...IS_LINK_LOCAL, { type: "goto", chain: "in_link_local" });
  build.rule("out", ...discovery, ACCEPT);
  build.rule("out", source("ip6"), ...IS_LINK_LOCAL, { type: "goto", chain: "out_link_local" });
  build.rule("in", destination("ip6"), lookup("vips"), DROP);
  build.rule("out", source("ip6"), lookup("vips"), DROP);
  return build.commands;
}

/** fe80::/10 in register 1. */
const IS_LINK_LOCAL: readonly FirewallExpression[] = [
  { type: "mask", register: 1, mask: joined(new Uint8Array([0xff, 0xc0]), new Uint8Array(14)) },
  equal(joined(new Uint8Array([0xfe, 0x80]), new Uint8Array(14))),
];

const linkLocalSet = (byName: boolean): string => (byName ? "vips_link_local_name" : "vips_link_local");

/** The part of addressRules() for link-local addresses, which mean something only on their interface. */
export function linkLocalRules(options: RulesetOptions, byName: boolean): FirewallCommand[] {
  const build = new Builder(options, "ip6");
  const set = linkLocalSet(byName);
  build.set({ set, keys: ["ipv6_addr", byName ? "ifname" : "iface_index"] });
  const device = (direction: "i" | "o"): FirewallExpression => ({
    type: "meta",
    key: byName ? `${direction}ifname` : `${direction}if`,
    into: 2,
  });
  build.rule("in_link_local", destination("ip6"), device("i"), lookup(set), DROP);
  build.rule("out_link_local", source("ip6"), device("o"), lookup(set), DROP);
  return build.commands;
}

export const firewallFamily = (address: string): FirewallFamily => (address.includes(":") ? "ip6" : "ip");

export const isLinkLocal = (address: string): boolean => /^fe[89ab]/.test(address);

/** Where an address is kept, and its key there. */
export function addressElement(blocked: BlockedAddress): { readonly set: string; readonly key: Uint8Array } {
  const { address, ifindex, interfaceName, byName } = blocked;
  const bytes = ipToBytes(address) ?? new Uint8Array();
  if (!isLinkLocal(address)) return { set: "vips", key: bytes };
  const device = byName ? padded(interfaceName) : indexKey(ifindex);
  return { set: linkLocalSet(byName), key: joined(bytes, device) };
}
