import { LITTLE_ENDIAN, viewOf } from "./byte-order.ts";
import { attributeText, type NetlinkWriter, readAttributes } from "./netlink.ts";
import { writeExpressions } from "./nftables-expression.ts";
import type {
  FirewallCommand,
  FirewallElement,
  FirewallFamily,
  FirewallTable,
  FirewallType,
} from "./nftables-types.ts";

/** nf_tables over nfnetlink (linux/netfilter/nfnetlink.h, nf_tables.h). Numbers in attributes are big-endian. */

const NFNL_SUBSYS_NFTABLES = 10;
const NFTABLES = NFNL_SUBSYS_NFTABLES << 8;

/** Message types that open and close a transaction; their body is writeBatchEdge(). */
export const NFNL_MSG_BATCH_BEGIN = 16;
export const NFNL_MSG_BATCH_END = 17;

/** Message types of dumps. */
export const NFT_MSG_GETTABLE = NFTABLES | 1;
export const NFT_MSG_GETSETELEM = NFTABLES | 13;

const MESSAGE = {
  "add-table": NFTABLES | 0,
  "delete-table": NFTABLES | 2,
  "add-chain": NFTABLES | 3,
  "add-rule": NFTABLES | 6,
  "add-set": NFTABLES | 9,
  "add-elements": NFTABLES | 12,
  "delete-elements": NFTABLES | 14,
} as const;

const NFPROTO = { ip: 2, ip6: 10 } as const;
const HOOK = { input: 1, output: 3 } as const;
const NLM_F_CREATE = 0x400;
const NLM_F_APPEND = 0x800;

const NFT_SET_CONSTANT = 2;
const NFT_SET_INTERVAL = 4;
const NFT_SET_MAP = 8;
const NFT_SET_CONCAT = 0x80;

const UDATA_KEY_BYTE_ORDER = 0;
const UDATA_DATA_BYTE_ORDER = 1;
const BYTE_ORDER_HOST = 1;

const LIST_ELEMENT = 1;
const DATA_VALUE = 1;

/** `nft`'s number of a type, and bytes of a value. The kernel only stores the number. */
const TYPES = {
  ipv4_addr: { number: 7, length: 4 },
  ipv6_addr: { number: 8, length: 16 },
  iface_index: { number: 20, length: 4 },
  inet_service: { number: 13, length: 2 },
  mark: { number: 19, length: 4 },
  icmpv6_type: { number: 29, length: 1 },
  ifname: { number: 41, length: 16 },
} as const satisfies Record<FirewallType, { number: number; length: number }>;

/** Bits of a type's number in the number of a concatenation. */
const TYPE_BITS = 6;

/** A family, version and resource: struct nfgenmsg. */
function generalHeader(family: number, resource = 0): Uint8Array {
  return new Uint8Array([family, 0, resource >> 8, resource & 0xff]);
}

/** The body of the messages around a transaction. */
export function writeBatchEdge(writer: NetlinkWriter): void {
  writer.fixed(generalHeader(0, NFNL_SUBSYS_NFTABLES));
}

/** Message type and flags that a command goes out with. */
export function firewallMessage(command: FirewallCommand): { readonly type: number; readonly flags: number } {
  const type = MESSAGE[command.type];
  if (command.type === "add-rule") return { type, flags: NLM_F_CREATE | NLM_F_APPEND };
  return { type, flags: command.type.startsWith("add") ? NLM_F_CREATE : 0 };
}

/** The body of a command's message. `id`: a number for a set that no other set of the transaction has. */
export function writeFirewallCommand(writer: NetlinkWriter, command: FirewallCommand, id: number): void {
  const { family, name } = command.table;
  writer.fixed(generalHeader(NFPROTO[family]));
  writer.text(1, name);
  switch (command.type) {
    case "add-table":
    case "delete-table":
      break;
    case "add-chain":
      writeChain(writer, command);
      break;
    case "add-set":
      writeSet(writer, command, id);
      break;
    case "add-rule":
      writer.text(2, command.chain);
      writer.nested(4, () => writeExpressions(writer, command.expressions));
      break;
    case "add-elements":
    case "delete-elements":
      writer.text(2, command.set);
      writer.nested(3, () => writeElements(writer, command.elements));
      break;
  }
}

type CommandOf<T extends FirewallCommand["type"]> = Extract<FirewallCommand, { readonly type: T }>;

function writeChain(writer: NetlinkWriter, { chain, hook }: CommandOf<"add-chain">): void {
  writer.text(3, chain);
  if (hook === undefined) return;
  writer.nested(4, () => {
    writer.u32be(1, HOOK[hook.point]);
    writer.u32be(2, hook.priority);
  });
  writer.u32be(5, 1); // accept what no rule decides on
  writer.text(7, "filter");
}

