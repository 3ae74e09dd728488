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

const $ = { at: 0, of: {} };

/** `10.9.0.100/24` as a virtual address. */
export function vip(text: string, more: Partial<VirtualAddress> = {}): VirtualAddress {
  const [address = "", length] = text.split("/");
  return { address, prefixLength: length === undefined ? 32 : Number(length), ...more };
}

const INSTANCE_DEFAULTS = {
  state: "BACKUP",
  interface: "eth0",
  virtual_router_id: 51,
  priority: 100,
  advert_int: 1_000_000,
  version: 2,
  authentication: undefined,
  virtual_ipaddress: [vip("10.9.0.100/24")],
  virtual_ipaddress_excluded: [],
  mcast_src_ip: undefined,
  unicast_src_ip: undefined,
  unicast_peer: [],
  nopreempt: false,
  preempt: false,
  preempt_delay: 0,
  garp_master_delay: 5_000_000,
  garp_master_repeat: 5,
  garp_master_refresh: 0,
  garp_master_refresh_repeat: 1,
  garp_lower_prio_delay: undefined,
  garp_lower_prio_repeat: undefined,
  dont_track_primary: false,
  debug: 0,
  track_interface: [],
  track_script: [],
  notify_master: undefined,
  notify_backup: undefined,
  notify_fault: undefined,
  notify_stop: undefined,
  notify: undefined,
  smtp_alert: false,
  $,
} satisfies Omit<VrrpInstance, "name">;

export function instance(name: string, more: Partial<VrrpInstance> = {}): VrrpInstance {
  return { name, ...INSTANCE_DEFAULTS, ...more };
}

export function group(
  name: string,
  members: readonly string[],
  more: Partial<VrrpSyncGroup> = {},
): VrrpSyncGroup {
  return {
    name,
    group: members,
    global_tracking: false,
    track_interface: [],
    track_script: [],
    notify_master: undefined,
    notify_backup: undefined,
    notify_fault: undefined,
    notify_stop: undefined,
    notify: undefined,
    smtp_alert: false,
    $,
    ...more,
  };
}

export function script(name: string, more: Partial<VrrpScript> = {}): VrrpScript {
  return {
    name,
    script: { argv: ["/bin/check"] },
    interval: 1_000_000,
    timeout: undefined,
    weight: { weight: 0, reverse: false },
    rise: 1,
    fall: 1,
    user: undefined,
    init_fail: false,
    $,
    ...more,
  };
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
