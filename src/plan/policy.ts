import type { VirtualAddress, VrrpInstance } from "../config/config.ts";
import { losesService } from "./group-services.ts";
import type { Carried, Impact, Objects, ObjectType, Owner } from "./plan.ts";

/**
 * What a change of each object, and of each of its keywords, means to the users of the service and to the state that
 * runs. The plan knows two configurations and not the state of the daemon, so an impact says what the change itself
 * does: that a raised quorum is missed depends on the servers that are alive, and is no part of it.
 */
export interface ObjectPolicy<T extends ObjectType> {
  readonly owner: Owner;
  readonly created: Impact;
  readonly deleted: Impact;
  /** Deleted because the object around it is. */
  readonly deletedWithParent: Impact;
  readonly replaced: Impact;
  /** A keyword changes whose row says `onChange: "restart"`. */
  readonly restarted: Impact;
  /** What an update carries over, less what its keywords drop. A replaced object carries nothing. */
  readonly carries: readonly Carried[];
  /** Keywords (or keyword paths) that are more than `none`. */
  readonly keywords: { readonly [path: string]: KeywordPolicy<Objects[T]> };
}

/** One keyword of a policy. */
export interface KeywordPolicy<B> {
  /** `none` when absent. */
  readonly impact?: Impact | ((before: B, after: B) => Impact);
  /** The kernel or the machine cannot edit it in place: the object is deleted and created. */
  readonly replaces?: true | ((before: B, after: B) => boolean);
  /** What is not carried over. */
  readonly drops?: readonly Carried[];
}

const mayMove = { impact: "may-transition" } as const;

/** Keywords of a checker that only say when it checks; a change of any other starts that checker anew. */
const CHECK_TIMING = [
  "alpha",
  "connect_timeout",
  "delay_before_retry",
  "delay_loop",
  "log_all_failures",
  "retry",
  "warmup",
];

/** Timing of a checker leaves its count of failures; its definition does not. */
function checkerPolicy(
  keyword: string,
  without?: string,
): { readonly [path: string]: KeywordPolicy<unknown> } {
  const timing = CHECK_TIMING.filter((name) => name !== without).map(
    (name) => [`${keyword}/${name}`, { drops: ["timers"] as const }] as const,
  );
  return { [keyword]: { drops: ["failures", "timers"] }, ...Object.fromEntries(timing) };
}

const instanceKeywords: { readonly [K in keyof VrrpInstance]?: KeywordPolicy<VrrpInstance> } = {
  // Read when an instance starts, and an instance that goes on running is not started.
  state: { impact: "needs-restart" },
  priority: mayMove,
  // Peers expect adverts at the interval that they know; VRRPv2 peers refuse another one.
  advert_int: { impact: "may-transition", drops: ["timers"] },
  nopreempt: mayMove,
  preempt_delay: mayMove,
  dont_track_primary: mayMove,
  track_interface: mayMove,
  track_script: mayMove,
  track_file: mayMove,
  track_process: mayMove,
  track_bfd: mayMove,
  track_src_ip: mayMove,
  linkbeat_use_polling: mayMove,
  // Addresses move to other links, and back: what was connected to them is cut off for a moment.
  use_vmac_addr: { impact: "drops-connections" },
  // Packets to the addresses are dropped from then on.
  no_accept: { impact: (_before, after) => (after.no_accept ? "drops-connections" : "none") },
  accept: { impact: (_before, after) => (after.no_accept ? "drops-connections" : "none") },
};

/**
 * Whether the kernel has to hold another address object. The device does not count: addresses on different devices are
 * different objects, so here it is only whether the instance's own interface is named.
 */
function otherAddress(before: VirtualAddress, after: VirtualAddress): boolean {
  return KERNEL_OPTIONS.some((key) => before[key] !== after[key]);
}

const KERNEL_OPTIONS = [
  "use_vmac",
  "broadcast",
  "peer",
  "label",
  "scope",
  "home",
  "nodad",
  "mngtmpaddr",
  "noprefixroute",
  "autojoin",
  "preferred_lft",
] as const;

