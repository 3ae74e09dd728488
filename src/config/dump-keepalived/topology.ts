import type { BfdInstance } from "../../schema/bfd.ts";
import type { GarpGroup } from "../../schema/garp-group.ts";
import type { TrackFile, TrackGroup, TrackProcess } from "../../schema/track.ts";
import { familyOf } from "../../values/ip.ts";
import { alerts } from "../alerts.ts";
import type { Config, VrrpInstance, VrrpScript, VrrpSyncGroup } from "../config.ts";
import { deeper, fixed, items, type Layout, line, owner, quoted, value, when } from "./layout.ts";
import { decimals, shortSeconds, trueFalse, weightText, yesNo } from "./numbers.ts";
import { anyScript, reportsToVrrp, stateScripts, trackedEntries, weightOf } from "./tracked.ts";

type Weight = Parameters<typeof weightText>[0];
type Tracking = Pick<VrrpInstance, "track_script" | "track_file" | "track_process" | "track_bfd">;

/** What a tracking list says of one object, if anything. */
type Mention = (tracker: Tracking) => Weight | undefined;

/** The instances that track an object, by themselves and then by their groups, with the weight for each. */
function trackers(config: Config, mention: Mention): string[] {
  const direct = config.vrrp_instance.flatMap((one) => mentioned([one.name], mention(one)));
  const byGroup = config.vrrp_sync_group.flatMap((one) => mentioned(one.group, mention(one)));
  return [...direct, ...byGroup];
}

function mentioned(names: readonly string[], weight: Weight | undefined): string[] {
  return weight === undefined ? [] : names.map((name) => `${name}, weight ${weightText(weight)}`);
}

function scriptTrackers(one: VrrpScript, config: Config): string[] {
  return trackers(config, ({ track_script: list }) => {
    const found = list.find(({ script }) => script === one.name);
    return found && weightOf(found, one.weight);
  });
}

type List = "track_file" | "track_process" | "track_bfd";
function objectTrackers(list: List, one: { name: string; weight: Weight }, config: Config): string[] {
  return trackers(config, (tracker) => {
    const found = tracker[list].find(({ name }) => name === one.name);
    return found && weightOf(found, one.weight);
  });
}

/** Scripts that something tracks; keepalived drops the others. */
export function usedScripts(config: Config): VrrpScript[] {
  return config.vrrp_script.filter((one) => scriptTrackers(one, config).length > 0);
}

export const syncGroupLayout: Layout<VrrpSyncGroup> = [
  line((group) => `VRRP Sync Group = ${group.name}`),
  deeper(2, [
    items("VRRP member instances :", (group) => group.group),
    when((group) => group.sync_group_tracking_weight, "sync group tracking weight set"),
    value("Using smtp notification", (group, { config }) =>
      yesNo(alerts(group, config, "smtp_alert_vrrp", false)),
    ),
    when((group) => group.notify_priority_changes, "Notify priority changes = yes"),
    ...trackedEntries<VrrpSyncGroup>(() => true, "Tracked process :"),
    ...stateScripts<VrrpSyncGroup>(),
    anyScript(),
  ]),
];

export const scriptLayout: Layout<VrrpScript> = [
  line((one) => `VRRP Script = ${one.name}`),
  deeper(2, [
    value("Command", (one) => quoted(one.script.argv)),
    value("Interval", (one) => `${shortSeconds(one.interval)} sec`),
    value("Timeout", (one) => `${shortSeconds(one.$.of.timeout === undefined ? 0 : (one.timeout ?? 0))} sec`),
    value("Weight", (one) => weightText(one.weight)),
    value("Rise", (one) => one.rise),
    value("Fall", (one) => one.fall),
    value("Script uid:gid", (one, scope) =>
      owner(scope, one.user?.user ?? one.script.user, one.user?.group ?? one.script.group),
    ),
    fixed("VRRP instances :"),
    items("Tracking instances :", (one, { config }) => scriptTrackers(one, config)),
  ]),
];

export const trackFileLayout: Layout<TrackFile> = [
  line((one) => `Track file = ${one.name}`),
  deeper(2, [
    value("File", (one) => one.file),
    value("Weight", (one) => weightText(one.weight)),
    items("Tracking instances :", (one, { config }) => objectTrackers("track_file", one, config)),
  ]),
];

