import { existsSync } from "node:fs";
import { BEYOND, UNTESTED } from "../../src/config/differences.ts";

/** A message of keepalived and the codes that say the same, elsewhere: at a line where it names none, or at another. */
interface SameElsewhere {
  readonly message: RegExp;
  readonly codes: readonly string[];
}

/** Messages that name no line, or the closing brace where ours stand at the keyword. */
export const ELSEWHERE: readonly SameElsewhere[] = [
  { message: /SECURITY VIOLATION/, codes: ["script-security"] },
  { message: /ports don't match|has port specified/, codes: ["port-mismatch"] },
  { message: /protocol specified for fwmark/, codes: ["ignored-protocol"] },
  { message: /^Non-existent interface specified/, codes: ["no-such-interface", "invalid-interface"] },
  { message: /A unicast keyword has been specified without/, codes: ["unicast-without-peers"] },
  { message: /^Sync group \S+ has only/, codes: ["small-sync-group"] },
  {
    message: /missing '}'s or extra '{'s|Extra '}' found/,
    codes: ["unclosed-block", "unexpected-close", "unexpected-open"],
  },
  { message: /Unknown interface!/, codes: ["missing-interface", "no-such-interface"] },
  { message: /virtual router id must be set/, codes: ["missing-keyword", "invalid-number", "out-of-range"] },
  { message: /hysteresis .* >= quorum/, codes: ["hysteresis-too-large"] },
  { message: /cannot exist in more than one sync group/, codes: ["instance-in-two-groups"] },
  { message: /No VIP specified/, codes: ["no-virtual-address"] },
  { message: /must be an integer. rounding/, codes: ["advert-interval-rounded"] },
  {
    message: /Authentication specified but no password|does not support authentication/,
    codes: ["authentication-ignored"],
  },
  { message: /no protocol set/, codes: ["missing-protocol"] },
  { message: /has no real servers/, codes: ["no-real-servers"] },
  { message: /one packet scheduling requires/, codes: ["ops-needs-udp"] },
  { message: /Ignoring track_interface \S+ since own interface/, codes: ["redundant-tracking"] },
  { message: /specified in sync group \S+ doesn't exist/, codes: ["unknown-instance"] },
  { message: /exceeds total weight/, codes: ["unreachable-quorum"] },
  {
    message: /is configured on VRRP instance and sync group|duplicate track_/,
    codes: ["duplicate-tracking"],
  },
  { message: /zero port only valid/, codes: ["missing-port"] },
  { message: /Address family of virtual server and real server/, codes: ["mixed-families"] },
  {
    message:
      /No name has been specified|No file set for|process name not specified|has no track_file|has no (path|urls)/,
    codes: ["missing-keyword"],
  },
  { message: /No script set for/, codes: ["missing-keyword"] },
  { message: /unknown authentication type/, codes: ["authentication-ignored"] },
  {
    message: /no matching virtual router found|has no virtual router/,
    codes: ["small-sync-group", "missing-keyword", "unknown-instance"],
  },
  { message: /due to SYNC group/, codes: ["weight-in-sync-group"] },
  { message: /preempt/i, codes: ["preemption-ignored"] },
  { message: /both use VRID/, codes: ["duplicate-vrid"] },
  { message: /is duplicated - removing second rs/, codes: ["duplicate-real-server"] },
  { message: /advertisement interval/, codes: ["advert-interval-rounded"] },
  { message: /sorry server .* don't match/, codes: ["mixed-families"] },
  {
    message: /track.* not found|not configured$/,
    codes: ["unknown-script", "unknown-tracked", "unknown-bfd"],
  },
  { message: /has no entries/, codes: ["empty-group"] },
  { message: /cannot have IPv4, IPv6 and fwmark/, codes: ["mixed-families"] },
  {
    message: /only valid with a vmac|without unicast peers|automatically set for vmacs/,
    codes: ["ignored-keyword"],
  },
  { message: /ha_suspend/, codes: ["ignored-keyword"] },
  { message: /ipvlan requires a source/, codes: ["ipvlan-address"] },
  { message: /[Ss]trict mode/, codes: ["strict-mode", "ignored-keyword", "preemption-ignored"] },
  { message: /No script path|no neighbor address/, codes: ["missing-keyword"] },
  { message: /requires vmac_xmit_base/, codes: ["vmac-unicast"] },
  { message: /incompatible with AH|State MASTER must match/, codes: ["master-with-ah", "master-and-owner"] },
  { message: /will always fail/, codes: ["impossible-reply"] },
  { message: /only applies to \w+ scheduler/, codes: ["flag-without-scheduler"] },
  { message: /unicast keyword/, codes: ["unicast-without-peers", "ignored-keyword"] },
];

/** Codes of ours that keepalived 2.2.7 has no message for. */
export const OURS_ALONE: Readonly<Record<string, string>> = {
  "duplicate-name": "2.2.7 takes a second track file of one name silently.",
  "flag-without-scheduler": "2.2.7 looks at the scheduler when all is read.",
  "ignored-protocol": "2.2.7 does not come to this for some services on groups.",
  "no-real-servers": "2.2.7 does not come to this after an earlier mistake of the service.",
  "mixed-families": "2.2.7 does not come to this after an earlier mistake, or compares other addresses.",
  "ipvlan-address": "2.2.7 does not come to this after an earlier mistake of the instance.",
  "vmac-unicast": "2.2.7 does not come to this after an earlier mistake of the instance.",
  "missing-port": "2.2.7 does not come to this for some services on groups.",
  "impossible-reply": "2.2.7 looks at the lengths in another order.",
  ...BEYOND,
  ...UNTESTED,
  "authentication-ignored": "2.2.7 drops authentication in VRRPv3, or without a type, without a word.",
  "duplicate-address": "2.2.7 adds the address once, without a word.",
  "duplicate-keyword": "keepalived takes the first or the last of them, mostly without a word.",
  "duplicate-virtual-server": "2.2.7 says nothing of a second definition.",
  "extra-words": "2.2.7 says nothing of words too many after most keywords.",
  "insecure-script": "2.2.7 looks at the script and not at the links among its directories.",
  ...Object.fromEntries(
    [
      "duplicate-real-server",
      "hysteresis-too-large",
      "missing-protocol",
      "ops-needs-udp",
      "unreachable-quorum",
    ].map((code) => [code, "2.2.7 does not come to this check for some services on groups."]),
  ),
  "no-such-user": "Whether keepalived_script exists is a matter of the host.",
  deprecated: "2.2.7 does not deprecate all that 2.4.3 does.",
  "empty-group": "2.2.7 reads groups again for each virtual server.",
  "ignored-keyword": "2.2.7 does not come to this after an earlier mistake of the instance.",
  "small-sync-group": "2.2.7 takes a track group without instances silently.",
  "strict-mode": "2.2.7 drops what strict mode forbids, mostly without a word.",
  "unicast-without-peers": "2.2.7 does not know unicast_fault_no_peer to be a mistake.",
  "unknown-group": "2.2.7 says nothing of a group that is not defined or has been left out.",
  "unknown-instance": "2.2.7 says nothing of unknown members of a track group.",
  "missing-keyword": "2.2.7 takes a track group without members, and some checkers without what they need.",
  "master-with-ah": "2.2.7 does not come to this after an earlier mistake of the instance.",
  "unknown-tracked": "2.2.7 does not come to this after an earlier mistake of the instance.",
  "preemption-ignored": "2.2.7 clears the state MASTER of an instance with AH before it looks at nopreempt.",
  "unquoted-arguments": "2.2.7 does not wonder whether a user may be an argument.",
};

interface Alone {
  readonly message: RegExp;
  readonly reason: string;
}

/** Messages of keepalived 2.2.7 that ours has none for, because 2.4.3 differs or nothing is wrong. */
const OTHERWISE: readonly Alone[] = [
  { message: /No script set for/, reason: "Ours refuses a script without a command." },
  {
    message: /ports don't match - resetting/,
    reason: "The port of a server that is left out for another mistake.",
  },
  {
    message: /realms? (are|is) only valid|suppressor\/realm/,
    reason: "Names that iproute2 of the host decides on.",
  },
  { message: /virtual server \[\S+\]:\d+:\[.*ports don't match/, reason: "Ports of each entry of a group." },
  {
    message: /no forwarding method set|no scheduler set/,
    reason: "A default that docs/keywords.md names is no fault.",
  },
  {
    message: /Unable to set default user/,
    reason: "Whether keepalived_script exists is a matter of the host.",
  },
  { message: /has port specified/, reason: "The port of a real server under a fwmark is not used." },
  { message: /vrrp script (interval|timeout) '/, reason: "2.4.3 takes fractions of a second." },
  { message: /Unknown interface!/, reason: "2.4.3 needs no interface where there are unicast peers." },
  { message: /is outside sensible range|misc_timeout/, reason: "2.4.3 takes larger numbers." },
  {
    message: /is not of the same family|are not of the same family, disabling/,
    reason: "2.2.7 mistakes the family of source_ip.",
  },
  {
    message: /TOS value \w+ is invalid|realms is only valid|Route must have/,
    reason: "Names that iproute2 of the host decides on.",
  },
  { message: /Group list already specified/, reason: "Later lists of a group are added." },
  { message: /retry value invalid - 0/, reason: "2.4.3 takes retry 0." },
  { message: /global_tracking is deprecated/, reason: "A note of ours, no warning." },
  {
    message: /(quorum|hysteresis) \d+ .*\b0\b/,
    reason: "Arithmetic of 2.2.7 with servers whose weights are all 0.",
  },
];

/** What keepalived cannot know on a host without Debian's netbase, whose table of protocols it asks. */
const WITHOUT_PROTOCOLS: readonly Alone[] = existsSync("/etc/protocols")
  ? []
  : [{ message: /Invalid ipproto/, reason: "This host has no /etc/protocols." }];

/** Messages that Holdfast should have and has not yet. */
const NOT_YET: readonly Alone[] = [
  {
    message: /address family must match VRRP instance|at least one is required/,
    reason: "The first address of any keyword decides the family of an instance.",
  },
  { message: /cannot have IPv4, IPv6 and fwmark/, reason: "A group whose mark could be of either family." },
  { message: /SECURITY VIOLATION/, reason: "Scripts of what we leave out." },
  { message: /cannot track route/, reason: "A route that cannot be tracked, for want of an interface." },
  {
    message: /unknown interface \S+ specified/,
    reason: "Interfaces of linkbeat and delays that do not exist.",
  },
  {
    message: /interface \S+ for (VROUTE|rule|ip address)/,
    reason: "Interfaces of routes, rules and addresses.",
  },
  { message: /^Non-existent interface/, reason: "Interfaces of routes, rules and addresses." },
  { message: /rule specification has mixed/, reason: "Rules of both families." },
  { message: /max_hops exceeds ttl/, reason: "max_hops above the time to live." },
  { message: /only applies to \w+ scheduler|quorum_max is less/, reason: "Flags of another scheduler." },
  { message: /when specifying peer address/, reason: "Options that a peer address excludes." },
  {
    message: /RS already monitoring|BFD_CHECK|FILE_CHECK|checker script/,
    reason: "Checkers of what is not there.",
  },
  { message: /VMAC interface name/, reason: "Names of VMAC interfaces." },
  {
    message:
      /accept mode for VRRP version|preempt|vmacs - ignoring|vmac_xmit_base|no neighbor address|[Ss]trict mode/,
    reason: "Values that the VRRP version, VMACs, strict mode or BFD exclude.",
  },
  {
    message: /ha_suspend|min_reply length|ipvlan|unicast_ttl|unicast keyword|State MASTER must/,
    reason: "Keywords that others exclude.",
  },
  {
    message: /due to SYNC group|track_file .* not found|track bfd/,
    reason: "Tracking that is not possible.",
  },
  {
    message: /used (before or )?without sorry_server/,
    reason: "Options of a sorry server before it, or without one.",
  },
  { message: /incompatible with AH authentication/, reason: "state MASTER with AH." },
  {
    message: /is configured on VRRP instance and sync group/,
    reason: "The same tracked by instance and group.",
  },
  { message: /duplicate track_interface/, reason: "An interface that is tracked twice, once with a weight." },
  { message: /MUST be of the same family/, reason: "mcast_src_ip of the other family." },
  {
    message: /does not match address family of connect_ip/,
    reason: "bindto of another family than connect_ip.",
  },
  { message: /preempt delay will not work with initial state/, reason: "preempt_delay with state MASTER." },
  { message: /Disabling track script|Unable to set uid/, reason: "A tracked script that cannot be run." },
  {
    message: /due to address owner|with member having priority 255/,
    reason: "Tracking by the address owner.",
  },
];

export const THEIRS_ALONE: readonly Alone[] = [...OTHERWISE, ...WITHOUT_PROTOCOLS, ...NOT_YET];

/** Statements that 2.2.7 takes without a word and ours refuses, by the summary of ours. */
export const REFUSED_BY_US: readonly Alone[] = [
  { message: /^script needs a value/, reason: "2.2.7 leaves out a script without a command, and starts." },
  {
    message: /^'0' is not an integer from 1 to 4294967295/,
    reason: "2.2.7 takes a regex_stack that starts with 0.",
  },
  { message: /longer than an interface name/, reason: "2.2.7 cuts some names without a word." },
  { message: /^smtp_helo_name needs a value/, reason: "2.2.7 takes smtp_helo_name without a name." },
];

/** Checks of VRRP instances. */
const OF_INSTANCES =
  /^(advert|authentication|duplicate|instance-in|missing-interface|missing-keyword|mixed-families|no-such-interface|no-virtual|preemption|redundant|small|too-many|unicast|unknown-instance|unknown-script|weight-in)/;

/** Checks of virtual servers. */
const OF_SERVICES =
  /^(duplicate-real|duplicate-virtual|hysteresis|ignored-protocol|missing-p|mixed-families|no-real|ops-|port-|unreachable)/;

interface Hidden<After> {
  readonly after: After;
  readonly reason: string;
}

/** What a first mistake hides from keepalived: the codes of ours that it does not come to. */
export const HIDDEN_FROM_THEM: readonly (Hidden<RegExp> & { readonly codes: RegExp })[] = [
  {
    after: /^Non-existent interface specified/,
    codes: OF_INSTANCES,
    reason: "The VRRP process stops at an interface that does not exist.",
  },
  {
    after: /Unknown interface!|virtual router id must be set/,
    codes: OF_INSTANCES,
    reason: "An instance that is removed is not checked.",
  },
  {
    after: /has no real servers - ignoring|skipping (real|sorry) server|conflicts with server family/,
    codes: OF_SERVICES,
    reason: "A virtual server that is removed is not checked.",
  },
];

/** What a first mistake hides from us: the messages of keepalived that we do not come to. */
export const HIDDEN_FROM_US: readonly (Hidden<RegExp> & { readonly message: RegExp })[] = [
  {
    after:
      /^(invalid-number|out-of-range|missing-keyword|missing-interface|no-such-interface|unterminated-quote|small-sync-group|unknown-instance|duplicate-name|ipvlan-address|misplaced-keyword|invalid-\w+)$/,
    message: /[Ii]nterface|track|unicast|VIP|VRID|[Ss]ync group|advert|preempt|SECURITY/,
    reason: "An instance that is left out is not checked.",
  },
  {
    after:
      /^(no-real-servers|empty-group|unknown-group|mixed-families|duplicate-virtual-server|duplicate-real-server)$/,
    message: /[Vv]irtual server|real server|quorum|SECURITY/,
    reason: "A virtual server that is left out is not checked.",
  },
];

/** Messages about braces: what stands behind them, each process of keepalived reads in its own way. */
export const BRACES = /missing '}'s or extra '{'s|Extra '}' found|Unexpected '{'|Unknown keyword '}'/;
/** Codes of the same. */
export const OF_BRACES: ReadonlySet<string> = new Set([
  "misread-line",
  "unclosed-block",
  "unexpected-close",
  "unexpected-open",
]);
