import { existsSync } from "node:fs";
import { BEYOND, UNTESTED } from "../../src/config/differences.ts";

/** Something that only one side says, by what it says, and why that is right. */
interface Alone {
  readonly says: RegExp;
  readonly reason: string;
  /** Only where the other side says this, too. */
  readonly after?: RegExp;
}

/** Diagnostics that keepalived 2.2.7 has no message for, by `code: summary`. */
export const OURS_ALONE: readonly Alone[] = [
  {
    says: /^insecure-script: .* is a symbolic link$/,
    reason: "2.2.7 looks at the script and not at the links among its directories; 2.4.3 does.",
  },
  {
    says: /^duplicate-address: /,
    reason: "2.2.7 adds the address or peer once, without a word; 2.4.3 says so.",
  },
  { says: /^deprecated: enable_snmp_keepalived /, reason: "2.2.7 knows the older name; 2.4.3 does not." },
  {
    says: /^unicast-without-peers: \S+ has no unicast_peer and will be at fault/,
    reason: "keepalived does as unicast_fault_no_peer says, silently.",
  },
  {
    says: /^(missing-keyword: track_group \S+ has no group|unknown-instance: track group|small-sync-group: track group)/,
    reason: "2.2.7 says nothing of track groups without members; 2.4.3 does.",
  },
  {
    says: /^authentication-ignored: .* (has no auth_type|VRRP version 3 has no authentication)$/,
    reason: "2.2.7 drops authentication without a type, or in VRRPv3, without a word.",
  },
];

/** Messages of keepalived 2.2.7 that ours has none for, because 2.4.3 differs or nothing is wrong. */
const OTHERWISE: readonly Alone[] = [
  {
    says: /^Warning - cannot track route \S+ with no interface specified, not tracking$/,
    reason: "2.4.3 does not say it: a route without interface is not tracked, and that is no fault.",
  },
  {
    says: /^TOS value (lowdelay|throughput|reliability|mincost) is invalid$/,
    reason: "Names that iproute2 of the host decides on.",
  },
];

/** What keepalived cannot know on a host without Debian's netbase, whose table of protocols it asks. */
const WITHOUT_PROTOCOLS: readonly Alone[] = existsSync("/etc/protocols")
  ? []
  : [{ says: /Invalid ipproto/, reason: "This host has no /etc/protocols." }];

export const THEIRS_ALONE: readonly Alone[] = [...OTHERWISE, ...WITHOUT_PROTOCOLS];

/** Checks of VRRP that come when all is read: none of them after the first fault that ends the VRRP process. */
const LATE =
  /^(advert-interval-rounded|authentication-ignored|duplicate-tracking|duplicate-vrid|ignored-keyword|instance-in-two-groups|ipvlan-address|master-with-ah|missing-interface|missing-keyword: vrrp_instance|no-virtual-address|owner-tracking|preemption-ignored|redundant-tracking|redundant-vmac|script-security|small-sync-group|strict-mode|too-many-addresses|unicast-without-peers|unknown-instance|weight-in-sync-group)/;

/** What a first fault hides from keepalived: the diagnostics of ours that it does not come to. */
export const HIDDEN_FROM_THEM: readonly Required<Alone>[] = [
  {
    after:
      /^Non-existent interface specified|Unknown interface!|virtual router id must be set|at least one is required/,
    says: LATE,
    reason: "The VRRP process stops at an instance that cannot be.",
  },
];

/** What a first fault hides from us: the messages of keepalived that we do not come to. */
export const HIDDEN_FROM_US: readonly Required<Alone>[] = [];

/** Codes of checks that keepalived does not have. */
export const ONLY_OURS: Readonly<Record<string, string>> = { ...BEYOND, ...UNTESTED };

/** Messages about braces: what stands behind them, each process of keepalived reads in its own way. */
export const BRACES = /missing '}'s or extra '{'s|Extra '}' found|Unexpected '{'|Unknown keyword '}'/;
/** Codes of the same. */
export const OF_BRACES: ReadonlySet<string> = new Set([
  "misread-line",
  "unclosed-block",
  "unexpected-close",
  "unexpected-open",
]);
