import type { TrackedInterface, TrackedScript, VrrpSyncGroup } from "../../config/config.ts";
import type { ScriptTracker } from "../track/script-tracker.ts";
import type { Tracked } from "../track/weigh.ts";
import type { InterfaceFacts } from "./contract.ts";
import type { Definition } from "./definition.ts";

/** Where trackers look: the interfaces and scripts that are known, by name. */
export interface Observed {
  readonly interfaces: ReadonlyMap<string, InterfaceFacts>;
  readonly scripts: ReadonlyMap<string, ScriptTracker>;
}

/**
 * What an instance goes by besides its own interface. In a sync group its weights do not count, for members of
 * different priority would fight; the group's own count for every member. Its own interface is no extra.
 */
export function trackedObjects(
  { config }: Definition,
  group: VrrpSyncGroup | undefined,
  observed: Observed,
): Tracked[] {
  const others = (config.track_interface ?? []).filter((each) => each.interface !== config.interface);
  const own = [
    ...others.map((each) => trackInterface(each, observed)),
    ...(config.track_script ?? []).flatMap((each) => trackScript(each, observed)),
  ];
  if (group === undefined) return own;
  return [
    ...own.filter(({ weight }) => weight === 0),
    ...(group.track_interface ?? []).map((each) => trackInterface(each, observed)),
    ...(group.track_script ?? []).flatMap((each) => trackScript(each, observed)),
  ];
}

function trackInterface({ interface: name, weight, reverse }: TrackedInterface, observed: Observed): Tracked {
  const running = observed.interfaces.get(name)?.running ?? false;
  return { what: `interface ${name}`, status: running ? "up" : "down", weight, reverse };
}

function trackScript(tracked: TrackedScript, observed: Observed): Tracked[] {
  const tracker = observed.scripts.get(tracked.script);
  if (tracker === undefined) return [];
  const { weight, reverse } =
    tracked.weight === undefined
      ? { weight: tracker.config.weight.weight, reverse: tracked.reverse || tracker.config.weight.reverse }
      : { weight: tracked.weight, reverse: tracked.reverse };
  return [{ what: `script ${tracked.script}`, status: tracker.status, weight, reverse }];
}

/** Why the interface that an instance runs on does not let it run; undefined when it does. */
export function interfaceFault(
  { config, family }: Definition,
  facts: InterfaceFacts | undefined,
  source: string | undefined,
): string | undefined {
  if (config.interface !== undefined) {
    if (facts === undefined || facts.ifindex === 0) return `interface ${config.interface} missing`;
    if (!facts.running && !config.dont_track_primary) return `interface ${config.interface} down`;
  }
  return source === undefined ? `no IPv${family} address for interface` : undefined;
}
