import type {
  BfdInstance,
  GarpGroup,
  GlobalDefs,
  TrackFile,
  TrackProcess,
  UpDownDelay,
  VirtualAddress,
  VrrpInstance,
  VrrpScript,
  VrrpSyncGroup,
} from "../../config/config.ts";
import type { Change } from "../../plan/plan.ts";
import { addressKey } from "./addresses.ts";
import { type AdvertDefaults, type Definition, define, familyOfInstance } from "./definition.ts";
import { GarpGaps } from "./garp-gaps.ts";
import { PlannedHoldings, type Surroundings } from "./holdings-plan.ts";
import { type VirtualLink, VirtualLinks } from "./virtual-link.ts";

/** An instance as the plan left it. */
interface Wanted {
  readonly config: VrrpInstance;
  readonly addresses: VirtualAddress[];
  readonly excluded: VirtualAddress[];
}

/** What a plan did to the instances and scripts, by name. */
export interface Taken {
  /** Deleted instances, in plan order. */
  readonly removed: ReadonlySet<string>;
  /** Instances and scripts to be ended and begun anew. */
  readonly replacedInstances: ReadonlySet<string>;
  readonly replacedScripts: ReadonlySet<string>;
  /** Groups that are no more, with their last configuration. */
  readonly removedGroups: readonly VrrpSyncGroup[];
  /** Every change takes something away: the daemon stops. */
  readonly final: boolean;
}

const DEFAULT_GROUPS = { group4: "224.0.0.18", group6: "ff02::12" };

/** The configuration in force, put together from plans. */
export class Desired {
  readonly scripts = new Map<string, VrrpScript>();
  readonly groups = new Map<string, VrrpSyncGroup>();
  readonly files = new Map<string, TrackFile>();
  readonly processes = new Map<string, TrackProcess>();
  /** Delays of interfaces, by line. */
  readonly delays = new Map<string, UpDownDelay>();
  /** Weights of BFD sessions. */
  readonly sessionWeights = new Map<string, BfdInstance["weight"]>();
  readonly #garpGroups = new Map<string, GarpGroup>();
  readonly #instances = new Map<string, Wanted>();
  readonly #holdings = new PlannedHoldings();
  readonly #virtualLinks = new VirtualLinks();
  #links: readonly VirtualLink[] = [];
  #global: GlobalDefs | undefined;

  /** The links of our own that the definitions need, as of the last definitions(). */
  get links(): readonly VirtualLink[] {
    return this.#links;
  }

  /** The gaps to keep between announcements. */
  get garpGaps(): GarpGaps {
    return new GarpGaps(this.#global, this.#garpGroups.values());
  }

  /** Whether FIFOs hear all states again after a reload. */
  get repeatsStates(): boolean {
    return this.#global?.fifo_write_vrrp_states_on_reload ?? false;
  }

  /** The longer of vrrp_startup_delay and what is left of vrrp_delay_after_boot: when instances begin, at the start. */
  startsAt(now: number): number {
    const { vrrp_startup_delay: delay = 0, vrrp_delay_after_boot: boot = 0 } = this.#global ?? {};
    return Math.max(now + delay, boot);
  }

  /** Whether adverts of routers that are not configured are logged. */
  get logsUnknown(): boolean {
    return this.#global?.log_unknown_vrids ?? false;
  }

  /** Every instance, in configured order, with what follows from its keywords. */
  definitions(): Definition[] {
    const defaults: AdvertDefaults = {
      group4: this.#global?.vrrp_mcast_group4 ?? DEFAULT_GROUPS.group4,
      group6: this.#global?.vrrp_mcast_group6 ?? DEFAULT_GROUPS.group6,
      receiveBuffers: this.#global?.vrrp_rx_bufs_policy,
      multiplier: this.#global?.vrrp_rx_bufs_multiplier ?? 3,
    };
    const users = [...this.#instances.values()].map((each) => ({
      ...each,
      family: familyOfInstance(each.config, each.addresses),
    }));
    const { vmac_prefix: prefix = "vrrp", vmac_addr_prefix: addressPrefix = prefix } = this.#global ?? {};
    const { links, placements } = this.#virtualLinks.place(users, { prefix, addressPrefix });
    this.#links = links;
    return placements.map(({ config, addresses, excluded, own, device }) =>
      define(config, addresses, excluded, defaults, { own, device, ...this.#around(config) }),
    );
  }

  /** Interfaces are followed as they are configured, whatever an address goes on. */
  #around(config: VrrpInstance): Surroundings {
    const { addresses = [], excluded = [] } = this.#instances.get(config.name) ?? {};
    return this.#holdings.of(config, [...addresses, ...excluded]);
  }

