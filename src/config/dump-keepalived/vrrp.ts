import { familyOf } from "../../values/ip.ts";
import { SECOND } from "../../values/time.ts";
import { alerts } from "../alerts.ts";
import type { Config, VrrpInstance } from "../config.ts";
import { deeper, items, type Layout, line, script, value, when } from "./layout.ts";
import { addressLine, routeLine, ruleLine } from "./network.ts";
import { enabled, trueFalse, whole, yesNo } from "./numbers.ts";
import { anyScript, stateScripts, trackedEntries } from "./tracked.ts";

type I = VrrpInstance;

const MILLISECOND = SECOND / 1_000;

function familyOfInstance(one: I): 4 | 6 {
  const address =
    one.virtual_ipaddress[0]?.address ??
    one.unicast_src_ip ??
    one.unicast_peer[0]?.address ??
    one.mcast_src_ip;
  if (address === undefined) return one.native_ipv6 ? 6 : 4;
  return familyOf(address.split("/", 1)[0] ?? address);
}

const isUnicast = (one: I): boolean => one.unicast_peer.length > 0;
const versionOf = (one: I): number => (familyOfInstance(one) === 6 ? 3 : one.version);

function groupOf(one: I, config: Config) {
  return config.vrrp_sync_group.find(({ group }) => group.includes(one.name));
}

/** The macvlan that an instance runs on. */
function vmacOf(one: I, config: Config): string | undefined {
  if (one.use_vmac === undefined) return undefined;
  const six = familyOfInstance(one) === 6 ? "6" : "";
  return one.use_vmac.name ?? `${config.global_defs.vmac_prefix}${six}.${one.virtual_router_id}`;
}

/** The ipvlan that an instance runs on. */
function ipvlanOf(one: I): string | undefined {
  return one.use_ipvlan && (one.use_ipvlan.name ?? `vrrp.${one.virtual_router_id}`);
}

/** A unicast instance on a macvlan has to send below it. */
const sendsBelow = (one: I): boolean => one.vmac_xmit_base || isUnicast(one);

/** Where addresses go that name no interface. */
function deviceOf(one: I, config: Config): string | undefined {
  const vmac = vmacOf(one, config);
  return vmac === undefined ? one.interface : `${vmac}@${one.interface}`;
}

function advertInterval(one: I): string {
  return versionOf(one) === 2
    ? `${whole(one.advert_int)} sec`
    : `${Math.floor(one.advert_int / MILLISECOND)} milli-sec`;
}

/** Shortest window of adverts that are not too old. */
const SHORTEST_WINDOW = 5 * SECOND;

/** The lines of auth_hmac, without the keys. */
function signature({ auth_hmac: hmac, advert_int }: I): string[] {
  const active = hmac?.active_key ?? hmac?.key[0]?.id;
  if (hmac === undefined || active === undefined) return [];
  const window = hmac.time_window ?? Math.max(3 * advert_int, SHORTEST_WINDOW);
  return [
    "Authentication extension = HMAC-SHA256-128",
    `  Keys = ${hmac.key.length}, active key id = ${active}`,
    `  Mode = ${hmac.mode}`,
    `  Anti replay = ${hmac.anti_replay}, window = ${whole(window)} sec`,
  ];
}

const AUTHENTICATION: Readonly<Record<string, string>> = {
  PASS: "SIMPLE_PASSWORD",
  AH: "IPSEC_AH",
  none: "none",
};

const identity: Layout<I> = [
  value("VRRP Version", versionOf),
  value("Sync group", (one, { config }) => groupOf(one, config)?.name),
  when((one) => familyOfInstance(one) === 6, "Using Native IPv6"),
  (one) => (isUnicast(one) ? ["Flags:", "  Using unicast"] : ["Flags: none"]),
  line((one, { config }) => {
    const vmac = vmacOf(one, config);
    return vmac && `Use VMAC, i/f name ${vmac}, xmit_base = ${trueFalse(sendsBelow(one))}`;
  }),
  line((one) => {
    const { address, flag = "bridge" } = one.use_ipvlan ?? {};
    const parts = [`Use IPVLAN, i/f ${ipvlanOf(one)}`, address && `i/f address = ${address}`, `type ${flag}`];
    return one.use_ipvlan && parts.filter((part) => part !== undefined).join(", ");
  }),
  line((one) => one.use_ipvlan?.group && `  Interface group ${one.use_ipvlan.group}`),
  when((one) => one.use_vmac_addr, "  Use VMAC for VIPs on other interfaces"),
  value("Interface", (one, { config }) => {
    const [vmac, ipvlan] = [vmacOf(one, config), ipvlanOf(one)];
    if (ipvlan !== undefined) return `${ipvlan}, ipvlan on ${one.interface}`;
    if (vmac === undefined) return one.interface;
    return `${vmac}, vmac on ${one.interface}${sendsBelow(one) ? ", xmit base i/f" : ""}`;
  }),
  when((one) => one.dont_track_primary, "VRRP interface tracking disabled"),
  when((one) => one.skip_check_adv_addr, "Skip checking advert IP addresses"),
  when((one) => one.strict_mode, "Enforcing strict VRRP compliance"),
  when((one) => one.no_virtual_ipaddress, "Suppress no VIPs warning"),
  value("Using src_ip", (one) => {
    const source = one.unicast_src_ip ?? one.mcast_src_ip ?? one.use_ipvlan?.address?.split("/")[0];
    return source && `${source} (from configuration)`;
  }),
  line((one, { config: { global_defs: g } }) => {
    if (isUnicast(one)) return undefined;
    const group = familyOfInstance(one) === 4 ? g.vrrp_mcast_group4 : g.vrrp_mcast_group6;
    return `Multicast address ${one.mcast_dst_ip ?? group}`;
  }),
];

