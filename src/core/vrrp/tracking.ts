import type {
  TrackedInterface,
  TrackedObject,
  TrackedScript,
  VrrpInstance,
  VrrpSyncGroup,
} from "../../config/config.ts";
import type { TrackedNames, Trackers } from "../track/trackers.ts";
import type { Tracked } from "../track/weigh.ts";
import type { InterfaceFacts } from "./contract.ts";
import type { Definition } from "./definition.ts";

/** Where trackers look: what is known of interfaces and of everything else that is tracked, by name. */
export interface Observed {
  readonly interfaces: ReadonlyMap<string, InterfaceFacts>;
  readonly trackers: Trackers;
  /** Weights of bfd_instance blocks. */
  readonly sessionWeights: ReadonlyMap<string, Weight>;
}

/** The group of an instance. */
export interface Tied {
  readonly config: VrrpSyncGroup;
  /** A member has priority 255: weights of the group count as 0. */
  readonly owned: boolean;
}

interface Weight {
  readonly weight: number;
  readonly reverse: boolean;
}

/** A tracked object, and whether its weight is one that counts as not written. */
type Named = Tracked & { readonly defaulted?: boolean };

/** The weight of a file that has none, also when it is written: keepalived makes no difference. */
const DEFAULT_FACTOR = 1;

const PRIORITY_OWNER = 255;

/** What instances and sync groups track. */
type Owner = Pick<
  VrrpInstance,
  "track_interface" | "track_script" | "track_file" | "track_process" | "track_bfd"
>;

/**
 * What an instance goes by besides its own interface. In a sync group its weights do not count, for members of
 * different priority would fight, unless the group says that they do; the group's own count for every member. The
 * address owner's priority does not move, so what it tracks with a weight is not tracked. Its own interface is no extra.
 */
export function trackedObjects(
  { config, follows }: Definition,
  group: Tied | undefined,
  observed: Observed,
): Tracked[] {
  const explicit = new Set((config.track_interface ?? []).map((each) => each.interface));
  const implied = follows.filter((name) => !explicit.has(name));
  const all = [
    ...trackedBy(config, observed).filter(({ what }) => what !== `interface ${config.interface}`),
    ...implied.map((name) => trackInterface({ interface: name, weight: 0, reverse: false }, observed)),
  ];
  const fixed = config.priority === PRIORITY_OWNER;
  const bound = group !== undefined && !weighsMembers(group.config);
  const own = fixed || bound ? all.flatMap((each) => unweighted(each, fixed)) : all;
  if (group === undefined) return own;
  const shared = trackedBy(group.config, observed);
  // What both track, the group does.
  const names = new Set(shared.map(({ what }) => what));
  return [
    ...own.filter(({ what }) => !names.has(what)),
    ...(group.owned ? shared.map((each) => ({ ...each, weight: 0 })) : shared),
  ];
}

/** Both keywords come to the same in keepalived. */
function weighsMembers({ global_tracking, sync_group_tracking_weight }: VrrpSyncGroup): boolean {
  return global_tracking || sync_group_tracking_weight;
}

/** What becomes of a tracked object whose weight must not count. keepalived leaves processes of a group's members. */
function unweighted(tracked: Named, fixed: boolean): Named[] {
  if (tracked.weight === 0) return [tracked];
  if (tracked.defaulted) return [{ ...tracked, weight: 0 }];
  return !fixed && tracked.what.startsWith("process ") ? [tracked] : [];
}

function trackedBy(owner: Owner, observed: Observed): Named[] {
  return [
    ...(owner.track_interface ?? []).map((each) => trackInterface(each, observed)),
    ...(owner.track_script ?? []).flatMap((each) => trackScript(each, observed)),
    ...(owner.track_file ?? []).flatMap((each) => trackFile(each, observed)),
    ...(owner.track_process ?? []).flatMap((each) => trackProcess(each, observed)),
    ...(owner.track_bfd ?? []).flatMap((each) => trackSession(each, observed)),
  ];
}