export const trackProcessLayout: Layout<TrackProcess> = [
  line((one) => `VRRP Track process = ${one.name}`),
  deeper(2, [
    value("Process", (one) => one.process[0]),
    value("Parameters", (one) => one.process.slice(1).join(" ") || undefined),
    value("Param match", (one) => one.param_match),
    value("Min processes", (one) => one.quorum),
    value("Max processes", (one) => one.quorum_max),
    value("Weight", (one) => weightText(one.weight)),
    value("Terminate delay", ({ terminate_delay, delay }) => delayText(terminate_delay ?? delay)),
    value("Fork delay", ({ fork_delay, delay }) => delayText(fork_delay ?? delay)),
    // Parameters can only be compared on the whole command line.
    value("Full command", (one) => trueFalse(one.full_command || one.process.length > 1)),
    items("Tracking instances :", (one, { config }) => objectTrackers("track_process", one, config)),
  ]),
];

function delayText(delay: number | undefined): string | undefined {
  return delay === undefined || delay === 0 ? undefined : `${decimals(delay)}s`;
}

export const trackBfdLayout: Layout<BfdInstance> = [
  line((one) => `VRRP Track BFD = ${one.name}`),
  deeper(2, [
    value("Weight", (one) => weightText(one.weight)),
    fixed("Tracking VRRP instances :"),
    items("Tracking instances :", (one, { config }) => objectTrackers("track_bfd", one, config)),
  ]),
];

export const trackGroupLayout: Layout<TrackGroup> = [
  line((one) => `Static Track Group = ${one.name}`),
  deeper(2, [items("VRRP member instances :", (one) => one.group)]),
];

/** Whether a session reports to VRRP, and to checkers; one keyword alone excludes the other. */
export function reportsTo(one: BfdInstance): { readonly vrrp: boolean; readonly checker: boolean } {
  return { vrrp: reportsToVrrp(one), checker: one.checker || !one.vrrp };
}

const sentYesNo = (on: boolean): string => (on ? "Yes" : "No");

export const bfdLayout: Layout<BfdInstance> = [
  line((one) => `BFD Instance = ${one.name}`),
  deeper(2, [
    value("Neighbor IP", (one) => one.neighbor_ip),
    value("Source IP", (one) => one.source_ip),
    value("Required min RX interval", (one) => `${one.min_rx} us`),
    value("Desired min TX interval", (one) => `${one.min_tx} us`),
    value("Desired idle TX interval", (one) => `${one.idle_tx} us`),
    value("Detection multiplier", (one) => one.multiplier),
    line((one) =>
      familyOf(one.neighbor_ip) === 4 ? `TTL = ${one.ttl ?? 255}` : `hoplimit = ${one.ttl ?? 64}`,
    ),
    value("max_hops", (one) => one.max_hops),
    value("passive", (one) => trueFalse(one.passive)),
    value("send event to VRRP process", (one) => sentYesNo(reportsTo(one).vrrp)),
    value("send event to checker process", (one) => sentYesNo(reportsTo(one).checker)),
  ]),
];

/** Interfaces that share a gap between gratuitous ARPs: the groups as written, then what the global keywords give. */
export function garpGroups(config: Config): GarpDelay[] {
  const written = config.garp_group.map(delayOf);
  const { vrrp_garp_interval: garp, vrrp_gna_interval: gna } = config.global_defs;
  const taken = new Set(written.flatMap(({ interfaces }) => interfaces));
  if (garp === 0 && gna === 0) return written;
  const others = new Set(
    config.vrrp_instance.map((one) => one.interface).filter((name) => name !== undefined),
  );
  return [
    ...written,
    ...[...others].filter((name) => !taken.has(name)).map((name) => ({ garp, gna, interfaces: [name] })),
  ];
}

interface GarpDelay {
  readonly garp: number;
  readonly gna: number;
  readonly interfaces: readonly string[];
}

function delayOf(group: GarpGroup): GarpDelay {
  const { garp_interval: garp = 0, gna_interval: gna = 0, interface: one, interfaces } = group;
  return { garp, gna, interfaces: one === undefined ? interfaces : [one, ...interfaces] };
}

export const garpLayout: Layout<GarpDelay> = [
  fixed("------< GARP delay group >------"),
  deeper(1, [
    value("GARP interval", ({ garp }) => (garp === 0 ? undefined : decimals(garp))),
    value("GNA interval", ({ gna }) => (gna === 0 ? undefined : decimals(gna))),
    (group) => ["Interfaces", ...group.interfaces.map((name) => ` ${name}`)],
  ]),
];
