/** A message of keepalived and the codes that say the same where it names no line, or another one. */
export interface SameElsewhere {
  readonly message: RegExp;
  readonly codes: readonly string[];
}

/** Messages at the closing brace of a block that ours stand in. */
export const AT_BLOCK_END: readonly SameElsewhere[] = [
  {
    message: /has no track_file specified|No file set for track_file/,
    codes: [
      "missing-keyword",
      "unknown-track-file",
      "missing-value",
      "incomplete-option",
      "unterminated-quote",
    ],
  },
  {
    message: /No (script|name) .*specified|process name not specified|has no (path|urls)|No script set for/,
    codes: ["missing-keyword", "unknown-bfd", "missing-value", "incomplete-option", "invalid-user"],
  },
  { message: /garp group \d+ does not have any delay/, codes: ["garp-group"] },
  { message: /empty \w+ (?:\w+ )?block/, codes: ["empty-list", "small-sync-group", "missing-keyword"] },
  {
    message: /has empty group block|has no members/,
    codes: ["empty-list", "small-sync-group", "missing-keyword"],
  },
  { message: /has no neighbor address/, codes: ["missing-keyword", "missing-value", "incomplete-option"] },
  { message: /not of the same family, disabling instance/, codes: ["mixed-families"] },
  { message: /duplicate (?:source\/)?neighbor address/, codes: ["duplicate-neighbour"] },
  { message: /max_hops exceeds ttl/, codes: ["hops-above-ttl"] },
  { message: /quorum_max is less than quorum/, codes: ["quorum-range"] },
  { message: /min_reply length .* will always fail/, codes: ["impossible-reply"] },
  { message: /link local address \S+ requires a bind_if/, codes: ["missing-scope"] },
  { message: /unicast with use_vmac requires vmac_xmit_base/, codes: ["vmac-unicast"] },
  { message: /Cannot use unicast_ttl without unicast peers/, codes: ["ignored-keyword"] },
  {
    message: /Cannot use VMAC\/ipvlan with unicast and no interface/,
    codes: ["ignored-keyword", "vmac-unicast"],
  },
  { message: /Unicast instances must have unicast_src_ip or interface/, codes: ["missing-interface"] },
  {
    message: /virtual server group \S+ (has no entries|cannot have IPv4, IPv6 and fwmark)/,
    codes: ["empty-group", "mixed-families"],
  },
  {
    message: /Address family of virtual server and (real|sorry) server .* don't match/,
    codes: ["mixed-families"],
  },
  { message: /^Sync group \S+ has no members/, codes: ["small-sync-group", "missing-keyword"] },
];

/** Messages that name no line. */
export const WITHOUT_LINE: readonly SameElsewhere[] = [
  { message: /SECURITY VIOLATION/, codes: ["script-security"] },
  { message: /^Non-existent interface specified/, codes: ["no-such-interface", "invalid-interface"] },
  { message: /A unicast keyword has been specified without/, codes: ["unicast-without-peers"] },
  { message: /^Sync group \S+ has only/, codes: ["small-sync-group"] },
  {
    message: /no matching virtual router found|has no virtual router/,
    codes: ["small-sync-group", "missing-keyword"],
  },
  { message: /specified in sync group \S+ doesn't exist/, codes: ["unknown-instance"] },
  { message: /cannot exist in more than one sync group/, codes: ["instance-in-two-groups"] },
  { message: /Unknown interface!/, codes: ["missing-interface", "no-such-interface"] },
  {
    message: /virtual router id must be set/,
    codes: ["missing-keyword", "invalid-number", "out-of-range"],
  },
  { message: /No VIP specified/, codes: ["no-virtual-address"] },
  { message: /advertisement interval/, codes: ["advert-interval-rounded"] },
  {
    message: /Authentication specified but no password|does not support authentication/,
    codes: ["authentication-ignored"],
  },
  { message: /both use VRID/, codes: ["duplicate-vrid"] },
  { message: /Ignoring track_interface \S+ since own interface/, codes: ["redundant-tracking"] },
  { message: /is configured on VRRP instance and sync group/, codes: ["duplicate-tracking"] },
  { message: /due to SYNC group/, codes: ["weight-in-sync-group"] },
  { message: /due to address.owner|with member having priority 255/, codes: ["owner-tracking"] },
  { message: /preempt.*(will not work with|incompatible with)/, codes: ["preemption-ignored"] },
  { message: /preempt_delay is incompatible with strict mode/, codes: ["strict-mode"] },
  { message: /incompatible with AH/, codes: ["master-with-ah"] },
  { message: /IPv4 ipvlan requires a source/, codes: ["ipvlan-address"] },
  { message: /multicast destination specified with unicast/, codes: ["ignored-keyword"] },
  { message: /vrf can only be specified without interface/, codes: ["ignored-keyword"] },
  { message: /use_vmac specified for VIP/, codes: ["redundant-vmac"] },
  { message: /vmac_xmit_base is only valid with a vmac/, codes: ["ignored-keyword", "vmac-unicast"] },
  { message: /promote_secondaries is automatically set/, codes: ["ignored-keyword"] },
  {
    message: /[Ss]trict mode|State MASTER must match being address owner/,
    codes: ["strict-mode", "ignored-keyword"],
  },
  { message: /no scheduler set/, codes: ["missing-scheduler", "invalid-choice"] },
  { message: /no forwarding method set/, codes: ["missing-method"] },
  { message: /no protocol set/, codes: ["missing-protocol"] },
  { message: /protocol specified for fwmark/, codes: ["ignored-protocol"] },
  { message: /has port specified - clearing/, codes: ["ignored-port"] },
  { message: /has port specified - port will be ignored/, codes: ["port-mismatch"] },
  { message: /ports don't match/, codes: ["port-mismatch"] },
  { message: /zero port only valid/, codes: ["missing-port"] },
  { message: /cannot use ha_suspend with fwmarks/, codes: ["ignored-keyword"] },
  { message: /has no real servers/, codes: ["no-real-servers"] },
  { message: /real server \S+ is duplicated/, codes: ["duplicate-real-server"] },
  { message: /one packet scheduling requires/, codes: ["ops-needs-udp"] },
  { message: /exceeds total weight/, codes: ["unreachable-quorum"] },
  { message: /hysteresis .* >= quorum/, codes: ["hysteresis-too-large", "unreachable-quorum"] },
  { message: /missing '}'s or extra '{'s|Extra '}' found/, codes: ["unclosed-block", "unexpected-close"] },
];
