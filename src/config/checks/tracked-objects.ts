import type { TrackedObject } from "../../schema/composite.ts";
import { familyOf } from "../../values/ip.ts";
import {
  type Check,
  forgetOrigin,
  keepItems,
  type OpenConfig,
  type OpenMeta,
  originOfKeyword,
} from "../open.ts";
import { definedAbove } from "./defined-above.ts";
import { onceOnly } from "./tracking.ts";

interface Owner {
  $: OpenMeta;
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
      // keepalived's VRRP process does not know those that report to checkers only.
      return config.bfd_instance.filter(({ vrrp, checker }) => vrrp || !checker);
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
        forgetOrigin(process, keyword);
      }
    }
    // An upper limit of 0 is none, until a quorum above 1 stands.
    const limits = quorum > 1 || most !== 0;
    if (most === undefined || !limits || most >= quorum) continue;
    process.quorum_max = undefined;
    report(
      {
        code: "quorum-range",
        severity: "warning",
        summary: `quorum_max of ${process.name} is ignored: ${most} is less than its quorum of ${quorum}`,
      },
      originOfKeyword(process, "quorum_max"),
    );
    forgetOrigin(process, "quorum_max");
  }
};

/** Time to live, or hop limit, of the packets of a BFD session that names none. */
const TTL = { 4: 255, 6: 64 } as const;

/** `hops-above-ttl`: a packet cannot have made more hops than it may make. */
export const bfdHops: Check = (config, report) => {
  for (const session of config.bfd_instance) {
    const ttl = session.ttl ?? TTL[familyOf(session.neighbor_ip)];
    // -1 is 255 in the octet that keepalived keeps it in.
    const hops = session.max_hops < 0 ? 255 : session.max_hops;
    if (hops <= ttl) continue;
    report(
      {
        code: "hops-above-ttl",
        severity: "warning",
        summary: `max_hops ${session.max_hops} of bfd_instance ${session.name} is more than its ${familyOf(session.neighbor_ip) === 4 ? "ttl" : "hoplimit"} ${ttl}, which is used`,
      },
      originOfKeyword(session, "max_hops"),
    );
    session.max_hops = ttl;
  }
};

/**
 * `mixed-families`, `duplicate-neighbour`: a BFD session is of one family, and the only one with its neighbour. What
 * tracks a session that is left out tracks nothing.
 */
export const bfdNeighbours: Check = (config, report) => {
  const seen = new Map<string, readonly { readonly source: string | undefined; readonly at: number }[]>();
  const gone = new Set<string>();
  keepItems(config, "bfd_instance", ({ name, neighbor_ip: neighbour, source_ip: source, $ }) => {
    const others = seen.get(neighbour) ?? [];
    const first = others.find((other) => !other.source || !source || other.source === source)?.at;
    const mixed = source !== undefined && familyOf(neighbour) !== familyOf(source);
    if (!mixed && first === undefined) {
      seen.set(neighbour, [...others, { source, at: $.at }]);
      return true;
    }
    gone.add(name);
    const why = mixed
      ? `${source} and ${neighbour} are not of one family`
      : `another has the neighbour ${neighbour}`;
    report(
      {
        code: mixed ? "mixed-families" : "duplicate-neighbour",
        summary: `bfd_instance ${name} is left out: ${why}`,
      },
      $.at,
      mixed || first === undefined ? [] : [{ origin: first, message: "the first with this neighbour" }],
    );
    return false;
  });
  if (gone.size === 0) return;
  for (const owner of [...config.vrrp_instance, ...config.vrrp_sync_group])
    keepItems(owner, "track_bfd", ({ name }) => !gone.has(name));
  for (const { real_server: servers } of config.virtual_server)
    for (const real of servers) keepItems(real, "BFD_CHECK", ({ name }) => !gone.has(name));
};
