import { authHmac } from "./auth-hmac.ts";
import {
  integer,
  interfaceName,
  ipAddressMaybePrefix,
  oneOf,
  repetitions,
  seconds,
  wholeSeconds,
  word,
} from "./kinds.ts";
import { unicastPeer, virtualAddress } from "./kinds-address.ts";
import { wanted } from "./kinds-options.ts";
import { optionalScript, scriptCommand, userGroup } from "./kinds-script.ts";
import { scriptWeight } from "./kinds-track.ts";
import { type BlockOf, block, defineBlock, flag, leaf, list } from "./row.ts";
import { authentication } from "./vrrp-authentication.ts";
import { interfaceRows } from "./vrrp-interfaces.ts";
import { protocolRows } from "./vrrp-protocol.ts";
import { notifyRows, trackRows } from "./vrrp-shared.ts";

/** `vrrp_instance NAME`: one virtual router on one interface. */
export const vrrpInstance = defineBlock({
  keyword: "vrrp_instance",
  header: { name: word },
  mayLackName: true,
  identity: (instance) => instance.name,
  rows: {
    state: leaf(oneOf("MASTER", "BACKUP"), {
      default: "BACKUP",
      doc: "State to start towards.",
      since: "0.5.3",
    }),
    interface: leaf(interfaceName, {
      doc: "Interface that VRRP runs on.",
      since: "0.5.3",
      onChange: "recreate",
    }),
    virtual_router_id: leaf(integer(1, 255), {
      required: true,
      missedLate: true,
      doc: "VRID, the same on all routers of the virtual router.",
      since: "0.5.3",
      onChange: "recreate",
    }),
    priority: leaf(integer(1, 255), {
      default: 100,
      doc: "Priority in the election; 255 owns the address, and is the default where the state is MASTER.",
      since: "0.5.3",
    }),
    advert_int: leaf(seconds(0.01, 255), { default: 1_000_000, doc: "Interval of adverts.", since: "0.5.3" }),
    version: leaf(integer(2, 3), {
      default: 2,
      inherits: "global_defs.vrrp_version",
      doc: "VRRP version; instances of IPv6 addresses that name none run 3.",
      since: "1.2.17",
      firstWins: true,
      onChange: "recreate",
    }),
    authentication: block(authentication, { doc: "Authentication of VRRPv2.", since: "0.5.3" }),
    auth_hmac: block(authHmac, {
      doc: "Signed adverts, of keepalived only.",
      since: "2.4.0",
      onChange: "restart",
    }),
    virtual_ipaddress: list(virtualAddress, { doc: "Addresses of the virtual router.", since: "0.5.3" }),
    virtual_ipaddress_excluded: list(virtualAddress, {
      doc: "Addresses that move with it and stand in no advert.",
      since: "0.5.9",
    }),
    mcast_src_ip: leaf(ipAddressMaybePrefix, {
      doc: "Source address of multicast adverts.",
      since: "0.6.1",
      onChange: "restart",
    }),
    unicast_src_ip: leaf(ipAddressMaybePrefix, {
      doc: "Source address of unicast adverts.",
      since: "1.2.10",
      onChange: "restart",
    }),
    unicast_peer: list(unicastPeer, {
      doc: "Routers that adverts go to instead of the multicast group.",
      since: "1.2.8",
      onChange: "restart",
    }),
    nopreempt: flag({ bare: true, doc: "Leave a lower priority master in place.", since: "1.1.8" }),
    preempt: flag({
      bare: true,
      sets: false,
      replacedBy: "nopreempt",
      synonym: true,
      doc: "Take over from a lower priority master; the default.",
      since: "0.5.3",
    }),
    preempt_delay: leaf(seconds(0, 1000), {
      default: 0,
      doc: "Wait before taking over from a lower priority master.",
      since: "1.1.8",
    }),
    garp_master_delay: leaf(wholeSeconds(0, 4_294), {
      default: 5_000_000,
      inherits: "global_defs.vrrp_garp_master_delay",
      doc: "Delay of the second set of gratuitous ARPs after becoming master.",
      since: "0.7.1",
    }),
    garp_master_repeat: leaf(repetitions, {
      default: 5,
      inherits: "global_defs.vrrp_garp_master_repeat",
      doc: "Gratuitous ARPs for each address in a set.",
      since: "1.2.14",
    }),
    garp_master_refresh: leaf(wholeSeconds(0, 4_294_967_295), {
      default: 0,
      inherits: "global_defs.vrrp_garp_master_refresh",
      doc: "Interval of gratuitous ARPs while master; 0 for none.",
      since: "1.2.10",
    }),
    garp_master_refresh_repeat: leaf(repetitions, {
      default: 1,
      inherits: "global_defs.vrrp_garp_master_refresh_repeat",
      doc: "Gratuitous ARPs for each address in a refresh.",
      since: "1.2.14",
    }),
    garp_lower_prio_delay: leaf(wholeSeconds(0, 4_294), {
      default: 5_000_000,
      inherits: "global_defs.vrrp_garp_lower_prio_delay",
      doc: "Delay of the second set after an advert of lower priority.",
      since: "1.2.20",
    }),
    garp_lower_prio_repeat: leaf(integer(0, 4_294_967_295), {
      default: 5,
      inherits: "global_defs.vrrp_garp_lower_prio_repeat",
      doc: "Gratuitous ARPs in a set after an advert of lower priority.",
      since: "1.2.20",
    }),
    dont_track_primary: flag({
      bare: true,
      doc: "Ignore the state of the interface VRRP runs on.",
      since: "1.1.8",
    }),
    debug: leaf(integer(0, 4), {
      default: 0,
      doc: "Debug level; without effect, as in keepalived.",
      since: "0.5.3",
    }),
    ...interfaceRows,
    ...protocolRows,
    ...trackRows,
    ...notifyRows,
    notify_master_rx_lower_pri: leaf(scriptCommand, {
      doc: "Script to run when a master hears an advert of lower priority.",
      since: "2.0.6",
      firstWins: true,
    }),
    notify_deleted: leaf(optionalScript, {
      doc: "Report DELETED instead of FAULT when a reload deletes the instance, and run this script.",
      since: "2.1.0",
      firstWins: true,
    }),
  },
});

