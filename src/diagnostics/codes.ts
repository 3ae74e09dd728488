import type { Severity } from "./diagnostic.ts";

/** What is known of a code before it is ever reported. */
export interface CodeInfo {
  /** Usual severity; a diagnostic may carry a milder or stricter one where its stage has a reason. */
  readonly severity: Severity;
  /** One sentence for `docs/diagnostics.md` and SARIF rules. */
  readonly explanation: string;
  /** `# holdfast-ignore CODE` may silence it. Errors never are. */
  readonly suppressible: boolean;
}

function error(explanation: string): CodeInfo {
  return { severity: "error", explanation, suppressible: false };
}

function warning(explanation: string): CodeInfo {
  return { severity: "warning", explanation, suppressible: true };
}

function note(explanation: string): CodeInfo {
  return { severity: "note", explanation, suppressible: true };
}

/** Every code that any stage reports, by stage; a test asserts that none is missing. */
export const CODES: Readonly<Record<string, CodeInfo>> = {
  // Source: files, conditions, definitions.
  "byte-order-mark": warning("The file starts with a byte order mark, which keepalived takes for text."),
  "comment-in-definition": warning("A definition brings in a `#` or `!`, which starts a comment."),
  continuation: error("A line outside a definition ends in a backslash, which keepalived reads as text."),
  "interrupted-definition": warning(
    "A comment between the lines of a definition, where only some of keepalived's processes go on.",
  ),
  "definition-not-replaced": warning("A defined name is written where keepalived does not replace it."),
  "definition-parameters": warning(
    "A definition is used with parameters, which keepalived does not replace.",
  ),
  "directive-in-definition": warning(
    "A definition brings in a directive that keepalived 2.4.3 does not act on.",
  ),
  "expansion-too-large": error("Definitions or repetitions produce more text than any configuration needs."),
  "include-cycle": error("A file includes itself, directly or through others."),
  "include-deferred": warning("An include in a definition of several lines is read after all of them."),
  "include-no-match": warning("No file matches the pattern of an include."),
  "include-unreadable": warning("An included file cannot be read."),
  "invalid-include-check": error("An option of include_check that keepalived ignores."),
  "invalid-repetition": error("A ~SEQ or ~LST is written wrongly."),
  "invalid-utf8": warning("The file is not UTF-8; the bytes that are not became replacement characters."),
  "line-too-long": warning("A line is longer than keepalived's limit."),
  "not-implemented": warning("Known to keepalived, but this version of Holdfast does nothing with it yet."),
  "nul-byte": error("A line holds a NUL byte."),
  "random-range": error("The smallest random number is above the largest."),
  "recursive-definition": error("A definition uses itself."),
  "shadowed-definition": warning("A definition is replaced by another one before it was used."),
  "undefined-definition": warning("A name is used as a definition, but none is above it."),
  "unreadable-file": error("The configuration file cannot be read."),
  // Grammar: words and braces.
  "unclosed-block": error("A block is still open where the configuration ends."),
  "unexpected-close": error("A closing brace closes nothing."),
  "unexpected-open": error("A block opens without a keyword before it."),
  "unterminated-quote": error("A quoted text has no end on its line."),
  // Decode: keywords and their values.
  "conflicting-options": error("Options of one line that exclude each other."),
  deprecated: warning("An older spelling that still works."),
  "duplicate-keyword": warning("A keyword whose first value counts is given several times."),
  "overwritten-keyword": warning("A keyword is given twice, and the last counts; keepalived says so, too."),
  "surplus-words": warning("Words behind a value that has to stand alone."),
  "repeated-keyword": warning("A keyword whose last value counts is given several times."),
  "empty-list": warning("A block that only makes sense with something in it is empty."),
  "extra-words": warning("Words follow that the keyword does not take; keepalived ignores them."),
  "incomplete-option": error("An option lacks what has to follow it."),
  "invalid-address": error("Not an IP address, or one of the wrong family."),
  "invalid-choice": error("Not one of the words that the keyword takes."),
  "invalid-digest": error("Not an MD5 digest of 32 hexadecimal digits."),
  "invalid-goto": error("A rule that goes to an earlier rule, or from nowhere."),
  "invalid-interface": error("Not a name that an interface can have."),
  "invalid-key": error("A key of auth_hmac that is too short or too long."),
  "invalid-mac": error("A MAC address that a VMAC cannot have."),
  "invalid-netmask": error("Not a netmask or prefix length of the family."),
  "invalid-number": error("Not a number."),
  "invalid-prefix-length": error("Not a prefix length of the address's family."),
  "invalid-range": error("Not a range of addresses."),
  "invalid-script": warning("An empty command."),
  "invalid-status": error("Not an HTTP status code or range of them."),
  "misplaced-keyword": error("A keyword stands in a block where keepalived reports and ignores it."),
  "missing-action": error("A routing rule that says nothing to do."),
  "missing-block": error("A keyword that opens a block has none."),
  "invalid-tunnel": error("Options of a tunnel that do not go together."),
  "missing-destination": error("A route without destination."),
  "missing-keyword": error("A block lacks a keyword that it cannot be without."),
  "missing-name": error("A block without a name; it is left out."),
  "missing-value": error("A keyword lacks its value. keepalived does not run with this."),
  "out-of-range": error("A number outside its bounds."),
  "password-truncated": warning("An auth_pass is longer than the 8 characters that an advert carries."),
  "protocol-reset": warning("A tracked route or rule has the protocol of keepalived, and no other."),
  "rule-without-preference": warning("A routing rule has no preference; where it comes is chance."),
  "unexpected-block": error("A keyword that takes no block has one."),
  "unknown-keyword": error("No keyword of this block; most often a typing error. keepalived ignores it."),
  "unchecked-value": warning("A value that keepalived takes without a word, and cannot make sense of."),
  "unknown-option": error("No option of the value before it."),
  "unquoted-arguments": warning("Words after a script are its user and group; arguments belong in quotes."),
  // Checks: rules that span keywords and blocks.
  "advert-interval-rounded": warning("The VRRP version cannot say the advert interval."),
  "authentication-ignored": warning("Authentication without a type or password, or in VRRPv3."),
  "duplicate-address": warning("An address or peer stands twice in an instance."),
  "duplicate-group": warning("A group of virtual servers is defined twice."),
  "duplicate-key": error("Two keys of one instance have the same id."),
  "duplicate-name": error("Two instances, groups or BFD sessions have one name."),
  "duplicate-neighbour": error("Two BFD sessions have one neighbour."),
  "duplicate-real-server": error("A real server stands twice in its virtual server."),
  "duplicate-tracking": warning("Something is tracked twice."),
  "duplicate-virtual-server": error("A virtual service is defined twice."),
  "duplicate-vrid": error("Two instances on one interface have the same virtual router id."),
  "empty-group": error("A group of virtual servers has no entries."),
  "flag-of-another-scheduler": warning("A flag of the scheduler sh with mh, or of mh with sh."),
  "flag-without-scheduler": warning("A flag of the schedulers sh and mh with another one."),
  "garp-group": warning("A garp_group without interval, or an interface in two."),
  "idle-track-group": warning("A track group that has no members left."),
  "idle-garp-group": warning("A garp_group without interface."),
  "group-family": error("A server of a group of another address family, without tunnel."),
  "hops-above-ttl": warning("A BFD session takes packets with more hops than they can have made."),
  "hysteresis-too-large": warning("The hysteresis is not less than the quorum."),
  "ignored-keyword": warning("A keyword that others of its block leave without meaning."),
  "ignored-port": warning("A server of a fwmark service names a port."),
  "ignored-protocol": warning("A fwmark service has no protocol."),
  "impossible-reply": warning("A UDP_CHECK wants an answer of a length that no answer has."),
  "instance-in-two-groups": error("An instance is a member of more than one sync group."),
  "ipvlan-address": warning("An ipvlan has no address of the family of its instance."),
  "loopback-interface": error("An instance runs on the loopback interface."),
  "master-with-ah": warning("An instance with AH authentication cannot start as master."),
  "missing-interface": error(
    "An instance without unicast peers names no interface, or an address of one that has none.",
  ),
  "missing-auth-type": warning("Authentication without auth_type, which there is none of then."),
  "missing-method": warning("A virtual server names no forwarding method; NAT is used."),
  "missing-port": warning("A service without port that is not persistent."),
  "missing-protocol": warning("A virtual server names no protocol; UDP is used."),
  "missing-scope": warning("A checker of a link local address names no interface."),
  "missing-scheduler": warning("A virtual server names no scheduler; wlc is used."),
  "mixed-families": error("IPv4 and IPv6 where only one of them can be."),
  "no-active-key": error("The active key of auth_hmac is not among its keys; nothing is signed."),
  "no-real-servers": warning("A virtual server without real servers."),
  "no-virtual-address": warning("An instance without addresses."),
  "ops-needs-udp": warning("One packet scheduling is for UDP."),
  "owner-tracking": warning("The owner of the addresses tracks something with a weight."),
  "port-mismatch": warning("DR and TUN cannot change the port."),
  "preemption-ignored": warning("A nopreempt or preempt_delay stands where it cannot work."),
  "quorum-range": warning("The most processes are fewer than the fewest."),
  "redundant-tracking": warning("An instance tracks the interface that it runs on."),
  "name-in-use": warning("A VMAC or ipvlan has the name of another instance's."),
  "redundant-vmac": warning("An address asks for the VMAC that its instance has anyway."),
  "script-security": warning("Scripts are run without enable_script_security."),
  "small-sync-group": warning("A sync group with fewer than two members."),
  "skipped-word": warning(
    "The word behind inet or inet6 in a route or rule, which keepalived does not read.",
  ),
  "strict-mode": warning("Something that the VRRP standards do not have, in strict mode."),
  "too-many-addresses": error("More addresses than an advert carries."),
  "ttl-range": warning("A unicast peer whose adverts can have no TTL."),
  "unicast-without-peers": warning("A unicast source without unicast peers."),
  "unknown-instance": error("A sync group names an instance that is not defined."),
  "unknown-member": error("A track group names an instance that is not defined."),
  "unknown-bfd": error("A BFD_CHECK names a session that is not defined before it."),
  "unknown-group": warning("A virtual server is of a group that is not defined."),
  "unknown-track-file": error("A FILE_CHECK names a track file that is not defined before it."),
  "unknown-script": error("A tracked script is not defined, or only below."),
  "unknown-tracked": error("A tracked file, process, BFD session or group is not defined, or only below."),
  untrackable: warning("A static route or rule is tracked and names no interface."),
  "unreachable-quorum": warning("The quorum is more than all real servers weigh."),
  "version-conflict": error("An instance with IPv6 addresses asks for VRRP version 2."),
  "vmac-unicast": warning("Unicast adverts do not leave by a VMAC."),
  "wide-multicast": warning("Adverts go to a group that is not of the link."),
  "weight-in-sync-group": warning("A member of a sync group tracks something with a weight."),
  // Advice: what keepalived accepts in silence.
  "ignored-version": warning(
    "VRRP version 2 before the first IPv6 address of an instance, which has version 3.",
  ),
  "ineffective-regex": warning(
    "What is said of a regular expression that is not there, or of impossible places.",
  ),
  "ineffective-timer": warning("A time or repetition that something else keeps from having an effect."),
  "ineffective-weight": warning("A tracked weight that cannot move the priority."),
  "never-master": warning("An instance that is always at fault."),
  "no-script-user": warning("Nothing says which user runs scripts."),
  "nopreempt-with-weights": warning(
    "With nopreempt, weights cannot make a router take over from a living master.",
  ),
  "slow-check": warning("One try of a check may take longer than the time between checks."),
  "strict-mode-drops": warning("Strict mode filters the packets to virtual addresses."),
  "useless-sorry-server": warning("A sorry server that is down whenever it is needed, or never needed."),
  "vrid-on-one-network": warning(
    "Two interfaces with addresses of one network have the same virtual router id.",
  ),
  "long-range": warning("A range of a group of virtual servers has too many addresses."),
  // Host: what the machine has.
  "insecure-script": warning("Root runs a script that others can change."),
  "absent-interface": warning("An interface that is only watched does not exist."),
  "interface-exists": warning("An interface that keepalived is to make is there, and something else."),
  "invalid-regex": warning("A regular expression that the PCRE2 of this host refuses."),
  "no-pcre2": warning("A regular expression on a host without libpcre2-8."),
  "no-such-interface": error("An interface does not exist."),
  "no-such-vrf": error("What a route names as its VRF is none."),
  "no-such-script": warning("A script does not exist."),
  "unknown-name": error("A name for a table, protocol or realm that this host does not know."),
  "unresolved-name": warning("A host name that the name service of this host does not know."),
  "unusable-key-file": error("A file that holds no key of auth_hmac."),
  "exposed-key-file": warning("A file with a key of auth_hmac that others than its owner may read or write."),
  "no-notify-user": warning("The user or group of a notify script does not exist."),
  "no-such-user": warning("A user or group does not exist."),
  "script-not-executable": warning("A script is not executable."),
  "too-new": error("A keyword that the release of --target does not know."),
  // Braces, as keepalived counts them.
  "misread-line": warning("A line that keepalived reads in another block than it stands in."),
  // Comments to Holdfast.
  "invalid-suppression": warning("A holdfast-ignore comment names no code, or one that does not exist."),
  "unused-definition": error(
    "Two scripts, files or processes to track have one name; the second is never used.",
  ),
  "unused-suppression": note("A holdfast-ignore comment silences nothing."),
};
