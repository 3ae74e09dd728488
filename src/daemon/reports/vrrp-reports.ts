import { alerts } from "../../config/alerts.ts";
import type { Config, VrrpInstance } from "../../config/config.ts";
import { dumpKeepalived } from "../../config/dump-keepalived/dump-keepalived.ts";
import { addressLine, routeLine, ruleLine } from "../../config/dump-keepalived/network.ts";
import { rulePreferences } from "../../config/rule-preferences.ts";
import type { VrrpState } from "../../core/vrrp/contract.ts";
import type { InstanceSnapshot, VrrpSnapshot } from "../../core/vrrp/snapshot.ts";

const SECOND = 1_000_000;
/** keepalived's numbers of the states. */
const NUMBERS: Readonly<Record<VrrpState, number>> = { INIT: 0, BACKUP: 1, MASTER: 2, FAULT: 3 };

/** The configuration of the vrrp child as keepalived dumps it, with the states of instances and groups in it. */
export function vrrpData(config: Config, { instances, groups }: VrrpSnapshot, epoch: number): string {
  let current: InstanceSnapshot | undefined;
  const lines = dumpKeepalived(config)
    .split("\n")
    .flatMap((line) => {
      const [, sort, name = ""] = / VRRP (Instance|Sync Group) = (.*)$/.exec(line) ?? [];
      if (sort === "Sync Group") {
        const group = groups.find((one) => one.name === name);
        return group === undefined ? [line] : [`${line}, ${group.state}`];
      }
      if (sort === "Instance") current = instances.find((one) => one.name === name);
      if (current === undefined) return [line];
      if (line.startsWith("   VRRP Version = ")) return [line, ...stateLines(current, epoch)];
      return line.startsWith("   Priority = ") ? [line, ...priorityLines(current)] : [line];
    });
  return lines.join("\n");
}

function stateLines({ state, transitions, fault, source }: InstanceSnapshot, epoch: number): string[] {
  const last = transitions.at(-1);
  const when =
    last === undefined ? [] : [`   Last transition = ${seconds(last.at + epoch)} (${last.causes[0] ?? ""})`];
  return [
    `   State = ${state}`,
    ...(fault === undefined ? [] : [`   Fault = ${fault}`]),
    ...when,
    ...(source === undefined ? [] : [`   Using src_ip = ${source}`]),
  ];
}

const priorityLines = ({ priority }: InstanceSnapshot): string[] => [`   Effective priority = ${priority}`];

const seconds = (micros: number): string => (micros / SECOND).toFixed(6);

/** Statistics, in keepalived's words and order. */
export function vrrpStatistics({ instances }: VrrpSnapshot): string {
  return instances.map(statisticsOf).join("");
}

function statisticsOf({ name, counters: c }: InstanceSnapshot): string {
  const groups: readonly (readonly [string, readonly (readonly [string, number])[]])[] = [
    [
      "Advertisements",
      [
        ["Received", c.advertsReceived],
        ["Sent", c.advertsSent],
      ],
    ],
    [
      "Packet Errors",
      [
        ["Length", c.packetLength],
        ["TTL", c.ttl],
        ["Invalid Type", c.invalidType],
        ["Advertisement Interval", c.advertInterval],
        ["Address List", c.addressList],
      ],
    ],
    [
      "Authentication Errors",
      [
        ["Invalid Type", c.invalidAuthType],
        ["Type Mismatch", c.authTypeMismatch],
        ["Failure", c.authFailure],
      ],
    ],
    [
      "Authentication Extension Errors",
      [
        ["Missing", c.authExtMissing],
        ["Malformed", c.authExtMalformed],
        ["Unknown Key", c.authExtUnknownKey],
        ["Invalid HMAC", c.authExtInvalidHmac],
        ["Stale", c.authExtStale],
        ["Replay", c.authExtReplay],
      ],
    ],
    [
      "Priority Zero",
      [
        ["Received", c.priorityZeroReceived],
        ["Sent", c.priorityZeroSent],
      ],
    ],
  ];
  const text = groups.map(([title, rows]) => [
    `  ${title}:`,
    ...rows.map(([label, value]) => `    ${label}: ${value}`),
  ]);
  const [adverts = [], ...rest] = text;
  const masters = [`  Became master: ${c.becameMaster}`, `  Released master: ${c.releasedMaster}`];
  return [`VRRP Instance: ${name}`, ...adverts, ...masters, ...rest.flat(), ""].join("\n");
}