/** `vrrp_sync_group NAME`: instances that change state together. */
export const vrrpSyncGroup = defineBlock({
  keyword: "vrrp_sync_group",
  header: { name: word },
  mayLackName: true,
  identity: (group) => group.name,
  rows: {
    group: list(word, {
      firstWins: true,
      doc: "Names of the member instances.",
      since: "0.6.4",
      required: true,
    }),
    global_tracking: flag({
      bare: true,
      doc: "Tracked objects of one member count for all.",
      since: "1.2.3",
      deprecated: "Track them in the sync group.",
    }),
    sync_group_tracking_weight: flag({
      bare: true,
      doc: "Members may track with weights.",
      since: "2.0.0",
    }),
    ...trackRows,
    ...notifyRows,
  },
});

/** `vrrp_script NAME`: a command run at intervals whose exit status counts. */
export const vrrpScript = defineBlock({
  keyword: "vrrp_script",
  header: { name: word },
  identity: (script) => script.name,
  rows: {
    script: leaf(wanted(scriptCommand), { required: true, doc: "Command to run.", since: "1.1.13" }),
    interval: leaf(seconds(0.001, 4_294), {
      default: 1_000_000,
      doc: "Time between starts.",
      since: "1.1.13",
    }),
    timeout: leaf(seconds(0.001, 4_294), {
      doc: "Time after which it has failed; the interval by default.",
      since: "1.2.6",
    }),
    weight: leaf(scriptWeight, {
      default: { weight: 0, reverse: false },
      doc: "Change of priority; 0 makes a failure a fault.",
      since: "0.5.3",
    }),
    rise: leaf(integer(1, 2_147_483_647), {
      default: 1,
      doc: "Successes in a row to be up.",
      since: "1.1.18",
    }),
    fall: leaf(integer(1, 2_147_483_647), {
      default: 1,
      doc: "Failures in a row to be down.",
      since: "1.1.18",
    }),
    user: leaf(userGroup, { doc: "User, and group, it runs as.", since: "1.3.0" }),
    init_fail: flag({ bare: true, doc: "Assume failure until the first result.", since: "1.3.2" }),
  },
});

export type VrrpInstance = BlockOf<typeof vrrpInstance>;
export type VrrpSyncGroup = BlockOf<typeof vrrpSyncGroup>;
export type VrrpScript = BlockOf<typeof vrrpScript>;
