import type { TrackedScript, VrrpInstance, VrrpScript, VrrpSyncGroup } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import { type Check, type Open, originOfKeyword } from "../open.ts";

const FALSE = /^(?:\/(?:usr\/)?bin\/)?false$/;
const TRUE = /^(?:\/(?:usr\/)?bin\/)?true$/;

/** A tracked object whose one state is a fault. */
interface FaultWhen {
  readonly what: string;
  readonly reverse: boolean;
  readonly origin: number;
}

type Scripts = ReadonlyMap<string, Open<VrrpScript>>;
type Tracking = Open<VrrpInstance> | Open<VrrpSyncGroup>;

function scriptFault(tracked: TrackedScript, scripts: Scripts, origin: number): FaultWhen | undefined {
  const script = scripts.get(tracked.script);
  if (!script || (tracked.weight ?? script.weight.weight) !== 0) return undefined;
  const inherited = tracked.weight === undefined && script.weight.reverse;
  return { what: `script ${tracked.script}`, reverse: tracked.reverse || inherited, origin };
}

/** What is a fault of the block when it is down, or up. */
function faultsOf(block: Tracking, scripts: Scripts): readonly FaultWhen[] {
  return [
    ...block.track_script.flatMap(
      (each, index) => scriptFault(each, scripts, originOfKeyword(block, "track_script", index)) ?? [],
    ),
    ...block.track_interface.flatMap(({ interface: name, weight, reverse }, index) =>
      weight === 0
        ? [{ what: `interface ${name}`, reverse, origin: originOfKeyword(block, "track_interface", index) }]
        : [],
    ),
  ];
}

/** The two trackers of one object of which one is always at fault. */
function contradiction(faults: readonly FaultWhen[]): readonly [FaultWhen, FaultWhen] | undefined {
  const seen = new Map<string, FaultWhen>();
  for (const fault of faults) {
    const other = seen.get(fault.what);
    if (other && other.reverse !== fault.reverse) return [other, fault];
    if (!other) seen.set(fault.what, fault);
  }
  return undefined;
}

/** `never-master` of scripts: a command that cannot end otherwise, tracked so that this is a fault. */
function constantScript(name: string, block: Tracking, scripts: Scripts, report: ReportFault): void {
  for (const [index, tracked] of block.track_script.entries()) {
    const origin = originOfKeyword(block, "track_script", index);
    const fault = scriptFault(tracked, scripts, origin);
    const script = scripts.get(tracked.script);
    const [program = ""] = script?.script.argv ?? [];
    if (!fault || !script || !(fault.reverse ? TRUE : FALSE).test(program)) continue;
    report(
      {
        code: "never-master",
        severity: "warning",
        summary: `${name} is always at fault and never becomes master: script ${script.name} runs ${program}`,
        detail: `Without weight a ${fault.reverse ? "success" : "failure"} of it is a fault. If this is to keep the router out, remove the instance, or its priority will be missed.`,
      },
      origin,
      [{ origin: originOfKeyword(script, "script"), message: "this never changes" }],
    );
    return;
  }
}

/** `never-master`: an instance that is at fault whatever the host does. */
export const neverMaster: Check = (config, report) => {
  const scripts: Scripts = new Map(config.vrrp_script.map((script) => [script.name, script]));
  const groups = new Map(
    config.vrrp_sync_group.flatMap((group) => group.group.map((member) => [member, group] as const)),
  );
  for (const group of config.vrrp_sync_group) constantScript(group.name, group, scripts, report);
  for (const instance of config.vrrp_instance) {
    constantScript(instance.name, instance, scripts, report);
    const group = groups.get(instance.name);
    const own: FaultWhen[] =
      instance.interface === undefined || instance.dont_track_primary
        ? []
        : [
            {
              what: `interface ${instance.interface}`,
              reverse: false,
              origin: originOfKeyword(instance, "interface"),
            },
          ];
    const found = contradiction([
      ...own,
      ...faultsOf(instance, scripts),
      ...(group ? faultsOf(group, scripts) : []),
    ]);
    if (!found) continue;
    const [first, second] = found;
    report(
      {
        code: "never-master",
        severity: "warning",
        summary: `${instance.name} is always at fault and never becomes master: ${first.what} has to be both up and down`,
        detail: `It is tracked ${second.reverse ? "with" : "without"} reverse here and ${second.reverse ? "without" : "with"} it elsewhere, both without weight. Remove one of them${group ? `, or ${group.name} stays at fault as a whole` : ""}.`,
      },
      second.origin,
      [{ origin: first.origin, message: "tracked the other way here" }],
    );
  }
};