const gratuitous: Layout<I> = [
  value("Gratuitous ARP delay", (one) => whole(one.garp_master_delay)),
  value("Gratuitous ARP repeat", (one) => one.garp_master_repeat),
  value("Gratuitous ARP refresh", (one) => whole(one.garp_master_refresh)),
  value("Gratuitous ARP refresh repeat", (one) => one.garp_master_refresh_repeat),
  value("Gratuitous ARP lower priority delay", (one) => whole(one.garp_lower_prio_delay)),
  value("Gratuitous ARP lower priority repeat", (one) => one.garp_lower_prio_repeat),
  value("Down timer adverts", (one) => one.down_timer_adverts),
  value("Send advert after receive lower priority advert", (one) =>
    trueFalse(!one.lower_prio_no_advert && !one.strict_mode),
  ),
  value("Send advert after receive higher priority advert", (one) => trueFalse(one.higher_prio_send_advert)),
];

const election: Layout<I> = [
  value("Address owner ignores received adverts", (one) =>
    one.priority === 255 ? trueFalse(one.owner_ignore_adverts) : undefined,
  ),
  value("Virtual Router ID", (one) => one.virtual_router_id),
  value("Priority", (one) => one.priority),
  value("Advert interval", advertInterval),
  value("Preempt", (one) => enabled(!one.nopreempt)),
  value("Preempt delay", (one) =>
    one.preempt_delay === 0 || one.state === "MASTER" ? undefined : `${one.preempt_delay / SECOND} secs`,
  ),
  value("Promote_secondaries", (one) => enabled(one.promote_secondaries)),
  value("Authentication type", (one) =>
    versionOf(one) === 2 ? AUTHENTICATION[one.authentication?.auth_type ?? "none"] : undefined,
  ),
  value("Password", (one) =>
    versionOf(one) === 2 && one.authentication?.auth_type === "PASS" ? "********" : undefined,
  ),
  (one) => signature(one),
  value("VRRPv3 uses VRRPv2 checksum", (one) =>
    versionOf(one) === 3 && familyOfInstance(one) === 4 ? enabled(one.v3_checksum_as_v2) : undefined,
  ),
  value("Kernel rx buffer size", (one) => one.kernel_rx_buf_size),
  value("Debug level", (one) => (one.debug === 0 ? undefined : one.debug)),
];

/** A range of TTLs for a peer has the source checked, too. */
function checksSource({ check_unicast_src, unicast_peer }: I): boolean {
  return (
    check_unicast_src ||
    unicast_peer.some(({ minTtl, maxTtl }) => minTtl !== undefined || maxTtl !== undefined)
  );
}

const CHECKSUM: Readonly<Record<string, string>> = { never: "never", always: "yes" };

const addresses: Layout<I> = [
  items(
    (lines) => `Virtual IP (${lines.length}):`,
    (one, { config }) => one.virtual_ipaddress.map((ip) => addressLine(ip, deviceOf(one, config))),
  ),
  items("Virtual IP Excluded :", (one, { config }) =>
    one.virtual_ipaddress_excluded.map((ip) => addressLine(ip, deviceOf(one, config))),
  ),
  value("Unicast TTL", (one) =>
    isUnicast(one) && (familyOfInstance(one) === 4 || one.unicast_ttl !== undefined)
      ? (one.unicast_ttl ?? 255)
      : undefined,
  ),
  line((one) => (isUnicast(one) ? `Check unicast src : ${yesNo(checksSource(one))}` : undefined)),
  items("Unicast Peer :", (one) =>
    one.unicast_peer.map(
      ({ address, minTtl = 0, maxTtl = 255 }) => `${address} min_ttl ${minTtl} max_ttl ${maxTtl}`,
    ),
  ),
  value("Unicast checksum compatibility", (one) =>
    isUnicast(one) ? (CHECKSUM[one.old_unicast_checksum ?? "no"] ?? "no") : undefined,
  ),
  items("Virtual Routes :", (one) => one.virtual_routes.map(routeLine)),
  items("Virtual Rules :", (one, scope) => one.virtual_rules.map((rule) => ruleLine(rule, scope))),
];

const reporting: Layout<I> = [
  value("Using smtp notification", (one, { config }) => yesNo(alerts(one, config, "smtp_alert_vrrp", false))),
  value("Notify deleted", (one) => (one.notify_deleted === undefined ? "Fault" : "Deleted")),
  ...stateScripts<I>(),
  value("Deleted state transition script", (one, scope) => script(one.notify_deleted, scope)),
  value("Master rx lower pri state transition script", (one, scope) =>
    script(one.notify_master_rx_lower_pri, scope),
  ),
  anyScript(),
  value("Notify priority changes", (one, { config }) =>
    trueFalse(one.notify_priority_changes || groupOf(one, config)?.notify_priority_changes === true),
  ),
];

/** A vrrp_instance: what is configured of it. */
export const instanceLayout: Layout<I> = [
  line((one) => `VRRP Instance = ${one.name}`),
  deeper(2, [
    ...identity,
    ...gratuitous,
    ...election,
    ...addresses,
    ...trackedEntries<I>((one, config) => groupOf(one, config)?.sync_group_tracking_weight ?? true),
    ...reporting,
  ]),
];
