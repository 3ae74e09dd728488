import type {
  BfdInstance,
  GarpGroup,
  GlobalDefs,
  LinkbeatInterface,
  RealServer,
  Route,
  Rule,
  ServerAddress,
  Ssl,
  TrackFile,
  TrackGroup,
  TrackProcess,
  UpDownDelay,
  VirtualAddress,
  VirtualServer,
  VirtualServerGroup,
  VrrpInstance,
  VrrpScript,
  VrrpSyncGroup,
} from "../config/config.ts";

/** replace: deleted and created anew, in place. keep: nothing changes (listed so that a plan is complete). */
export type ChangeKind = "create" | "update" | "replace" | "delete" | "keep";

/**
 * What users of the service notice. none: nothing. drains: no new connections to a server, the old ones live on.
 * drops-connections: established connections break. may-transition: an instance may change state.
 * needs-restart: takes effect only when the daemon is started again.
 */
export type Impact = "none" | "drains" | "drops-connections" | "may-transition" | "needs-restart";

/** The process that carries a change out. */
export type Owner = "parent" | "vrrp" | "checkers";

/** One keyword that caused a change. Texts are as dump writes them, secrets masked. */
export interface Reason {
  readonly keyword: string;
  readonly before?: string;
  readonly after?: string;
  /** Origins in the running and the next configuration's sources; 0 or absent for a default. */
  readonly beforeAt?: number;
  readonly afterAt?: number;
  /** Keyword that the value is inherited from ("virtual_server delay_loop"); the origins are then that keyword's. */
  readonly beforeFrom?: string;
  readonly afterFrom?: string;
  /** What this keyword alone does; a change has the worst of its reasons. Absent means none. */
  readonly impact?: Impact;
  /** The runtime does not act on this keyword yet. */
  readonly compiledOnly?: true;
  /** What the two texts do not say. */
  readonly note?: string;
}

/** The objects that a plan is about, by the type of their before and after. */
export interface Objects {
  readonly global_defs: GlobalDefs;
  readonly garp_group: GarpGroup;
  readonly track_group: TrackGroup;
  readonly track_file: TrackFile;
  readonly vrrp_track_process: TrackProcess;
  readonly bfd_instance: BfdInstance;
  readonly interface_up_down_delay: UpDownDelay;
  /** An interface whose link is polled; all of them where none is named. */
  readonly linkbeat: Partial<LinkbeatInterface>;
  readonly vrrp_script: VrrpScript;
  readonly vrrp_sync_group: VrrpSyncGroup;
  readonly vrrp_instance: VrrpInstance;
  /** One VIP of an instance; `excluded` ones stand in no advert. */
  readonly virtual_ipaddress: VirtualAddress & { readonly excluded: boolean };
  /** One route of an instance. */
  readonly virtual_route: Route;
  /** One routing rule of an instance, its preference settled. */
  readonly virtual_rule: Rule;
  /** One address that is there as long as the daemon. */
  readonly static_ipaddress: VirtualAddress;
  readonly static_route: Route;
  readonly static_rule: Rule;
  readonly SSL: Ssl;
  readonly virtual_server_group: VirtualServerGroup;
  readonly virtual_server: VirtualServer;
  readonly sorry_server: ServerAddress;
  readonly real_server: RealServer;
}

export type ObjectType = keyof Objects;

/** What is carried over from the running object: "state", "weight", "failures", "connections", "timers". */
export type Carried = "state" | "weight" | "failures" | "connections" | "timers";

interface ChangeOf<T extends ObjectType> {
  readonly object: T;
  /** `vrrp_instance[VI_1]/virtual_ipaddress[10.0.0.1/24]`: unique in a plan, stable between plans. */
  readonly address: string;
  /** Identity of the enclosing object (instance name, virtual server identity); "" at top level. */
  readonly parent: string;
  /** Identity of the object itself within its parent. */
  readonly id: string;
  readonly kind: ChangeKind;
  readonly impact: Impact;
  readonly owner: Owner;
  readonly reasons: readonly Reason[];
  readonly carries: readonly Carried[];
  /** The object in the running configuration; absent for create. */
  readonly before?: Objects[T];
  /** The object in the next configuration; absent for delete. */
  readonly after?: Objects[T];
}

/** One change. Discriminated by `object`. */
export type Change = { [T in ObjectType]: ChangeOf<T> }[ObjectType];

/**
 * All that is to be done to get from one configuration to another, in the order in which it is done. Start is a plan
 * from the empty configuration, stop one to it. Plain data.
 */
export interface Plan {
  readonly changes: readonly Change[];
}
