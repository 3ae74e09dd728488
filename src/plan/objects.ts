import type { Config, Route, Rule, VirtualAddress } from "../config/config.ts";
import { globalDefs } from "../schema/global-defs.ts";
import type { Kind } from "../schema/kind.ts";
import { route } from "../schema/kinds-route.ts";
import { rule } from "../schema/kinds-rule.ts";
import { root } from "../schema/root.ts";
import type { AnyBlockSchema, AnyRow } from "../schema/row.ts";
import { realServer } from "../schema/virtual-server.ts";
import { type Block, blocksOf, identityOf, itemOriginIn, itemsOf, originIn } from "./block.ts";
import type { Objects, ObjectType } from "./plan.ts";
import type { Scope } from "./scope.ts";
import { Settled } from "./settled.ts";
import { headerWords, kindText } from "./value-text.ts";

/** One object of a configuration, before it is known what becomes of it. */
export interface Node<T extends ObjectType = ObjectType> {
  readonly object: T;
  readonly id: string;
  readonly value: Objects[T];
  /** The keyword that makes it (`virtual_ipaddress_excluded` makes a virtual_ipaddress). */
  readonly keyword: string;
  /** Origin of the statement; 0 when nothing in the text made it. */
  readonly at: number;
  /** Present when the object is a block. */
  readonly scope?: Scope;
  /** Present when it is one value. */
  readonly item?: Item;
  /** Made when asked for: a configuration has tens of thousands, and only few have to be there at a time. */
  readonly children: () => readonly Node[];
}

interface Item {
  readonly kind: Kind<unknown>;
  readonly value: unknown;
}

/** What follows the keyword in the statement that makes an object. */
export function textOf({ scope, item }: Node): string {
  if (scope) return headerWords(scope.schema, scope.block).join(" ");
  return (item && kindText(item.kind, item.value)) ?? "";
}

type ItemType =
  | "virtual_ipaddress"
  | "virtual_route"
  | "virtual_rule"
  | "static_ipaddress"
  | "static_route"
  | "static_rule"
  | "interface_up_down_delay"
  | "linkbeat"
  | "sorry_server";

/** Objects that are items or values of a block, by the block's keyword that holds them. */
interface ItemObject {
  readonly object: ItemType;
  /** Of the item as `value` gives it. */
  identity(item: never, parent: Block): string;
  value(item: never, settled: Settled): Objects[ItemType];
}

function vip(excluded: boolean): ItemObject {
  return {
    object: "virtual_ipaddress",
    // The instance's own interface may be named or left out: it is the same address.
    identity: (item: Objects["virtual_ipaddress"], parent) =>
      `${item.address}/${item.prefixLength}${item.dev === undefined || item.dev === parent.interface ? "" : ` dev ${item.dev}`}`,
    value: (item: Objects["virtual_ipaddress"]) => ({ ...item, excluded }),
  };
}

/** Words of a line without the options that mean nothing to the kernel. */
function kernelText<T extends { readonly no_track?: true; readonly track_group?: string }>(
  kind: Kind<T>,
  { no_track: _, track_group: __, ...item }: T,
): string {
  return kind.format(item as T).join(" "); // a line without two options that it need not have
}

/** A route is what all its words say: with others, it is another route. */
function routes(object: "virtual_route" | "static_route"): ItemObject {
  return {
    object,
    identity: (item: Route) => kernelText(route, item),
    value: (item: Route) => item,
  };
}

function rules(object: "virtual_rule" | "static_rule"): ItemObject {
  return {
    object,
    identity: (item: Rule) => kernelText(rule, item),
    value: (item: Rule, settled) => settled.rule(item),
  };
}

const staticAddress: ItemObject = {
  object: "static_ipaddress",
  identity: ({ address, prefixLength, dev }: VirtualAddress) => `${address}/${prefixLength} dev ${dev}`,
  value: (item: VirtualAddress, { defaultInterface }) => ({ ...item, dev: item.dev ?? defaultInterface }),
};