  /** Carries the changes over, in order. */
  take(changes: readonly Change[]): Taken {
    this.#holdings.take(changes);
    const removed = new Set<string>();
    const replacedInstances = new Set<string>();
    const replacedScripts = new Set<string>();
    const removedGroups: VrrpSyncGroup[] = [];
    for (const change of changes) {
      if (change.object === "vrrp_instance") {
        if (change.kind === "delete") removed.add(change.id);
        if (change.kind === "replace") replacedInstances.add(change.id);
      } else if (change.object === "vrrp_script" && change.kind === "replace") {
        replacedScripts.add(change.id);
      } else if (change.object === "vrrp_sync_group" && change.kind === "delete" && change.before) {
        removedGroups.push(change.before);
      }
      this.#take(change);
    }
    const ours = changes.filter((change) => change.owner === "vrrp");
    const final = ours.length > 0 && ours.every((change) => change.kind === "delete");
    return { removed, replacedInstances, replacedScripts, removedGroups, final };
  }

  #take(change: Change): void {
    switch (change.object) {
      case "global_defs":
        this.#global = change.after;
        return;
      case "vrrp_script":
        put(this.scripts, change.id, change.after);
        return;
      case "garp_group":
        put(this.#garpGroups, change.id, change.after);
        return;
      case "vrrp_sync_group":
        put(this.groups, change.id, change.after);
        return;
      case "track_file":
        put(this.files, change.id, change.after);
        return;
      case "vrrp_track_process":
        put(this.processes, change.id, change.after);
        return;
      case "bfd_instance":
        put(this.sessionWeights, change.id, change.after?.weight);
        return;
      case "interface_up_down_delay":
        put(this.delays, change.id, change.after);
        return;
      case "linkbeat":
        return;
      case "vrrp_instance":
        put(this.#instances, change.id, change.after && wanted(change.after));
        return;
      case "virtual_ipaddress":
        this.#takeAddress(change);
        return;
      case "virtual_server":
      case "sorry_server":
      case "real_server":
        return;
    }
  }

  /** An instance's block already holds its lists; what a change of one address adds to that is done here. */
  #takeAddress(change: Extract<Change, { object: "virtual_ipaddress" }>): void {
    const instance = this.#instances.get(change.parent);
    if (instance === undefined) return;
    const before = change.before && onDevice(change.before, instance.config);
    const after = change.after && onDevice(change.after, instance.config);
    if (before !== undefined && (after === undefined || addressKey(before) !== addressKey(after))) {
      drop(before.excluded ? instance.excluded : instance.addresses, before);
    }
    if (after === undefined) return;
    const list = after.excluded ? instance.excluded : instance.addresses;
    if (!list.some((address) => addressKey(address) === addressKey(after))) list.push(after);
  }
}

/** Every address once, on the device that it names or else the instance's own. */
function wanted(config: VrrpInstance): Wanted {
  const seen = new Set<string>();
  const once = (list: readonly VirtualAddress[]) =>
    list
      .map((address) => onDevice(address, config))
      .filter(({ address, prefixLength, dev }) => {
        const key = `${address}/${prefixLength} ${dev}`;
        return !seen.has(key) && seen.add(key);
      });
  const addresses = once(config.virtual_ipaddress ?? []);
  return { config, addresses, excluded: once(config.virtual_ipaddress_excluded ?? []) };
}

/** An effect about an address must still mean the same when the instance has moved to another interface. */
function onDevice<T extends VirtualAddress>(address: T, { interface: dev }: VrrpInstance): T {
  return address.dev === undefined && dev !== undefined ? { ...address, dev } : address;
}

function put<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

function drop(list: VirtualAddress[], address: VirtualAddress): void {
  const at = list.findIndex((each) => addressKey(each) === addressKey(address));
  if (at >= 0) list.splice(at, 1);
}