function writeSet(writer: NetlinkWriter, command: CommandOf<"add-set">, id: number): void {
  const { set, keys, values, constant, ranges } = command;
  const flags =
    (constant ? NFT_SET_CONSTANT : 0) |
    (values === undefined ? 0 : NFT_SET_MAP) |
    (ranges ? NFT_SET_INTERVAL | NFT_SET_CONCAT : 0);
  writer.text(2, set);
  writer.u32be(3, flags);
  writer.u32be(
    4,
    keys.reduce((number, key) => (number << TYPE_BITS) | TYPES[key].number, 0),
  );
  writer.u32be(5, keyLength(keys));
  if (values !== undefined) {
    writer.u32be(6, TYPES[values].number);
    writer.u32be(7, TYPES[values].length);
  }
  if (ranges) writer.nested(9, () => writer.nested(2, () => writeParts(writer, keys)));
  writer.u32be(10, id);
  const orders = [
    ...hostOrder(UDATA_KEY_BYTE_ORDER, keys),
    ...hostOrder(UDATA_DATA_BYTE_ORDER, values ? [values] : []),
  ];
  if (orders.length > 0) writer.attribute(13, new Uint8Array(orders));
}

/** The parts of a concatenated key, by their lengths. */
function writeParts(writer: NetlinkWriter, keys: readonly FirewallType[]): void {
  for (const key of keys) writer.nested(LIST_ELEMENT, () => writer.u32be(1, TYPES[key].length));
}

/** What `nft` needs to read numbers in the host's order: a type, a length, a value, kept by the kernel for it. */
function hostOrder(about: number, types: readonly FirewallType[]): number[] {
  if (types.length !== 1 || (types[0] !== "iface_index" && types[0] !== "mark")) return [];
  return [about, 4, ...new Uint8Array(new Uint32Array([BYTE_ORDER_HOST]).buffer)];
}

function writeElements(writer: NetlinkWriter, elements: readonly FirewallElement[]): void {
  for (const { key, end, value } of elements) {
    writer.nested(LIST_ELEMENT, () => {
      writer.nested(1, () => writer.attribute(DATA_VALUE, key));
      if (value !== undefined) writer.nested(2, () => writer.attribute(DATA_VALUE, value));
      if (end !== undefined) writer.nested(10, () => writer.attribute(DATA_VALUE, end));
    });
  }
}

/** The body of an NFT_MSG_GETTABLE dump of one family. */
export function writeTableDump(writer: NetlinkWriter, family: FirewallFamily): void {
  writer.fixed(generalHeader(NFPROTO[family]));
}

/** A table; undefined for other families. */
export function readTable(payload: Uint8Array): FirewallTable | undefined {
  const family = payload[0] === NFPROTO.ip ? "ip" : payload[0] === NFPROTO.ip6 ? "ip6" : undefined;
  const name = attributeText(readAttributes(payload.subarray(4)).get(1));
  return family === undefined || name === undefined ? undefined : { family, name };
}

/** The body of an NFT_MSG_GETSETELEM dump. */
export function writeElementDump(writer: NetlinkWriter, { family, name }: FirewallTable, set: string): void {
  writer.fixed(generalHeader(NFPROTO[family]));
  writer.text(1, name);
  writer.text(2, set);
}

/** The elements in one message of the dump. */
export function readElements(payload: Uint8Array): FirewallElement[] {
  const list = readAttributes(payload.subarray(4)).get(3);
  if (list === undefined) return [];
  return listed(list).flatMap((element) => {
    const attributes = readAttributes(element);
    const key = dataValue(attributes.get(1));
    const value = dataValue(attributes.get(2));
    const end = dataValue(attributes.get(10));
    if (key === undefined) return [];
    return [{ key, ...(end !== undefined && { end }), ...(value !== undefined && { value }) }];
  });
}

const dataValue = (data: Uint8Array | undefined): Uint8Array | undefined =>
  data && readAttributes(data).get(DATA_VALUE)?.slice();

/** The values of attributes that all have one type. */
function listed(bytes: Uint8Array): Uint8Array[] {
  const view = viewOf(bytes);
  const values: Uint8Array[] = [];
  for (let offset = 0; offset + 4 <= bytes.length; ) {
    const length = view.getUint16(offset, LITTLE_ENDIAN);
    if (length < 4 || offset + length > bytes.length) break;
    values.push(bytes.subarray(offset + 4, offset + length));
    offset += (length + 3) & ~3;
  }
  return values;
}

/** Bytes of a key of these parts, for those who build one. */
export function keyLength(keys: readonly FirewallType[]): number {
  if (keys.length === 1 && keys[0]) return TYPES[keys[0]].length;
  return keys.reduce((length, key) => length + ((TYPES[key].length + 3) & ~3), 0);
}
