import type { Change, ChangeKind, Impact, Plan } from "./plan.ts";
import { worst } from "./policy.ts";

/** How many changes of each kind, and of each impact other than none; `impact` is the worst. */
export interface Summary {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly impact: Impact;
  readonly impacts: { readonly [I in Exclude<Impact, "none">]?: number };
}

/** Counts the changes of a plan. */
export function summarize(plan: Plan): Summary {
  const changes = plan.changes.filter((change) => change.kind !== "keep");
  const count = (kind: ChangeKind) => changes.filter((change) => change.kind === kind).length;
  const impacts: { [I in Exclude<Impact, "none">]?: number } = {};
  for (const { impact } of changes) if (impact !== "none") impacts[impact] = (impacts[impact] ?? 0) + 1;
  return {
    create: count("create"),
    update: count("update"),
    replace: count("replace"),
    delete: count("delete"),
    impact: worst(changes.map((change: Change) => change.impact)),
    impacts,
  };
}
