import type { Micros } from "../values/time.ts";
import type { Kind } from "./kind.ts";
import {
  integer,
  interfaceName,
  multicastGroup,
  oneOf,
  optional,
  repetitions,
  seconds,
  wholeSeconds,
  word,
  words,
} from "./kinds.ts";
import { wanted } from "./kinds-options.ts";
import { fifo, scriptCommand } from "./kinds-script.ts";
import { extraGarp, linkLocalGroup, receiveBuffers, startupDelay } from "./kinds-vrrp.ts";
import { flag, leaf } from "./row.ts";

const anySeconds = wholeSeconds(0, 4_294);
/** A gap between packets. keepalived complains of 0, and then has no gap. */
const gap: Kind<Micros> = {
  ...seconds(0.000_001, 4_294),
  parse(words, complain) {
    const value = seconds(0, 4_294).parse(words, complain);
    if (value === 0)
      complain(
        {
          code: "out-of-range",
          severity: "warning",
          summary: "keepalived does not take 0 here; leave the keyword out to have no gap",
        },
        words[0],
      );
    return value;
  },
};
const count = integer(0, 4_294_967_295);

/** The rows of global_defs that are about VRRP: defaults of instances, and what holds for all of them. */
export const globalVrrpRows = {
  vrrp_version: leaf(integer(2, 3), {
    default: 2,
    doc: "VRRP version of IPv4 instances.",
    since: "1.2.20",
  }),
  vrrp_mcast_group4: leaf(multicastGroup(4), {
    default: "224.0.0.18",
    doc: "Multicast group of IPv4 adverts.",
    since: "1.2.10",
  }),
  vrrp_mcast_group6: leaf(linkLocalGroup, {
    default: "ff02::12",
    doc: "Multicast group of IPv6 adverts.",
    since: "1.2.10",
  }),
  vrrp_garp_master_delay: leaf(anySeconds, {
    default: 5_000_000,
    defaultWith: { flag: "vrrp_min_garp", value: 0 },
    doc: "Delay of the second set of gratuitous ARPs after becoming master.",
    since: "1.2.20",
  }),
  vrrp_garp_master_repeat: leaf(repetitions, {
    default: 5,
    defaultWith: { flag: "vrrp_min_garp", value: 1 },
    doc: "Gratuitous ARPs for each address in a set after becoming master.",
    since: "1.2.20",
  }),
  vrrp_garp_lower_prio_delay: leaf(anySeconds, {
    default: 5_000_000,
    inherits: "global_defs.vrrp_garp_master_delay",
    doc: "Delay of the second set of gratuitous ARPs after a lower priority advert.",
    since: "1.2.20",
  }),
  vrrp_garp_lower_prio_repeat: leaf(count, {
    default: 5,
    inherits: "global_defs.vrrp_garp_master_repeat",
    doc: "Gratuitous ARPs in a set after a lower priority advert.",
    since: "1.2.20",
  }),
  vrrp_garp_master_refresh: leaf(wholeSeconds(0, 4_294_967_295), {
    default: 0,
    doc: "Interval of gratuitous ARPs while master; 0 for none.",
    since: "1.2.20",
  }),
  vrrp_garp_master_refresh_repeat: leaf(repetitions, {
    default: 1,
    // As keepalived: a refresh without a number of its own then sends nothing.
    defaultWith: { flag: "vrrp_min_garp", value: 0 },
    doc: "Gratuitous ARPs for each address in a refresh.",
    since: "1.2.20",
  }),
  vrrp_garp_interval: leaf(gap, {
    default: 0,
    doc: "Gap between gratuitous ARPs on one interface.",
    since: "1.2.21",
  }),
  vrrp_gna_interval: leaf(gap, {
    default: 0,
    doc: "Gap between unsolicited neighbour advertisements on one interface.",
    since: "1.2.21",
  }),
  notify_fifo: leaf(wanted(fifo), {
    firstWins: true,
    doc: "FIFO that gets a line for each transition.",
    since: "1.3.6",
  }),
  notify_fifo_script: leaf(wanted(scriptCommand), {
    firstWins: true,
    doc: "Script that reads it.",
    since: "1.3.6",
  }),
  vrrp_notify_fifo: leaf(wanted(fifo), {
    firstWins: true,
    doc: "FIFO for VRRP transitions.",
    since: "1.3.6",
  }),
  vrrp_notify_fifo_script: leaf(wanted(scriptCommand), {
    firstWins: true,
    doc: "Script that reads it.",
    since: "1.3.6",
  }),
  vrrp_min_garp: flag({
    doc: "One gratuitous ARP for each address, and no second set.",
    since: "2.0.12",
  }),
  vrrp_garp_extra_if: leaf(wanted(extraGarp(1)), {
    moreWords: "mistake",
    doc: "Interval of gratuitous ARPs on other interfaces of addresses; only on VMACs without `all`.",
    since: "2.2.3",
  }),
  vrrp_vmac_garp_intvl: leaf(wanted(extraGarp(1)), {
    doc: "Interval of gratuitous ARPs on VMACs.",
    since: "2.2.0",
    replacedBy: "vrrp_garp_extra_if",
  }),
  vrrp_down_timer_adverts: leaf(integer(1, 100), {
    default: 3,
    doc: "Advert intervals without advert after which the master is down.",
    since: "2.2.3",
  }),
  vrrp_lower_prio_no_advert: flag({
    doc: "Do not answer an advert of lower priority with one.",
    since: "1.2.20",
  }),
  vrrp_higher_prio_send_advert: flag({
    doc: "Send a last advert when one of higher priority ends being master.",
    since: "1.3.5",
  }),
  v3_checksum_as_v2: flag({
    doc: "Leave the pseudo header out of VRRPv3 checksums of IPv4.",
    since: "2.2.8",
  }),
  vrrp_check_unicast_src: flag({
    bare: true,
    doc: "Take unicast adverts only from unicast peers.",
    since: "1.2.20",
  }),
  vrrp_skip_check_adv_addr: flag({
    doc: "Do not compare the addresses of further adverts of the same master.",
    since: "1.2.20",
  }),
  vrrp_strict: flag({
    doc: "Keep to the letter of the VRRP standards.",
    since: "1.2.20",
  }),
  vrrp_owner_ignore_adverts: flag({
    doc: "The owner of the addresses does not listen to adverts.",
    since: "2.3.3",
  }),
  vrrp_notify_priority_changes: flag({
    doc: "Write changes of priority to the notify FIFOs.",
    since: "2.0.16",
  }),
  fifo_write_vrrp_states_on_reload: flag({
    bare: true,
    doc: "Write all states to the notify FIFOs after a reload.",
    since: "2.2.5",
  }),
  default_interface: leaf(wanted(interfaceName), {
    default: "eth0",
    doc: "Interface of static addresses that name none.",
    since: "1.2.24",
  }),
  dynamic_interfaces: leaf(optional(oneOf("allow_if_changes"), "on"), {
    doc: "Interfaces may appear after the start, and with allow_if_changes be replaced by others.",
    since: "2.0.0",
  }),
  disable_local_igmp: flag({
    bare: true,
    doc: "Have the kernel send no IGMP reports of link local groups.",
    since: "2.2.0",
  }),
  log_unknown_vrids: flag({
    bare: true,
    doc: "Log adverts of routers that are not configured.",
    since: "2.0.16",
  }),
  vmac_prefix: leaf(interfaceName, {
    default: "vrrp",
    firstWins: true,
    doc: "Start of the names of VMACs.",
    since: "2.2.0",
  }),
  vmac_addr_prefix: leaf(interfaceName, {
    firstWins: true,
    doc: "Start of the names of VMACs for addresses on other interfaces; vmac_prefix by default.",
    since: "2.2.0",
  }),
  vrrp_rx_bufs_policy: leaf(wanted(receiveBuffers), {
    moreWords: "mistake",
    doc: "Size of the receive buffers of sockets: by MTU, by advert, or in bytes.",
    since: "2.0.3",
  }),
  vrrp_rx_bufs_multiplier: leaf(wanted(integer(1, 4_294_967_295)), {
    moreWords: "spoil",
    default: 3,
    doc: "What the policy's size is multiplied with.",
    since: "2.0.3",
  }),
  vrrp_startup_delay: leaf(startupDelay, {
    doc: "Time after the start of the daemon before instances start.",
    since: "2.0.14",
  }),
  vrrp_delay_after_boot: leaf(startupDelay, {
    doc: "Time after the start of the system before instances start.",
    since: "2.4.0",
  }),
  vrrp_iptables: leaf(words("[input [output]]", 0, 2), {
    doc: "Filter with iptables, in these chains; INPUT by default.",
    since: "1.2.20",
    onChange: "restart",
    deprecated:
      "Write nftables. keepalived without support of iptables takes this for nftables, or does not know it.",
  }),
  vrrp_ipsets: leaf(words("[names of sets]", 0, 6), {
    doc: "Names of the ipsets that iptables uses; without a name, none.",
    since: "1.2.20",
    onChange: "restart",
  }),
  nftables: leaf(optional(word, "keepalived"), {
    firstWins: true,
    doc: "Filter with nftables, in this table.",
    since: "2.0.11",
    onChange: "restart",
  }),
  nftables_priority: leaf(integer(-2_147_483_648, 2_147_483_647), {
    default: -1,
    doc: "Priority of the chains of nftables.",
    since: "2.0.11",
    onChange: "restart",
  }),
  nftables_counters: flag({
    bare: true,
    doc: "Count in the rules of nftables.",
    since: "2.0.11",
    onChange: "restart",
  }),
  nftables_ifindex: flag({
    bare: true,
    doc: "Have nftables match interfaces by index.",
    since: "2.0.11",
    onChange: "restart",
  }),
};
