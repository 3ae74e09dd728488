import { integer, multicastGroup, oneOf, optional } from "./kinds.ts";
import { wanted } from "./kinds-options.ts";
import { route } from "./kinds-route.ts";
import { rule } from "./kinds-rule.ts";
import { extraGarp } from "./kinds-vrrp.ts";
import { flag, leaf, list } from "./row.ts";

/** Rows of vrrp_instance about adverts, elections and what comes with being master. */
export const protocolRows = {
  native_ipv6: flag({
    bare: true,
    doc: "An instance of IPv6; the addresses say so by themselves.",
    since: "1.2.1",
  }),
  no_virtual_ipaddress: flag({
    bare: true,
    doc: "Having no addresses is meant so.",
    since: "2.2.8",
  }),
  virtual_routes: list(route, {
    doc: "Routes that are there while master.",
    since: "1.0.1",
  }),
  virtual_rules: list(rule, {
    doc: "Routing rules that are there while master.",
    since: "1.2.20",
  }),
  mcast_dst_ip: leaf(multicastGroup(), {
    doc: "Multicast group of its adverts, instead of the global one.",
    since: "2.2.5",
    onChange: "recreate",
  }),
  track_src_ip: flag({
    bare: true,
    doc: "The absence of the source address is a fault.",
    since: "2.0.0",
  }),
  check_unicast_src: flag({
    bare: true,
    inherits: "global_defs.vrrp_check_unicast_src",
    doc: "Take unicast adverts only from unicast peers.",
    since: "2.1.0",
  }),
  unicast_fault_no_peer: flag({
    bare: true,
    doc: "Having no unicast peers is a fault, instead of multicast.",
    since: "2.2.5",
  }),
  unicast_ttl: leaf(integer(0, 255), {
    doc: "TTL or hop limit of unicast adverts.",
    since: "2.1.0",
  }),
  old_unicast_checksum: leaf(optional(oneOf("never"), "always"), {
    doc: "Checksum unicast VRRPv3 adverts as before 1.3.7; never has this not detected either.",
    since: "1.3.7",
  }),
  v3_checksum_as_v2: flag({
    inherits: "global_defs.v3_checksum_as_v2",
    doc: "Leave the pseudo header out of VRRPv3 checksums of IPv4.",
    since: "2.2.8",
  }),
  garp_extra_if: leaf(wanted(extraGarp(0)), {
    moreWords: "mistake",
    inherits: "global_defs.vrrp_garp_extra_if",
    doc: "Interval of gratuitous ARPs on other interfaces of addresses; only on VMACs without `all`.",
    since: "2.2.3",
  }),
  vmac_garp_intvl: leaf(wanted(extraGarp(0)), {
    doc: "Interval of gratuitous ARPs on VMACs.",
    since: "2.2.0",
    replacedBy: "garp_extra_if",
  }),
  down_timer_adverts: leaf(integer(1, 100), {
    default: 3,
    inherits: "global_defs.vrrp_down_timer_adverts",
    doc: "Advert intervals without advert after which the master is down.",
    since: "2.2.3",
  }),
  timer_expired_backup: leaf(optional(integer(1, 254), 254), {
    doc: "Go to backup after a delay in which another of at most this priority may have become master.",
    since: "2.2.8",
  }),
  thread_timer_expired: leaf(optional(integer(1, 254), 254), {
    doc: "Older name.",
    since: "2.3.2",
    replacedBy: "timer_expired_backup",
  }),
  lower_prio_no_advert: flag({
    inherits: "global_defs.vrrp_lower_prio_no_advert",
    doc: "Do not answer an advert of lower priority with one.",
    since: "1.2.20",
  }),
  higher_prio_send_advert: flag({
    inherits: "global_defs.vrrp_higher_prio_send_advert",
    doc: "Send a last advert when one of higher priority ends being master.",
    since: "1.3.5",
  }),
  owner_ignore_adverts: flag({
    inherits: "global_defs.vrrp_owner_ignore_adverts",
    doc: "The owner of the addresses does not listen to adverts.",
    since: "2.3.3",
  }),
  accept: flag({
    bare: true,
    doc: "Take packets to the addresses; the default without strict mode.",
    since: "1.2.17",
  }),
  no_accept: flag({
    bare: true,
    doc: "Drop packets to the addresses, unless their owner.",
    since: "1.3.0",
  }),
  skip_check_adv_addr: flag({
    inherits: "global_defs.vrrp_skip_check_adv_addr",
    doc: "Do not compare the addresses of further adverts of the same master.",
    since: "1.2.20",
  }),
  strict_mode: flag({
    inherits: "global_defs.vrrp_strict",
    doc: "Keep to the letter of the VRRP standards.",
    since: "1.2.20",
  }),
  kernel_rx_buf_size: leaf(wanted(integer(0, 4_294_967_295)), {
    moreWords: "spoil",
    doc: "Size of the receive buffer of the socket, in bytes.",
    since: "2.0.3",
  }),
};
