import { bytesToIp, type IpFamily } from "../values/ip.ts";
import { LITTLE_ENDIAN, viewOf } from "./byte-order.ts";
import { attributeNumber, attributeText, type NetlinkWriter, readAttributes } from "./netlink.ts";
import { AF_INET, AF_INET6, addressBytes } from "./rtnetlink.ts";

/** rtnetlink: routing rules (linux/fib_rules.h). */

export const RTM_NEWRULE = 32;
export const RTM_DELRULE = 33;
export const RTM_GETRULE = 34;

const FRA_DST = 1;
const FRA_SRC = 2;
const FRA_IIFNAME = 3;
const FRA_GOTO = 4;
const FRA_PRIORITY = 6;
const FRA_FWMARK = 10;
const FRA_FLOW = 11;
const FRA_TUN_ID = 12;
const FRA_SUPPRESS_IFGROUP = 13;
const FRA_SUPPRESS_PREFIXLEN = 14;
const FRA_TABLE = 15;
const FRA_FWMASK = 16;
const FRA_OIFNAME = 17;
const FRA_L3MDEV = 19;
const FRA_UID_RANGE = 20;
const FRA_PROTOCOL = 21;
const FRA_IP_PROTO = 22;
const FRA_SPORT_RANGE = 23;
const FRA_DPORT_RANGE = 24;

const FIB_RULE_INVERT = 2;
const HEADER = 12;
/** What the kernel says where nothing is suppressed. */
const NOT_SUPPRESSED = 0xffff_ffff;
const EVERY_BIT = 0xffff_ffff;

/** FR_ACT_*: the index is the number. */
const RULE_ACTIONS = [
  "unspec",
  "table",
  "goto",
  "nop",
  "res3",
  "res4",
  "blackhole",
  "unreachable",
  "prohibit",
] as const;

export type RuleAction = (typeof RULE_ACTIONS)[number];

/** An address and the bits of it that count. */
export interface RulePrefix {
  readonly address: string;
  readonly prefixLength: number;
}

/** A routing rule. */
export interface RuleMessage {
  readonly family: IpFamily;
  readonly priority: number;
  readonly action: RuleAction;
  /** 0 where the action has none, and of l3mdev rules. */
  readonly table: number;
  /** Priority of the rule to go on with. */
  readonly goto?: number;
  readonly not?: boolean;
  readonly from?: RulePrefix;
  readonly to?: RulePrefix;
  readonly tos: number;
  readonly iif?: string;
  readonly oif?: string;
  readonly fwmark?: number;
  /** All bits when absent. */
  readonly fwmask?: number;
  readonly l3mdev?: boolean;
  /** Both included. */
  readonly uidRange?: readonly [first: number, last: number];
  readonly ipProtocol?: number;
  readonly sourcePorts?: readonly [first: number, last: number];
  readonly destinationPorts?: readonly [first: number, last: number];
  /** Source realm in the upper, destination realm in the lower 16 bits. */
  readonly realms?: number;
  readonly suppressPrefixLength?: number;
  readonly suppressInterfaceGroup?: number;
  readonly tunnelId?: bigint;
  /** RTPROT_*; 18 marks ours, 0 for none. */
  readonly protocol: number;
}

/** The body of an RTM_GETRULE dump of one family. */
export function writeRuleDump(writer: NetlinkWriter, family: IpFamily): void {
  const fixed = new Uint8Array(HEADER);
  fixed[0] = family === 4 ? AF_INET : AF_INET6;
  writer.fixed(fixed);
}

/** The body of RTM_NEWRULE and RTM_DELRULE. Throws RangeError for an address that is not canonical. */
export function writeRule(writer: NetlinkWriter, rule: RuleMessage): void {
  const fixed = new Uint8Array(HEADER);
  fixed.set([
    rule.family === 4 ? AF_INET : AF_INET6,
    rule.to?.prefixLength ?? 0,
    rule.from?.prefixLength ?? 0,
    rule.tos,
    rule.table < 256 ? rule.table : 0,
    0,
    0,
    RULE_ACTIONS.indexOf(rule.action),
  ]);
  if (rule.not) viewOf(fixed).setUint32(8, FIB_RULE_INVERT, LITTLE_ENDIAN);
  writer.fixed(fixed);
  writer.u32(FRA_PRIORITY, rule.priority);
  writer.u8(FRA_PROTOCOL, rule.protocol);
  if (rule.table !== 0) writer.u32(FRA_TABLE, rule.table);
  if (rule.from && rule.from.prefixLength > 0) writer.attribute(FRA_SRC, addressBytes(rule.from.address));
  if (rule.to && rule.to.prefixLength > 0) writer.attribute(FRA_DST, addressBytes(rule.to.address));
  if (rule.iif !== undefined) writer.text(FRA_IIFNAME, rule.iif);
  if (rule.oif !== undefined) writer.text(FRA_OIFNAME, rule.oif);
  if (rule.l3mdev) writer.u8(FRA_L3MDEV, 1);
  if (rule.uidRange) writer.attribute(FRA_UID_RANGE, pair32(rule.uidRange));
  if (rule.sourcePorts) writer.attribute(FRA_SPORT_RANGE, pair16(rule.sourcePorts));
  if (rule.destinationPorts) writer.attribute(FRA_DPORT_RANGE, pair16(rule.destinationPorts));
  if (rule.ipProtocol !== undefined) writer.u8(FRA_IP_PROTO, rule.ipProtocol);
  writeNumbers(writer, rule);
}