const upDownDelay: ItemObject = {
  object: "interface_up_down_delay",
  identity: (item: Objects["interface_up_down_delay"]) => item.interface,
  value: (item: Objects["interface_up_down_delay"]) => item,
};

const linkbeat: ItemObject = {
  object: "linkbeat",
  identity: (item: Objects["linkbeat"]) => item.interface ?? "",
  value: (item: Objects["linkbeat"]) => item,
};

const sorryServer: ItemObject = {
  object: "sorry_server",
  identity: ({ address, port }: Objects["sorry_server"]) =>
    address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
  value: (item: Objects["sorry_server"]) => item,
};

type Children = readonly (readonly [keyword: string, child: ItemObject | "block"])[];

/** The rows whose values are objects of their own and no part of the object around them. */
const CHILDREN = new Map<ObjectType, Children>([
  [
    "vrrp_instance",
    [
      ["virtual_ipaddress", vip(false)],
      ["virtual_ipaddress_excluded", vip(true)],
      ["virtual_routes", routes("virtual_route")],
      ["virtual_rules", rules("virtual_rule")],
    ],
  ],
  [
    "virtual_server",
    [
      ["sorry_server", sorryServer],
      ["real_server", "block"],
    ],
  ],
]);

/** Lists of the top level whose items are objects. */
const STATIC = [
  ["static_ipaddress", staticAddress],
  ["static_routes", routes("static_route")],
  ["static_rules", rules("static_rule")],
  ["interface_up_down_delays", upDownDelay],
  ["linkbeat_interfaces", linkbeat],
] as const;

const NONE: ReadonlySet<string> = new Set();
const CHILD_KEYWORDS = new Map(
  [...CHILDREN].map(([object, children]) => [object, new Set(children.map(([keyword]) => keyword))] as const),
);

/** Keywords of an object whose values are objects of their own. */
export function childKeywords(object: ObjectType): ReadonlySet<string> {
  return CHILD_KEYWORDS.get(object) ?? NONE;
}

const SCHEMAS: { readonly [T in ObjectType]?: AnyBlockSchema } = {
  global_defs: globalDefs,
  garp_group: root.rows.garp_group.schema,
  track_group: root.rows.track_group.schema,
  track_file: root.rows.track_file.schema,
  vrrp_track_process: root.rows.vrrp_track_process.schema,
  bfd_instance: root.rows.bfd_instance.schema,
  vrrp_script: root.rows.vrrp_script.schema,
  vrrp_sync_group: root.rows.vrrp_sync_group.schema,
  vrrp_instance: root.rows.vrrp_instance.schema,
  SSL: root.rows.SSL.schema,
  virtual_server_group: root.rows.virtual_server_group.schema,
  virtual_server: root.rows.virtual_server.schema,
  real_server: realServer,
};

/** The schema of the objects that are blocks; undefined for those that are one value. */
export function schemaOf(object: ObjectType): AnyBlockSchema | undefined {
  return SCHEMAS[object];
}

/** Objects by type, in the order of the text. */
export type ObjectNodes = { readonly [T in ObjectType]?: readonly Node[] };

/** The objects of a configuration. Of two with one identity, the first. */
export function objectsOf(config: Config): ObjectNodes {
  const globals: Block = config.global_defs;
  const top: Block = config;
  const settled = new Settled(config);
  const objects: { [T in ObjectType]?: readonly Node[] } = {
    global_defs: [blockNode("global_defs", { schema: globalDefs, block: globals, globals }, settled)],
  };
  for (const [keyword, item] of STATIC) {
    objects[item.object] = distinct(itemChildren(root.rows[keyword], keyword, item, top, settled));
  }
  for (const keyword of [
    "garp_group",
    "track_group",
    "track_file",
    "vrrp_track_process",
    "bfd_instance",
    "vrrp_script",
    "vrrp_sync_group",
    "vrrp_instance",
    "SSL",
    "virtual_server_group",
    "virtual_server",
  ] as const) {
    const row = root.rows[keyword];
    const nodes = blocksOf(row, top[keyword]).map((block) =>
      blockNode(keyword, { schema: row.schema, block, globals }, settled),
    );
    objects[keyword] = distinct(nodes);
  }
  const everyLink = pollingOfAll(top);
  if (everyLink) objects.linkbeat = [...(objects.linkbeat ?? []), everyLink];
  return objects;
}

