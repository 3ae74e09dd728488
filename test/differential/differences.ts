import { existsSync } from "node:fs";
import { BEYOND, UNTESTED } from "../../src/config/differences.ts";

/** Something that only one side says, by what it says, and why that is right. */
export interface Alone {
  readonly says: RegExp;
  readonly reason: string;
  /** Only where the other side says this, too. Where both have a group, of the same name. */
  readonly after?: RegExp;
  /** Only where the same side says this, too; of the same name as well. */
  readonly beside?: RegExp;
  /** Only of a line that is written like this. */
  readonly written?: RegExp;
  /** Only where a block of the case is like this; of the same name as well. */
  readonly where?: RegExp;
  /** Only in a block of which the other side says this where it begins: it leaves the block out. */
  readonly inside?: RegExp;
}

/** What keepalived says and refuses where ours may say the same and accept. */
export const OF_HOST: Alone = {
  says: /^Unable to set default user/,
  reason: "Which users and programs there are is a matter of the host.",
};

/** Diagnostics that keepalived 2.2.7 has no message for, because 2.4.3 differs or the host decides, by `code: summary`. */
export const OURS_ALONE: readonly Alone[] = [
  {
    says: /^insecure-script: .* is a symbolic link$/,
    reason: "2.2.7 looks at the script and not at the links among its directories; 2.4.3 does.",
  },
  {
    says: /^duplicate-address: /,
    reason: "2.2.7 adds the address or peer once, without a word; 2.4.3 says so.",
  },
  {
    says: /^invalid-choice: '\S+' is not one of on, off/,
    written: /^\s*(?:@\S+ )?(?:vrrp_strict|vrrp_skip_check_adv_addr)\b/,
    reason: "2.2.7 does not look at the values of these two; 2.4.3 does.",
  },
  {
    says: /^surplus-words: /,
    reason: "2.2.7 ignores words behind some values that 2.4.3 counts.",
  },
  { says: /^deprecated: enable_snmp_keepalived /, reason: "2.2.7 knows the older name; 2.4.3 does not." },
  {
    says: /^missing-keyword: track_group \S+ has no group/,
    reason: "2.2.7 says nothing of track groups without members; 2.4.3 does.",
  },
  {
    says: /^authentication-ignored: .* VRRP version 3 has no authentication$/,
    reason: "2.2.7 drops authentication in VRRPv3 without a word; 2.4.3 says so.",
  },
  {
    says: /^(?:invalid-netmask: |(?:invalid-number|out-of-range): '\w+' is not an integer from 1 to 128)/,
    reason: "keepalived takes any number or address for an IPv4 mask of persistence_granularity.",
  },
  {
    says: /^(?:unreachable-quorum|hysteresis-too-large): /,
    beside: /^duplicate-real-server: /,
    reason: "keepalived compares servers by the ports that were written, and counts both.",
  },
  {
    says: /^missing-value: smtp_helo_name needs a value/,
    reason: "2.2.7 takes smtp_helo_name without a name; Holdfast refuses.",
  },
  {
    says: /^strict-mode: /,
    reason: "2.2.7 undoes or takes what strict mode forbids without a word; 2.4.3 says more of it.",
  },
  {
    says: /^duplicate-real-server: /,
    beside: /^(?:port-mismatch|ignored-port): /,
    reason: "keepalived compares servers by the ports that were written; the kernel refuses the second.",
  },
  {
    says: /^overwritten-keyword: (?:virtualhost|helo_name) is given twice/,
    reason: "2.2.7 takes the last without a word; 2.4.3 says so.",
  },
  {
    says: /^overwritten-keyword: use_vmac is given twice/,
    written: /^\s*use_vmac\s*$/,
    reason: "keepalived says so only of a second name.",
  },
  {
    says: /^duplicate-keyword: version is given twice/,
    reason: "keepalived says so only when the versions differ.",
  },
  {
    says: /^(?:unknown-bfd|unknown-tracked): .*bfd_instance/,
    beside: /^(?:missing-keyword: bfd_instance|invalid-address: )/,
    reason: "Processes other than that of BFD know sessions by name that it leaves out.",
  },
  {
    says: /^(no-such-user|no-notify-user|unquoted-arguments): /,
    reason:
      "Which users there are, and keepalived_script, is a matter of the host; arguments without quotes are users.",
  },
  {
    says: /^(?:out-of-range: '99999999999' is not a time|invalid-number: '99999999999' is no routing table)/,
    reason: "keepalived keeps what 32 bits hold of it, without a word.",
  },
  {
    says: /^incomplete-option: a value is missing: regular expression$/,
    reason: "2.2.7 takes regex without an expression; 2.4.3 says so.",
  },
  {
    says: /^invalid-interface: .* longer than an interface name/,
    reason: "2.2.7 cuts the names of default and sync daemon interfaces without a word.",
  },
  {
    says: /^absent-interface: .* of (?:interface_up_down_delays|linkbeat_interfaces)/,
    reason: "Without an instance keepalived does not look for these interfaces.",
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
  {
    says: /^nftables already specified/,
    after: /^deprecated: vrrp_iptables/,
    reason: "This keepalived has no iptables, and takes vrrp_iptables for nftables.",
  },
  {
    says: /vrrp script (?:interval '1\.5' must be between|timeout '1\.5' invalid)/,
    reason: "Fractions of a second are newer than 2.2.7.",
  },
  {
    says: /only applies to sh scheduler|sorry_server (?:inhibit|forwarding) used|Invalid smtp server|MUST be of the same family|interface \S+ (?:for vrrp_instance \S+ doesn't exist|already exists)|track_file \S+ not found|specified family \S+ conflicts|quorum_max is less than quorum|does not match address family of connect_ip|Invalid IPv6 persistence_granularity|Cannot specify native_ipv6|IPVLAN interface already specified|mcast dest address \S+ MUST match/,
    after:
      /^(?:repeated|overwritten)-keyword: (?:[sm]h-(?:port|fallback)|hashed|flag-\d|sorry_server_\w+|smtp_server|mcast_src_ip|mcast_dst_ip|unicast_src_ip|interface|use_vmac|use_ipvlan|quorum_max|bindto|persistence_granularity|native_ipv6|track_file|ip_family) is given twice/,
    reason: "Of a keyword that is given twice, ours says once what is wrong with it, at the last.",
  },
  {
    says: /^\((\S+)\) IPv4 ipvlan requires a source/,
    after: /^ignored-keyword: use_ipvlan of (\S+) is ignored: it has use_vmac/,
    reason:
      "keepalived drops the name and the address and makes an ipvlan nevertheless; ours keeps the VMAC.",
  },
  {
    says: /real server \S+ is duplicated/,
    after: /^(?:port-mismatch|ignored-port): /,
    reason: "keepalived compares servers by the ports that were written; those that are left may differ.",
  },
  {
    says: /A unicast keyword has been specified without any unicast peers/,
    reason: "keepalived takes an empty block of peers for a keyword of unicast.",
  },
  {
    says: /unicast with use_vmac requires vmac_xmit_base|vmac_xmit_base is only valid with a vmac/,
    beside: /A unicast keyword has been specified without any unicast peers/,
    reason:
      "keepalived takes an empty block of peers for a keyword of unicast, also where it asks for vmac_xmit_base.",
  },
  {
    says: /^\((\S+)\) unicast with use_vmac requires vmac_xmit_base/,
    beside: /VRRP instance\[(\S+)\] malformed src address/,
    reason: "keepalived takes unicast_src_ip for a keyword of unicast, also without an address.",
  },
  {
    says: /warning - accept mode for VRRP version 2 does not comply with RFC3768/,
    reason: "2.4.3 does not say it.",
  },
  {
    says: /^\(\S+\) ([Ss]trict mode requires|Strict mode does not support authentication|preempt_delay is incompatible|down_timer_adverts is incompatible|State MASTER must)/,
    reason:
      "Ours says so where the value is written in the instance, and 2.4.3 differs from 2.2.7 in which it corrects.",
  },
  {
    says: /track script (\S+) not found, ignoring/,
    beside: /^Unable to set default user for vrrp script (\S+) - removing$/,
    reason: "keepalived looks for keepalived_script also where a user stands behind the script.",
  },
  {
    says: /^\((\S+)\) Unknown interface!$/,
    where: /vrrp_instance (\S+) \{[\s\S]*\bunicast_peer \{/,
    reason: "2.2.7 wants an interface also of instances with unicast peers and a source; 2.4.3 does not.",
  },
  {
    says: /^Invalid cpu_id:\d+ specified for/,
    reason: "How many processors there are is a matter of the host.",
  },
  {
    says: /^Unable to set default user|^Unable to set uid\/gid|^Disabling track script|not found\/accessible/,
    reason: "Which users and programs there are is a matter of the host.",
  },
];

/** What keepalived cannot know on a host without Debian's netbase, whose table of protocols it asks. */
const WITHOUT_PROTOCOLS: readonly Alone[] = existsSync("/etc/protocols")
  ? []
  : [{ says: /Invalid ipproto/, reason: "This host has no /etc/protocols." }];

export const THEIRS_ALONE: readonly Alone[] = [...OTHERWISE, ...WITHOUT_PROTOCOLS];

/** Checks of VRRP that come when all is read: none of them after the first fault that ends the VRRP process. */
const LATE =
  /^(advert-interval-rounded|authentication-ignored|duplicate-tracking|duplicate-vrid|ignored-keyword|instance-in-two-groups|ipvlan-address|master-with-ah|missing-interface|missing-keyword: vrrp_(?:instance|sync_group)|no-virtual-address|owner-tracking|preemption-ignored|redundant-tracking|redundant-vmac|script-security|small-sync-group|strict-mode|too-many-addresses|unicast-without-peers|unknown-instance|weight-in-sync-group)/;

/** What a first fault hides from keepalived: the diagnostics of ours that it does not come to. */
export const HIDDEN_FROM_THEM: readonly Alone[] = [
  {
    after:
      /^Non-existent interface specified|Unknown interface!|virtual router id must be set|at least one is required/,
    says: LATE,
    reason: "The VRRP process stops at an instance that cannot be.",
  },
  {
    says: /./,
    inside: /already (?:defined|configured)/,
    reason: "keepalived does not read a second definition.",
  },
  {
    after: /BFD instance \S+ has malformed neighbor address/,
    says: /^(?:invalid-[a-z]+: |out-of-range: |extra-words: |missing-value: |mixed-families: bfd_instance )/,
    reason: "A session without a neighbour is not read further.",
  },
  {
    after: /Unknown interface!/,
    says: /^(?:mixed-families: mcast_dst_ip|duplicate-keyword: notify_)/,
    reason: "An instance without interface is not looked at further.",
  },
  {
    after: /interface \S+ already exists and is not a private macvlan/,
    says: /^ignored-keyword: use_ipvlan of \S+ is ignored: it has use_vmac$/,
    reason: "keepalived has dropped the VMAC's name by then, and makes an ipvlan.",
  },
  {
    after: /^\((\S+)\): Cannot use VMAC\/ipvlan with unicast and no interface - clearing use_vmac$/,
    says: /^name-in-use: \S+ is the name of an interface of (\S+); /,
    reason: "Without its interface, which the host lacks, an instance has no VMAC, and the name is free.",
  },
  {
    after: /^WARNING - interface \S+ for ip address \S+ doesn't exist$/,
    says: /^mixed-families: native_ipv6 is ignored/,
    reason: "keepalived leaves out an address on an interface that the host lacks, and forgets its family.",
  },
  {
    after: /both use VRID/,
    says: /^(?:duplicate-tracking: \S+ is tracked by sync group|owner-tracking: )/,
    reason: "Checks end at a virtual router ID that is there twice.",
  },
  {
    after: /unknown track \S+ (\S+) (?:weight )?option/,
    says: /^duplicate-tracking: \S+ tracks (\S+) twice/,
    reason: "What is tracked with an option that cannot be read is not tracked the first time.",
  },
  {
    after: /weight without value specified for track \S+ (\S+)/,
    says: /^duplicate-tracking: \S+ tracks (\S+) twice/,
    reason: "What is tracked with an option that cannot be read is not tracked the first time.",
  },
  {
    after: /Unable to set default user|[Uu]nable to find group|group \S+ not found/,
    says: /^duplicate-keyword: notify_/,
    reason: "Which users there are is a matter of the host; the first is left out.",
  },
  {
    after: /has no real servers - ignoring|skipping (?:real|sorry) server/,
    says: /^(?:missing-protocol|missing-scheduler|missing-method|missing-port|port-mismatch|ignored-port|ignored-protocol|ops-needs-udp|unreachable-quorum|hysteresis-too-large|no-real-servers|script-security|mixed-families)/,
    reason: "A service or server that is left out is not checked further.",
  },
  {
    after: /is duplicated - removing second rs/,
    says: /^(?:ignored-port|port-mismatch): /,
    reason: "A server that is removed is not checked further.",
  },
];

/** What a first fault hides from us: the messages of keepalived that we do not come to. */
export const HIDDEN_FROM_US: readonly Alone[] = [
  {
    says: /^Non-existent interface specified/,
    beside:
      /^WARNING - interface \S+ for .* doesn't exist$|WARNING - VRF interface \S+ doesn't exist$|tracked interface \S+ doesn't exist$/,
    reason: "It sums up what is said of lines, each of which is compared.",
  },
  {
    says: /./,
    inside:
      /^(?:missing-keyword: (?:vrrp_sync_group|vrrp_track_process|bfd_instance)|duplicate-group|duplicate-name: bfd_instance|mixed-families: real_server)/,
    reason: "A block that is left out for what it lacks, or its name, is not looked into.",
  },
  {
    says: /^SECURITY VIOLATION - scripts/,
    after: /^missing-keyword: vrrp_sync_group/,
    reason: "2.2.7 looks at the scripts of a sync group without members; 2.4.3 does not.",
  },
  {
    says: /^SECURITY VIOLATION - check scripts/,
    after: /^mixed-families: real_server/,
    reason: "2.2.7 looks at checkers of a real server that it skips; 2.4.3 does not.",
  },
  {
    says: /^SECURITY VIOLATION - check scripts/,
    after: /^duplicate-real-server: /,
    reason: "keepalived compares servers by the ports that were written, and keeps both with their scripts.",
  },
  {
    says: /no forwarding method set, setting default NAT$/,
    after: /^invalid-choice: '.*' is not one of NAT, DR, TUN$/,
    reason: "Of a method that cannot be read ours says once that NAT is used.",
  },
  {
    says: /^\((\S+)\) (?:No VIP specified|VRRPv2 advertisement interval)/,
    after: /^strict-mode: (\S+) is left out/,
    reason: "Of an instance that cannot be nothing more is said.",
  },
];

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