/** keepalived's JSON: an array of instances, or with json_version 2 an object of arrays. */
export function vrrpJson(config: Config, { instances }: VrrpSnapshot, epoch: number): string {
  const vrrp = config.vrrp_instance.flatMap((instance) => {
    const state = instances.find(({ name }) => name === instance.name);
    return state === undefined
      ? []
      : [{ data: dataOf(instance, config, state, epoch), stats: statsOf(state.counters) }];
  });
  return JSON.stringify(config.global_defs.json_version === 2 ? { vrrp } : vrrp);
}

function dataOf(one: VrrpInstance, config: Config, state: InstanceSnapshot, epoch: number) {
  const isMaster = state.state === "MASTER";
  const mark = isMaster ? " set" : "";
  const addresses = (list: VrrpInstance["virtual_ipaddress"]) =>
    list.map((address) => addressLine(address, one.interface) + mark);
  const last = state.transitions.at(-1);
  const some = <T>(key: string, list: readonly T[]) => (list.length === 0 ? {} : { [key]: list });
  const whole = (micros: number) => micros / SECOND;
  const preferences = rulePreferences(config);
  return {
    iname: one.name,
    dont_track_primary: Number(one.dont_track_primary),
    skip_check_adv_addr: Number(one.skip_check_adv_addr),
    strict_mode: Number(one.strict_mode),
    vmac_ifname: "",
    ifp_ifname: one.interface ?? "",
    master_priority: 0,
    last_transition: last === undefined ? 0 : Number(seconds(last.at + epoch)),
    garp_delay: whole(one.garp_master_delay),
    garp_refresh: whole(one.garp_master_refresh),
    garp_rep: one.garp_master_repeat,
    garp_refresh_rep: one.garp_master_refresh_repeat,
    garp_lower_prio_delay: whole(one.garp_lower_prio_delay),
    garp_lower_prio_rep: one.garp_lower_prio_repeat,
    lower_prio_no_advert: Number(one.lower_prio_no_advert),
    higher_prio_send_advert: Number(one.higher_prio_send_advert),
    vrid: one.virtual_router_id,
    base_priority: state.basePriority,
    effective_priority: state.priority,
    vipset: isMaster,
    promote_secondaries: one.promote_secondaries,
    adver_int: whole(one.advert_int),
    master_adver_int: whole(one.advert_int),
    nopreempt: one.nopreempt,
    preempt_delay: whole(one.preempt_delay),
    state: NUMBERS[state.state],
    wantstate: NUMBERS[state.state],
    version: one.version ?? config.global_defs.vrrp_version,
    smtp_alert: alerts(one, config, "smtp_alert_vrrp", false),
    notify_deleted: one.notify_deleted !== undefined,
    ...some("vips", addresses(one.virtual_ipaddress)),
    ...some("evips", addresses(one.virtual_ipaddress_excluded)),
    ...some("vroutes", one.virtual_routes.map(routeLine)),
    ...some(
      "vrules",
      one.virtual_rules.map((rule) => ruleLine(rule, { preferences })),
    ),
    ...some(
      "track_ifp",
      one.track_interface.map((each) => each.interface),
    ),
    ...some(
      "track_script",
      one.track_script.map((each) => each.script),
    ),
    auth_type: one.authentication === undefined ? 0 : one.authentication.auth_type === "PASS" ? 1 : 2,
  };
}

function statsOf(c: InstanceSnapshot["counters"]) {
  return {
    advert_rcvd: c.advertsReceived,
    advert_sent: c.advertsSent,
    become_master: c.becameMaster,
    release_master: c.releasedMaster,
    packet_len_err: c.packetLength,
    advert_interval_err: c.advertInterval,
    ip_ttl_err: c.ttl,
    invalid_type_rcvd: c.invalidType,
    addr_list_err: c.addressList,
    invalid_authtype: c.invalidAuthType,
    authtype_mismatch: c.authTypeMismatch,
    auth_failure: c.authFailure,
    auth_ext_missing: c.authExtMissing,
    auth_ext_malformed: c.authExtMalformed,
    auth_ext_unknown_key: c.authExtUnknownKey,
    auth_ext_invalid_hmac: c.authExtInvalidHmac,
    auth_ext_stale: c.authExtStale,
    auth_ext_replay: c.authExtReplay,
    pri_zero_rcvd: c.priorityZeroReceived,
    pri_zero_sent: c.priorityZeroSent,
  };
}
