import type { TrackedInterface, TrackedScript, VrrpInstance, VrrpSyncGroup } from "../config.ts";
import { type Open, type OpenConfig, originOfKeyword } from "../open.ts";

/** Something that is tracked with a weight: where, and the range of what it can add to the priority. */
export interface WeightedTracker {
  readonly what: string;
  readonly origin: number;
  readonly lowest: number;
  readonly highest: number;
}

interface Weight {
  readonly weight: number;
  readonly reverse: boolean;
}

/** What instances and sync groups track, by the keyword of the list. */
interface TrackingBlock {
  readonly $: Open<VrrpInstance>["$"];
  readonly track_interface: readonly TrackedInterface[];
  readonly track_script: readonly TrackedScript[];
  readonly track_process: readonly NamedTracker[];
  readonly track_bfd: readonly NamedTracker[];
  readonly track_file: readonly NamedTracker[];
}

interface NamedTracker {
  readonly name: string;
  readonly weight?: number;
  readonly reverse: boolean;
}

type OwnWeights = ReadonlyMap<string, Weight>;

function ownWeights(
  blocks: readonly { readonly name: string; readonly weight?: Weight | undefined }[],
): OwnWeights {
  return new Map(blocks.flatMap(({ name, weight }) => (weight ? [[name, weight] as const] : [])));
}

/** The weight on the line of a tracked object, else the object's own. */
function weightOf(name: string, line: Partial<Weight>, own: OwnWeights): Weight {
  const reverse = line.reverse ?? false;
  if (line.weight !== undefined) return { weight: line.weight, reverse };
  const known = own.get(name);
  return { weight: known?.weight ?? 0, reverse: reverse || (known?.reverse ?? false) };
}

/** The manual's table: added while up when positive, while down when negative; reverse subtracts instead. */
function tracker(what: string, origin: number, { weight, reverse }: Weight): WeightedTracker[] {
  if (weight === 0) return [];
  const change = reverse ? -weight : weight;
  return [{ what, origin, lowest: Math.min(0, change), highest: Math.max(0, change) }];
}

/** Finds what is tracked with a weight; made once for a configuration. */
export class Weights {
  private readonly scripts: OwnWeights;
  private readonly processes: OwnWeights;
  private readonly sessions: OwnWeights;
  private readonly files: OwnWeights;
  private readonly groups: ReadonlyMap<string, Open<VrrpSyncGroup>>;

  constructor(config: OpenConfig) {
    this.scripts = ownWeights(config.vrrp_script);
    this.processes = ownWeights(config.vrrp_track_process);
    this.sessions = ownWeights(config.bfd_instance);
    this.files = ownWeights(config.track_file);
    this.groups = new Map(
      config.vrrp_sync_group.flatMap((group) => group.group.map((member) => [member, group] as const)),
    );
  }

  /** The sync group that an instance is in. */
  groupOf(instance: string): Open<VrrpSyncGroup> | undefined {
    return this.groups.get(instance);
  }

  /** What an instance or sync group itself tracks with a weight, in the order of the text. */
  of(block: TrackingBlock): readonly WeightedTracker[] {
    const at = (keyword: string, index: number): number => originOfKeyword(block, keyword, index);
    const all = [
      ...block.track_interface.flatMap((each, index) =>
        tracker(`interface ${each.interface}`, at("track_interface", index), each),
      ),
      ...block.track_script.flatMap((each, index) =>
        tracker(
          `script ${each.script}`,
          at("track_script", index),
          weightOf(each.script, each, this.scripts),
        ),
      ),
      ...block.track_process.flatMap((each, index) =>
        tracker(
          `process ${each.name}`,
          at("track_process", index),
          weightOf(each.name, each, this.processes),
        ),
      ),
      ...block.track_bfd.flatMap((each, index) =>
        tracker(`bfd ${each.name}`, at("track_bfd", index), weightOf(each.name, each, this.sessions)),
      ),
      ...block.track_file.flatMap((each, index) =>
        // Its number, of either sign, is multiplied with the weight.
        tracker(`file ${each.name}`, at("track_file", index), weightOf(each.name, each, this.files)).map(
          ({ what, origin }) => ({ what, origin, lowest: -Infinity, highest: Infinity }),
        ),
      ),
    ];
    return all.sort((a, b) => a.origin - b.origin);
  }

  /** All that moves the priority of an instance: what it tracks, and what its sync group does. */
  on(instance: Open<VrrpInstance>): readonly WeightedTracker[] {
    const group = this.groupOf(instance.name);
    return group ? [...this.of(instance), ...this.of(group)] : this.of(instance);
  }
}