/** Something that instances track: what changes of it may move a priority. */
function tracked(carries: readonly Carried[], moving: readonly string[]) {
  const keywords: Readonly<Record<string, typeof mayMove>> = Object.fromEntries(
    moving.map((keyword) => [keyword, mayMove]),
  );
  return {
    owner: "vrrp",
    created: "none",
    deleted: "none",
    deletedWithParent: "none",
    replaced: "may-transition",
    restarted: "may-transition",
    carries,
    keywords,
  } as const;
}

/** A route, a rule or an address: what has come by it takes another way, or none, when it goes. */
const KERNEL_OBJECT = {
  owner: "vrrp",
  created: "none",
  deleted: "drops-connections",
  deletedWithParent: "drops-connections",
  replaced: "drops-connections",
  restarted: "none",
  carries: [],
  keywords: {},
} as const;

/** The policies, by object. Every keyword that is not named has impact none, or what its row's `onChange` says. */
export const POLICIES: { readonly [T in ObjectType]: ObjectPolicy<T> } = {
  global_defs: {
    owner: "parent",
    created: "none",
    deleted: "none",
    deletedWithParent: "none",
    replaced: "none",
    restarted: "needs-restart",
    carries: [],
    keywords: {
      // Every IPv4 instance without unicast peers leaves one group and joins the other.
      vrrp_mcast_group4: mayMove,
      // Groups of addresses become other services. The name of the table is none of them.
      nftables_ipvs: {
        impact: (before, after) =>
          (before.nftables_ipvs === undefined) === (after.nftables_ipvs === undefined)
            ? "none"
            : "drops-connections",
      },
    },
  },
  // Only paces what is sent from then on.
  garp_group: {
    owner: "vrrp",
    created: "none",
    deleted: "none",
    deletedWithParent: "none",
    replaced: "none",
    restarted: "none",
    carries: [],
    keywords: {},
  },
  // Its members follow the static objects that name it.
  track_group: {
    owner: "vrrp",
    created: "none",
    deleted: "none",
    deletedWithParent: "none",
    replaced: "none",
    restarted: "none",
    carries: [],
    keywords: { group: mayMove },
  },
  track_file: tracked(["state"], ["file", "weight"]),
  vrrp_track_process: tracked(
    ["state", "timers"],
    ["process", "param_match", "weight", "quorum", "quorum_max", "full_command"],
  ),
  bfd_instance: tracked(["state"], ["weight"]),
  interface_up_down_delay: tracked(["state"], []),
  linkbeat: tracked(["state"], []),
  vrrp_script: {
    owner: "vrrp",
    created: "none",
    deleted: "none",
    deletedWithParent: "none",
    replaced: "may-transition",
    restarted: "may-transition",
    carries: ["state", "failures", "timers"],
    // Its result stands until another one comes: what it has seen so far is as good as before.
    keywords: {
      script: mayMove,
      user: mayMove,
      weight: mayMove,
      interval: { drops: ["timers"] },
      rise: mayMove,
      fall: mayMove,
    },
  },
  vrrp_sync_group: {
    owner: "vrrp",
    created: "may-transition",
    deleted: "may-transition",
    deletedWithParent: "may-transition",
    replaced: "may-transition",
    restarted: "may-transition",
    carries: ["state"],
    keywords: {
      group: mayMove,
      track_interface: mayMove,
      track_script: mayMove,
      track_file: mayMove,
      track_process: mayMove,
      track_bfd: mayMove,
      global_tracking: mayMove,
      sync_group_tracking_weight: mayMove,
    },
  },
  vrrp_instance: {
    owner: "vrrp",
    // Nothing on this router depends on it yet; a peer that is master may be preempted, as the file says.
    created: "may-transition",
    deleted: "may-transition",
    deletedWithParent: "may-transition",
    replaced: "may-transition",
    restarted: "may-transition",
    carries: ["state", "timers"],
    keywords: instanceKeywords,
  },
  virtual_ipaddress: {
    owner: "vrrp",
    created: "none",
    // Connections to the address end here, where this router holds it.
    deleted: "drops-connections",
    // The peer takes it over with its instance.
    deletedWithParent: "may-transition",
    // An address cannot be edited in the kernel: it goes and comes back.
    replaced: "drops-connections",
    restarted: "none",
    carries: [],
    keywords: {
      virtual_ipaddress: { replaces: otherAddress },
      virtual_ipaddress_excluded: { replaces: otherAddress },
    },
  },
  // With its instance the peer takes it over.
  virtual_route: { ...KERNEL_OBJECT, deletedWithParent: "may-transition" },
  virtual_rule: { ...KERNEL_OBJECT, deletedWithParent: "may-transition" },
  static_ipaddress: { ...KERNEL_OBJECT, keywords: { static_ipaddress: { replaces: otherAddress } } },
  static_route: KERNEL_OBJECT,
  static_rule: KERNEL_OBJECT,
  // The next check shows the next certificate.
  SSL: {
    owner: "checkers",
    created: "none",
    deleted: "none",
    deletedWithParent: "none",
    replaced: "none",
    restarted: "none",
    carries: [],
    keywords: {},
  },
  // Each entry is a service in IPVS, for each virtual server of the group: only those that come or go are touched.
  virtual_server_group: {
    owner: "checkers",
    created: "none",
    // No virtual server is left that was of it, or each is deleted or another one, which says so itself.
    deleted: "none",
    deletedWithParent: "none",
    replaced: "drops-connections",
    restarted: "none",
    carries: ["state", "connections"],
    keywords: {
      entries: {
        impact: (before, after) =>
          losesService(before.entries, after.entries) ? "drops-connections" : "none",
      },
    },
  },
  virtual_server: {
    owner: "checkers",
    created: "none",
    deleted: "drops-connections",
    deletedWithParent: "drops-connections",
    replaced: "drops-connections",
    restarted: "none",
    carries: ["state", "connections"],
    // IPVS edits a service in place: scheduler, flags and persistence change for new connections only.
    keywords: {},
  },
  sorry_server: {
    owner: "checkers",
    created: "none",
    // Gone at once, with what it was answering while the quorum was lost.
    deleted: "drops-connections",
    deletedWithParent: "drops-connections",
    replaced: "drops-connections",
    restarted: "none",
    carries: ["connections"],
    keywords: {},
  },
  real_server: {
    owner: "checkers",
    created: "none",
    // IPVS drops the packets of connections whose server is no longer in the table.
    deleted: "drops-connections",
    deletedWithParent: "drops-connections",
    replaced: "drops-connections",
    restarted: "none",
    // The whole of keepalived's copy_srv_states: an edited server is the same server.
    carries: ["state", "weight", "failures", "connections", "timers"],
    keywords: {
      weight: {
        impact: (before, after) => (after.weight === 0 && before.weight !== 0 ? "drains" : "none"),
        drops: ["weight"],
      },
      lvs_method: { replaces: true },
      ...checkerPolicy("TCP_CHECK"),
      ...checkerPolicy("HTTP_GET"),
      ...checkerPolicy("SSL_GET"),
      ...checkerPolicy("SMTP_CHECK"),
      ...checkerPolicy("DNS_CHECK"),
      ...checkerPolicy("UDP_CHECK"),
      ...checkerPolicy("PING_CHECK"),
      ...checkerPolicy("MISC_CHECK", "connect_timeout"),
    },
  },
};

/** Impacts from least to worst, for the one that a change with several reasons shows. */
const SEVERITY: readonly Impact[] = [
  "none",
  "needs-restart",
  "drains",
  "may-transition",
  "drops-connections",
];

/** The worst of some impacts; none of none. */
export function worst(impacts: readonly Impact[]): Impact {
  return impacts.reduce<Impact>((a, b) => (SEVERITY.indexOf(b) > SEVERITY.indexOf(a) ? b : a), "none");
}
