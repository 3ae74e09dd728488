/** Compiled objects and plan changes for tests of the VRRP machines, defaults as the schema has them. */
import type {
  GlobalDefs,
  VirtualAddress,
  VrrpInstance,
  VrrpScript,
  VrrpSyncGroup,
} from "../../../src/config/config.ts";
import type { InterfaceFacts } from "../../../src/core/vrrp/contract.ts";
import type { Change, ChangeKind, Objects, ObjectType } from "../../../src/plan/plan.ts";
import type { Rows } from "../../../src/schema/row.ts";
import { vrrpInstance, vrrpScript, vrrpSyncGroup } from "../../../src/schema/vrrp.ts";

/** A block in which no keyword is written, as the schema has it. */
function defaultsOf(rows: Rows): Record<string, unknown> {
  const values = Object.entries(rows).map(([keyword, row]) => {
    if (row.shape === "list") return [keyword, []];
    return [keyword, row.shape === "block" ? undefined : row.default];
  });
  return { ...Object.fromEntries(values), $: { at: 0, of: {} } };
}

/** `10.9.0.100/24` as a virtual address. */
export function vip(text: string, more: Partial<VirtualAddress> = {}): VirtualAddress {
  const [address = "", length] = text.split("/");
  return { address, prefixLength: length === undefined ? 32 : Number(length), ...more };
}

export function instance(name: string, more: Partial<VrrpInstance> = {}): VrrpInstance {
  const given = {
    name,
    interface: "eth0",
    virtual_router_id: 51,
    virtual_ipaddress: [vip("10.9.0.100/24")],
    ...more,
  };
  // The rows that make the values make the type, too.
  return { ...defaultsOf(vrrpInstance.rows), ...given } as VrrpInstance;
}

export function group(
  name: string,
  members: readonly string[],
  more: Partial<VrrpSyncGroup> = {},
): VrrpSyncGroup {
  return { ...defaultsOf(vrrpSyncGroup.rows), name, group: members, ...more } as VrrpSyncGroup;
}

export function script(name: string, more: Partial<VrrpScript> = {}): VrrpScript {
  return { ...defaultsOf(vrrpScript.rows), name, script: { argv: ["/bin/check"] }, ...more } as VrrpScript;
}

/** A change of a vrrp object, as a plan has it. */
function change<T extends ObjectType>(
  object: T,
  kind: ChangeKind,
  id: string,
  before: Objects[T] | undefined,
  after: Objects[T] | undefined,
  parent = "",
): Change {
  const ends = { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
  const address = `${object}[${id}]`;
  const made = {
    object,
    address,
    parent,
    id,
    kind,
    impact: "none",
    owner: "vrrp",
    reasons: [],
    carries: [],
    ...ends,
  };
  // One object literal cannot be seen to be a member of a union that is indexed by its own discriminant.
  return made as unknown as Change;
}

/** A configuration's vrrp part. */
export interface VrrpConfiguration {
  readonly global?: GlobalDefs;
  readonly scripts?: readonly VrrpScript[];
  readonly groups?: readonly VrrpSyncGroup[];
  readonly instances?: readonly VrrpInstance[];
}

const TYPES = [
  ["scripts", "vrrp_script"],
  ["groups", "vrrp_sync_group"],
  ["instances", "vrrp_instance"],
] as const;

/** The changes from one configuration to another, roughly as the plan has them: every object updated or replaced. */
export function plan(
  before: VrrpConfiguration,
  after: VrrpConfiguration,
  replaced: readonly string[] = [],
): Change[] {
  const changes: Change[] = [];
  if (after.global) changes.push(change("global_defs", "update", "", before.global, after.global));
  for (const [key, object] of TYPES) {
    const had = new Map((before[key] ?? []).map((each) => [each.name, each]));
    for (const each of after[key] ?? []) {
      const old = had.get(each.name);
      const kind = old === undefined ? "create" : replaced.includes(each.name) ? "replace" : "update";
      changes.push(change(object, kind, each.name, old, each));
      had.delete(each.name);
    }
    for (const each of had.values()) changes.push(change(object, "delete", each.name, each, undefined));
  }
  return changes;
}

/** The change of one address, for plans that say it on its own. */
export function addressChange(parent: string, kind: "create" | "delete", address: VirtualAddress): Change {
  const whole = { ...address, excluded: false };
  const [before, after] = kind === "create" ? [undefined, whole] : [whole, undefined];
  return change("virtual_ipaddress", kind, address.address, before, after, parent);
}

export function facts(name: string, more: Partial<InterfaceFacts> = {}): InterfaceFacts {
  return { name, ifindex: Number(name.replace(/\D/g, "")) + 2, running: true, address4: "10.9.0.1", ...more };
}
