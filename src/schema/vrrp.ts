import {
  integer,
  interfaceName,
  ipAddress,
  ipAddressMaybePrefix,
  oneOf,
  oneWord,
  repetitions,
  seconds,
  wholeSeconds,
  word,
} from "./kinds.ts";
import { unicastPeer, virtualAddress } from "./kinds-address.ts";
import { scriptCommand, userGroup } from "./kinds-script.ts";
import { scriptWeight, trackedInterface, trackedScript } from "./kinds-track.ts";
import { type BlockOf, block, defineBlock, flag, leaf, list } from "./row.ts";

const notifyRows = {
  notify_master: leaf(scriptCommand, {
    doc: "Script to run on becoming master.",
    since: "0.5.9",
    firstWins: true,
  }),
  notify_backup: leaf(scriptCommand, {
    doc: "Script to run on becoming backup.",
    since: "0.5.9",
    firstWins: true,
  }),
  notify_fault: leaf(scriptCommand, {
    doc: "Script to run on entering fault.",
    since: "0.5.9",
    firstWins: true,
  }),
  notify_stop: leaf(scriptCommand, {
    doc: "Script to run when VRRP stops.",
    since: "1.1.13",
    firstWins: true,
  }),
  notify: leaf(scriptCommand, {
    doc: "Script to run on every transition, with type, name, state and priority.",
    since: "0.5.3",
    firstWins: true,
  }),
  smtp_alert: flag({ doc: "Mail on every transition.", since: "0.5.7", compiledOnly: true }),
};

const trackRows = {
  track_interface: list(trackedInterface, { doc: "Interfaces whose state counts.", since: "1.0.1" }),
  track_script: list(trackedScript, { doc: "Scripts whose result counts.", since: "1.1.13" }),
};

/** Length of the authentication data of VRRPv2 (RFC 2338 §5.3.10). */
const LONGEST_PASSWORD = 8;

/** A password; only what fits into an advert counts. */
const password = oneWord(
  "word of up to 8 characters",
  (text, complain, at) => {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length <= LONGEST_PASSWORD) return text;
    complain(
      {
        code: "password-truncated",
        severity: "warning",
        summary: "only the first 8 characters of auth_pass are used",
        detail: "An advert has no room for more. Shorten the password on all routers.",
      },
      at,
    );
    return new TextDecoder().decode(bytes.subarray(0, LONGEST_PASSWORD)).replace(/\uFFFD+$/, "");
  },
  (value) => value,
);

const authentication = defineBlock({
  keyword: "authentication",
  header: {},
  rows: {
    auth_type: leaf(oneOf("PASS", "AH", "none"), {
      default: "none",
      doc: "How VRRPv2 adverts are authenticated.",
      since: "0.5.3",
      onChange: "restart",
    }),
    auth_pass: leaf(password, {
      doc: "Password; only the first 8 characters count.",
      since: "0.5.3",
      secret: true,
      onChange: "restart",
    }),
  },
});

/** `vrrp_instance NAME`: one virtual router on one interface. */
export const vrrpInstance = defineBlock({
  keyword: "vrrp_instance",
  header: { name: word },
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
    virtual_ipaddress: list(virtualAddress, { doc: "Addresses of the virtual router.", since: "0.5.3" }),
    virtual_ipaddress_excluded: list(virtualAddress, {
      doc: "Addresses that move with it and stand in no advert.",
      since: "0.5.9",
    }),
    mcast_src_ip: leaf(ipAddress(), {
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
    garp_master_refresh: leaf(wholeSeconds(0, 4_294), {
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
      inherits: "global_defs.vrrp_garp_lower_prio_delay",
      doc: "Delay of the second set after an advert of lower priority; garp_master_delay by default.",
      since: "1.2.20",
    }),
    garp_lower_prio_repeat: leaf(integer(0, 4_294_967_295), {
      inherits: "global_defs.vrrp_garp_lower_prio_repeat",
      doc: "Gratuitous ARPs in a set after an advert of lower priority; garp_master_repeat by default.",
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
    ...trackRows,
    ...notifyRows,
  },
});

/** `vrrp_sync_group NAME`: instances that change state together. */
export const vrrpSyncGroup = defineBlock({
  keyword: "vrrp_sync_group",
  header: { name: word },
  identity: (group) => group.name,
  rows: {
    group: list(word, {
      doc: "Names of the member instances.",
      since: "0.6.4",
      required: true,
      inline: true,
    }),
    global_tracking: flag({
      bare: true,
      doc: "Deprecated: tracked objects of one member count for all.",
      since: "1.2.3",
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
    script: leaf(scriptCommand, { required: true, doc: "Command to run.", since: "1.1.13" }),
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
