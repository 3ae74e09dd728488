import type { TrackedObject } from "../../schema/composite.ts";
import type { Config, TrackedInterface, TrackedScript, VrrpSyncGroup } from "../config.ts";
import { type Entry, items, script, value } from "./layout.ts";
import { weightText } from "./numbers.ts";

/** What instances and sync groups have alike. */
type Tracker = Pick<
  VrrpSyncGroup,
  | "track_interface"
  | "track_script"
  | "track_file"
  | "track_process"
  | "track_bfd"
  | "notify_master"
  | "notify_backup"
  | "notify_fault"
  | "notify_stop"
  | "notify"
>;

interface Weight {
  readonly weight: number;
  readonly reverse: boolean;
}
const NONE: Weight = { weight: 0, reverse: false };

/** The weight of a line of a tracking list: its own, or the one of what it tracks. */
export function weightOf(
  tracked: TrackedObject | TrackedScript | TrackedInterface,
  own: Weight | undefined = NONE,
): Weight {
  return tracked.weight === undefined ? own : { weight: tracked.weight, reverse: tracked.reverse };
}

function own(list: readonly ({ readonly name: string } & { readonly weight: Weight })[], name: string) {
  return list.find((one) => one.name === name)?.weight;
}

function lines(
  tracked: readonly TrackedObject[],
  list: readonly { readonly name: string; readonly weight: Weight }[],
  separator = ", ",
): string[] {
  return tracked
    .filter(({ name }) => list.some((one) => one.name === name))
    .map((one) => `${one.name}${separator}weight ${weightText(weightOf(one, own(list, one.name)))}`);
}

/** The tracking lists; `weighed` says whether weights of interfaces count; the title of processes is not always the same. */
export function trackedEntries<B extends Tracker>(
  weighed: (block: B, config: Config) => boolean,
  processes = "Tracked processes :",
): readonly Entry<B>[] {
  return [
    items("Tracked interfaces :", (block, { config }) =>
      block.track_interface.map(
        (one) => `${one.interface} weight ${weightText(weighed(block, config) ? one : NONE)}`,
      ),
    ),
    items("Tracked scripts :", (block, { config }) =>
      lines(
        block.track_script.map(({ script: name, ...rest }) => ({ name, ...rest })),
        config.vrrp_script,
        " ",
      ),
    ),
    items("Tracked files :", (block, { config }) => lines(block.track_file, config.track_file)),
    items(processes, (block, { config }) => lines(block.track_process, config.vrrp_track_process)),
    items("Tracked BFDs :", (block, { config }) =>
      lines(block.track_bfd, config.bfd_instance.filter(reportsToVrrp), ": "),
    ),
  ];
}

type Named = { readonly [K in keyof Tracker as K extends `notify${string}` ? K : never]: Tracker[K] };
const STATES: readonly (readonly [label: string, keyword: keyof Named])[] = [
  ["Master", "notify_master"],
  ["Backup", "notify_backup"],
  ["Fault", "notify_fault"],
  ["Stop", "notify_stop"],
];

/** The scripts of the states. */
export function stateScripts<B extends Tracker>(): readonly Entry<B>[] {
  return STATES.map(([label, keyword]) =>
    value<B>(`${label} state transition script`, (block, scope) => script(block[keyword], scope)),
  );
}

/** The script of every transition. */
export function anyScript<B extends Tracker>(): Entry<B> {
  return value("Generic state transition script", (block, scope) => script(block.notify, scope));
}

/** Whether a session reports to VRRP: always, unless to checkers only. */
export function reportsToVrrp(session: { readonly vrrp: boolean; readonly checker: boolean }): boolean {
  return session.vrrp || !session.checker;
}