/** The weight on the line, else that of what is tracked; `reverse` may be on either. */
function weightOf(line: Partial<Weight>, own: Weight): Weight {
  const reverse = line.reverse ?? false;
  return line.weight === undefined
    ? { weight: own.weight, reverse: reverse || own.reverse }
    : { weight: line.weight, reverse };
}

function trackInterface({ interface: name, weight, reverse }: TrackedInterface, observed: Observed): Named {
  const running = observed.interfaces.get(name)?.running ?? false;
  return { what: `interface ${name}`, status: running ? "up" : "down", weight, reverse };
}

function trackScript(tracked: TrackedScript, { trackers }: Observed): Named[] {
  const { script: name } = tracked;
  const tracker = trackers.scripts.get(name);
  if (tracker === undefined) return [];
  const { config, status, how } = tracker;
  return [{ what: `script ${name}`, status, how, ...weightOf(tracked, config.weight) }];
}

function trackFile(tracked: TrackedObject, { trackers }: Observed): Named[] {
  const { name } = tracked;
  const tracker = trackers.files.get(name);
  if (tracker === undefined) return [];
  const { config, value } = tracker;
  const defaulted = tracked.weight === undefined && config.weight.weight === DEFAULT_FACTOR;
  return [{ what: `file ${name}`, value, defaulted, ...weightOf(tracked, config.weight) }];
}

function trackProcess(tracked: TrackedObject, { trackers }: Observed): Named[] {
  const { name } = tracked;
  const tracker = trackers.processes.get(name);
  if (tracker === undefined) return [];
  const { config, status, how } = tracker;
  const weight = weightOf(tracked, config.weight);
  return [{ what: `process ${name}`, status, how, soon: true, ...weight }];
}

/** A session that nobody has told of is run by nobody: it is not tracked. */
function trackSession(tracked: TrackedObject, { trackers, sessionWeights }: Observed): Named[] {
  const { name } = tracked;
  const up = trackers.sessions.get(name);
  if (up === undefined) return [];
  const weight = weightOf(tracked, sessionWeights.get(name) ?? { weight: 0, reverse: false });
  return [{ what: `bfd ${name}`, status: up ? "up" : "down", ...weight }];
}

/** The names of what instances and groups track, by kind. */
export function trackedNames(owners: Iterable<Owner>): TrackedNames {
  const names = { scripts: new Set<string>(), files: new Set<string>(), processes: new Set<string>() };
  for (const { track_script, track_file, track_process } of owners) {
    for (const { script } of track_script ?? []) names.scripts.add(script);
    for (const { name } of track_file ?? []) names.files.add(name);
    for (const { name } of track_process ?? []) names.processes.add(name);
  }
  return names;
}

/** Why the interfaces that an instance runs on do not let it run; undefined when they do. */
export function interfaceFault(
  { config, family, group, own, device }: Definition,
  interfaces: ReadonlyMap<string, InterfaceFacts>,
  source: string | undefined,
): string | undefined {
  for (const name of [config.interface ?? config.vrf, own?.name]) {
    if (name === undefined) continue;
    const { ifindex = 0, running = false } = interfaces.get(name) ?? {};
    if (ifindex === 0) return `interface ${name} missing`;
    if (!running && !config.dont_track_primary) return `interface ${name} down`;
  }
  // A macvlan's IPv4 adverts come from the address of what is below it.
  const sender = own?.mac !== undefined && family === 4 ? config.interface : device;
  const facts = sender === undefined ? undefined : interfaces.get(sender);
  if (source === undefined) return `no IPv${family} address for interface`;
  const configured = group === undefined ? config.unicast_src_ip : config.mcast_src_ip;
  if (!config.track_src_ip || configured === undefined || facts?.addresses === undefined) return undefined;
  return facts.addresses.includes(source) ? undefined : `source address ${source} missing`;
}
