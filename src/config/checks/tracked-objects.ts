import type { TrackedObject } from "../../schema/composite.ts";
import { type Check, keepItems, type OpenConfig, originOfKeyword } from "../open.ts";
import type { DraftMeta } from "../shape.ts";
import { definedAbove } from "./defined-above.ts";
import { onceOnly } from "./tracking.ts";

interface Owner {
  $: DraftMeta;
  readonly name: string;
  track_file: readonly TrackedObject[];
  track_process: readonly TrackedObject[];
  track_bfd: readonly TrackedObject[];
}

interface Definition {
  readonly name: string;
  readonly $: { readonly at: number };
}

type List = "track_file" | "track_process" | "track_bfd";

/** Where the names of each list are defined. */
function definitionsOf(config: OpenConfig, list: List): readonly Definition[] {
  switch (list) {
    case "track_file":
      return config.track_file;
    case "track_process":
      return config.vrrp_track_process;
    case "track_bfd":
      return config.bfd_instance;
  }
}

const BLOCKS: Readonly<Record<List, string>> = {
  track_file: "track_file",
  track_process: "vrrp_track_process",
  track_bfd: "bfd_instance",
};

const LISTS: readonly List[] = ["track_file", "track_process", "track_bfd"];

/** `unknown-tracked`, `duplicate-tracking`: tracked files, processes and BFD sessions are defined, and tracked once. */
export const trackedObjects: Check = (config, report) => {
  const owners: readonly Owner[] = [...config.vrrp_instance, ...config.vrrp_sync_group];
  for (const list of LISTS) {
    const definitions = new Map(definitionsOf(config, list).map(({ name, $ }) => [name, $.at]));
    for (const owner of owners) {
      const seen = new Map<string, number>();
      keepItems(owner, list, ({ name }, origin) => {
        const use = { name, origin, owner: owner.name, block: BLOCKS[list] };
        return (
          definedAbove(use, definitions, "unknown-tracked", report) &&
          onceOnly(seen, name, owner.name, origin, report)
        );
      });
    }
  }
};

/** `tracking-delay`, `quorum-range`: what a tracked process says twice, or against itself. */
export const trackProcesses: Check = (config, report) => {
  for (const process of config.vrrp_track_process) {
    const { delay, quorum, quorum_max: most } = process;
    if (delay !== undefined) {
      for (const keyword of ["fork_delay", "terminate_delay"] as const) {
        // The later of the two counts.
        const own = process.$.of[keyword];
        if (own !== undefined && originOfKeyword(process, keyword) > originOfKeyword(process, "delay"))
          continue;
        process[keyword] = delay;
        delete process.$.of[keyword];
      }
    }
    if (most === undefined || most === 0 || most >= quorum) continue;
    process.quorum_max = undefined;
    report(
      {
        code: "quorum-range",
        severity: "warning",
        summary: `quorum_max of ${process.name} is ignored: ${most} is less than its quorum of ${quorum}`,
      },
      originOfKeyword(process, "quorum_max"),
    );
    delete process.$.of.quorum_max;
  }
};

/** `mixed-families`: a BFD session is of one family. */
export const bfdFamilies: Check = (config, report) => {
  keepItems(config, "bfd_instance", ({ name, neighbor_ip: neighbour, source_ip: source, $ }) => {
    if (source === undefined || neighbour.includes(":") === source.includes(":")) return true;
    report(
      {
        code: "mixed-families",
        summary: `bfd_instance ${name} is left out: ${source} and ${neighbour} are not of one family`,
      },
      $.at,
    );
    return false;
  });
};