function writeNumbers(writer: NetlinkWriter, rule: RuleMessage): void {
  const numbers: readonly (readonly [type: number, value: number | undefined])[] = [
    [FRA_GOTO, rule.goto],
    [FRA_FWMARK, rule.fwmark],
    [FRA_FWMASK, rule.fwmask],
    [FRA_FLOW, rule.realms],
    [FRA_SUPPRESS_PREFIXLEN, rule.suppressPrefixLength],
    [FRA_SUPPRESS_IFGROUP, rule.suppressInterfaceGroup],
  ];
  for (const [type, value] of numbers) if (value !== undefined) writer.u32(type, value);
  if (rule.tunnelId === undefined) return;
  const bytes = new Uint8Array(8);
  viewOf(bytes).setBigUint64(0, rule.tunnelId, false);
  writer.attribute(FRA_TUN_ID, bytes);
}

/** struct fib_rule_uid_range. */
function pair32([first, last]: readonly [number, number]): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = viewOf(bytes);
  view.setUint32(0, first, LITTLE_ENDIAN);
  view.setUint32(4, last, LITTLE_ENDIAN);
  return bytes;
}

/** struct fib_rule_port_range. */
function pair16([first, last]: readonly [number, number]): Uint8Array {
  const bytes = new Uint8Array(4);
  const view = viewOf(bytes);
  view.setUint16(0, first, LITTLE_ENDIAN);
  view.setUint16(2, last, LITTLE_ENDIAN);
  return bytes;
}

/** A rule; undefined for other families. */
export function readRule(payload: Uint8Array): RuleMessage | undefined {
  const [family, toLength = 0, fromLength = 0, tos = 0, table = 0, , , action = 0] = payload;
  if (payload.length < HEADER || (family !== AF_INET && family !== AF_INET6)) return undefined;
  const ipFamily = family === AF_INET ? 4 : 6;
  const attributes = readAttributes(payload.subarray(HEADER));
  const from = prefixAt(attributes, FRA_SRC, fromLength, ipFamily);
  const to = prefixAt(attributes, FRA_DST, toLength, ipFamily);
  const inverted = (viewOf(payload).getUint32(8, LITTLE_ENDIAN) & FIB_RULE_INVERT) !== 0;
  const mask = attributeNumber(attributes.get(FRA_FWMASK)) ?? EVERY_BIT;
  const tunnel = attributes.get(FRA_TUN_ID);
  return {
    family: ipFamily,
    priority: attributeNumber(attributes.get(FRA_PRIORITY)) ?? 0,
    action: RULE_ACTIONS[action] ?? "unspec",
    table: attributeNumber(attributes.get(FRA_TABLE)) ?? table,
    ...optional("goto", attributeNumber(attributes.get(FRA_GOTO))),
    ...(inverted && { not: true }),
    ...optional("from", from),
    ...optional("to", to),
    tos,
    ...optional("iif", attributeText(attributes.get(FRA_IIFNAME))),
    ...optional("oif", attributeText(attributes.get(FRA_OIFNAME))),
    ...optional("fwmark", attributeNumber(attributes.get(FRA_FWMARK))),
    ...(mask !== EVERY_BIT && { fwmask: mask }),
    ...(attributeNumber(attributes.get(FRA_L3MDEV)) === 1 && { l3mdev: true }),
    ...optional("uidRange", readPair(attributes.get(FRA_UID_RANGE))),
    ...optional("ipProtocol", attributeNumber(attributes.get(FRA_IP_PROTO))),
    ...optional("sourcePorts", readPair(attributes.get(FRA_SPORT_RANGE))),
    ...optional("destinationPorts", readPair(attributes.get(FRA_DPORT_RANGE))),
    ...optional("realms", attributeNumber(attributes.get(FRA_FLOW))),
    ...optional("suppressPrefixLength", suppressed(attributes.get(FRA_SUPPRESS_PREFIXLEN))),
    ...optional("suppressInterfaceGroup", suppressed(attributes.get(FRA_SUPPRESS_IFGROUP))),
    ...(tunnel?.length === 8 && { tunnelId: viewOf(tunnel).getBigUint64(0, false) }),
    protocol: attributeNumber(attributes.get(FRA_PROTOCOL)) ?? 0,
  };
}

/** A property that is there only with a value. */
function optional<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  // One computed key: TypeScript widens it to an index signature.
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: T };
}

type Attributes = ReadonlyMap<number, Uint8Array>;

function prefixAt(
  attributes: Attributes,
  type: number,
  length: number,
  family: IpFamily,
): RulePrefix | undefined {
  const bytes = attributes.get(type);
  if (bytes?.length !== (family === 4 ? 4 : 16) || length === 0) return undefined;
  return { address: bytesToIp(bytes), prefixLength: length };
}

function suppressed(value: Uint8Array | undefined): number | undefined {
  const number = attributeNumber(value);
  return number === NOT_SUPPRESSED ? undefined : number;
}

/** A range of two numbers of 2 or 4 bytes. */
function readPair(value: Uint8Array | undefined): readonly [number, number] | undefined {
  if (!value || (value.length !== 4 && value.length !== 8)) return undefined;
  const view = viewOf(value);
  const at = (offset: number) =>
    value.length === 4 ? view.getUint16(offset, LITTLE_ENDIAN) : view.getUint32(offset, LITTLE_ENDIAN);
  return [at(0), at(value.length / 2)];
}
