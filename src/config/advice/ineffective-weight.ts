import type { VrrpInstance } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import { type Check, type Open, originOfKeyword, writtenAt } from "../open.ts";
import { type WeightedTracker, Weights } from "./weights.ts";

/** Priority of the router that owns the addresses (RFC 9568 §5.2.4): trackers do not move it. */
const OWNER = 255;
const HIGHEST = 254;
const LOWEST = 1;

/** The bound at which a tracker's weight is lost whatever the others do; undefined when it counts at times. */
function boundAt(
  priority: number,
  each: WeightedTracker,
  all: readonly WeightedTracker[],
): number | undefined {
  const others = all.filter((other) => other !== each);
  const least = others.reduce((sum, { lowest }) => sum + lowest, priority);
  const most = others.reduce((sum, { highest }) => sum + highest, priority);
  if (each.lowest === 0 && least >= HIGHEST) return HIGHEST;
  if (each.highest === 0 && most <= LOWEST) return LOWEST;
  return undefined;
}

function ofOwner(
  instance: Open<VrrpInstance>,
  [first, ...more]: readonly WeightedTracker[],
  report: ReportFault,
): void {
  if (!first) return;
  const written = writtenAt(instance, "priority");
  report(
    {
      code: "ineffective-weight",
      severity: "warning",
      summary: `the weight of ${first.what} never changes the priority of ${instance.name}, which is ${OWNER}`,
      detail: `${written === 0 ? "An instance with state MASTER and no priority has priority 255. " : ""}The priority of the owner of the addresses is fixed: when this fails, the router stays master. Give it a priority of at most ${HIGHEST}, or track without weight.`,
    },
    first.origin,
    [
      written === 0
        ? { origin: originOfKeyword(instance, "state"), message: "this makes the priority 255" }
        : { origin: written, message: "the priority" },
      ...more.map(({ origin }) => ({ origin, message: "nor does this weight" })),
    ],
  );
}

/** `ineffective-weight`: a weight that cannot move the priority, for the owner of the addresses or at a bound. */
export const ineffectiveWeight: Check = (config, report) => {
  const weights = new Weights(config);
  for (const instance of config.vrrp_instance) {
    const own = weights.of(instance);
    if (own.length === 0) continue;
    const { priority } = instance;
    if (priority === OWNER) {
      ofOwner(instance, own, report);
      continue;
    }
    const all = weights.on(instance);
    for (const each of own) {
      const bound = boundAt(priority, each, all);
      if (bound === undefined) continue;
      const higher = bound === HIGHEST;
      report(
        {
          code: "ineffective-weight",
          severity: "warning",
          summary: `the weight of ${each.what} never changes the priority of ${instance.name}, which ends at ${bound}`,
          detail: `The priority cannot go ${higher ? "above" : "below"} ${bound}, and it is there already: whether this is up or down changes no election. Write a ${higher ? "lower" : "higher"} priority, or a ${higher ? "negative" : "positive"} weight.`,
        },
        each.origin,
        [{ origin: writtenAt(instance, "priority"), message: "the priority" }],
      );
    }
  }
};
