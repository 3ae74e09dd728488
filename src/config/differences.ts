/** Checks that keepalived does not have, by code, and why Holdfast has them. */
export const BEYOND: Readonly<Record<string, string>> = {
  "byte-order-mark": "keepalived takes the mark for a part of the first word.",
  "interrupted-definition": "The processes of keepalived do not agree on where the definition ends.",
  continuation: "keepalived takes the backslash for a part of the word, silently.",
  "duplicate-group": "keepalived takes the first, silently.",
  "duplicate-virtual-server": "keepalived 2.4.3 keeps both without a word, and IPVS has one service.",
  "group-family": "keepalived leaves out the service, silently.",
  "include-deferred": "keepalived reads the include later than it stands, silently.",
  "ineffective-timer": "keepalived keeps to what is possible, silently.",
  "ineffective-weight": "keepalived bounds the priority, silently.",
  "invalid-suppression": "Comments to Holdfast.",
  "long-range": "keepalived makes a service of each address, of IPv6 of the last 16 bits.",
  "never-master": "keepalived shows it as a fault at run time.",
  "no-script-user": "keepalived takes keepalived_script, or root.",
  "nopreempt-with-weights": "keepalived does as it is told.",
  "not-implemented": "What this version of Holdfast does not do yet.",
  "repeated-keyword": "keepalived takes the last value, silently.",
  "script-security": "keepalived says so only of scripts that exist, with exit status 6.",
  "shadowed-definition": "keepalived takes the later value, silently.",
  "slow-check": "keepalived does as it is told.",
  "skipped-word": "keepalived skips the word behind inet and inet6 in routes and rules, silently.",
  "strict-mode-drops": "keepalived filters the packets, silently.",
  "unchecked-value": "keepalived reads such values without looking.",
  "undefined-definition": "keepalived leaves the text as it stands, silently.",
  "unknown-group": "keepalived runs a service of no addresses, silently.",
  "unused-definition": "keepalived takes the first, silently.",
  "unused-suppression": "Comments to Holdfast.",
  "useless-sorry-server": "keepalived does as it is told.",
  "vrid-on-one-network": "keepalived looks at interfaces only.",
};

/** What keepalived may log when it tests, without an exit status for it. */
export const UNTESTED: Readonly<Record<string, string>> = {
  "extra-words": "keepalived does not look at words that it does not need.",
  "include-no-match": "An include that matches no file does not count.",
  "include-unreadable": "Nor does one of a file that is not there.",
  "no-such-script": "A notify script that does not exist is left out silently.",
};