/** linkbeat_use_polling outside every block: the links of all interfaces are polled. */
function pollingOfAll(top: Block): Node | undefined {
  const keyword = "linkbeat_use_polling";
  if (top[keyword] !== true) return undefined;
  const at = originIn(top, keyword);
  return { object: "linkbeat", id: "", value: {}, keyword, at, children: childless };
}

function blockNode(object: ObjectType, scope: Scope, settled: Settled): Node {
  const { schema, block } = scope;
  const id = identityOf(schema, block);
  return {
    object,
    id,
    // The object types of a plan are named after the keywords of the blocks that they are.
    value: block as unknown as Objects[ObjectType],
    keyword: schema.keyword,
    at: block.$.at,
    scope,
    children: CHILDREN.has(object) ? () => childrenOf(object, scope, settled) : childless,
  };
}

function childrenOf(object: ObjectType, scope: Scope, settled: Settled): readonly Node[] {
  const table = CHILDREN.get(object);
  if (!table) return NO_NODES;
  const nodes = table.flatMap(([keyword, child]) => {
    const row = scope.schema.rows[keyword];
    if (!row) return [];
    return child === "block"
      ? blockChildren(row, keyword, scope, settled)
      : itemChildren(row, keyword, child, scope.block, settled);
  });
  return distinct(nodes);
}

function blockChildren(row: AnyRow, keyword: string, parent: Scope, settled: Settled): Node[] {
  if (row.shape !== "block") return [];
  const schema: AnyBlockSchema = row.schema;
  return blocksOf(row, parent.block[keyword]).map((block) =>
    blockNode("real_server", { schema, block, parent, globals: parent.globals }, settled),
  );
}

function itemChildren(
  row: AnyRow,
  keyword: string,
  child: ItemObject,
  block: Block,
  settled: Settled,
): Node[] {
  if (row.shape !== "leaf" && row.shape !== "list") return [];
  const value = block[keyword];
  const items = row.shape === "list" ? itemsOf(value) : value === undefined ? [] : [value];
  return items.map((item, index) => {
    // The row's kind decoded the value that the table's functions take; the pairing is by keyword.
    const value = child.value(item as never, settled);
    const id = child.identity(value as never, block);
    return {
      object: child.object,
      id,
      value,
      keyword,
      at: row.shape === "list" ? itemOriginIn(block, keyword, index) : originIn(block, keyword),
      item: { kind: row.kind, value },
      children: childless,
    };
  });
}

const NO_NODES: readonly Node[] = [];
const childless = (): readonly Node[] => NO_NODES;

/** Whether two nodes are of one object: unique among the children of one. */
export function isSame(a: Node, b: Node): boolean {
  return a.id === b.id && a.object === b.object;
}

/** The same as a text. */
export function keyOf({ object, id }: Node): string {
  return `${object} ${id}`;
}

/** So few nodes are compared one by one. */
const FEW = 8;

/** The checks report duplicates; to the kernel and the machines only the first can exist. */
function distinct(nodes: readonly Node[]): readonly Node[] {
  const isFirst = (node: Node, at: number): boolean => nodes.findIndex((other) => isSame(node, other)) === at;
  if (nodes.length <= FEW) return nodes.every(isFirst) ? nodes : nodes.filter(isFirst);
  const keys = new Set<string>();
  return nodes.filter((node) => {
    const key = keyOf(node);
    return !keys.has(key) && keys.add(key);
  });
}
