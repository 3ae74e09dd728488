import type { Config } from "../config/config.ts";
import { type Cause, causesOf } from "./causes.ts";
import { equalValues } from "./equal.ts";
import { childKeywords, isSame, keyOf, type Node, type ObjectNodes, objectsOf, textOf } from "./objects.ts";
import { type Outcome, ordered } from "./order.ts";
import type { Carried, Change, ChangeKind, Impact, ObjectType, Owner, Plan, Reason } from "./plan.ts";
import { type KeywordPolicy, type ObjectPolicy, POLICIES, worst } from "./policy.ts";

/**
 * All that is to be done to get from one configuration to another, in the order of order.ts. Start is a plan from the
 * empty configuration, stop one to it. Objects that do not change are listed with kind `keep`.
 */
export function diff(running: Config, next: Config): Plan {
  return { changes: [...changesBetween(running, next)] };
}

/**
 * The changes of that plan one after the other, those inside a virtual server made when it is its turn: of tens of
 * thousands of servers a plan takes as much memory as the servers themselves.
 */
export function changesBetween(running: Config, next: Config): Iterable<Change> {
  return changesOf(objectsOf(running), objectsOf(next));
}

/**
 * The changes of that plan but for those of kind `keep`: what there is to read. Virtual servers that are equal with all
 * that is inside them, of which there are tens of thousands, are passed over and nothing is made for them.
 */
export function differences(running: Config, next: Config): Plan {
  const before = objectsOf(running);
  const after = objectsOf(next);
  const [old, now] = withoutEqual(before.virtual_server ?? [], after.virtual_server ?? []);
  const changes = changesOf({ ...before, virtual_server: old }, { ...after, virtual_server: now });
  return { changes: [...changes].filter(({ kind }) => kind !== "keep") };
}

function changesOf(before: ObjectNodes, after: ObjectNodes): Iterable<Change> {
  const outcomes = (Object.keys(POLICIES) as ObjectType[]).flatMap((object) =>
    compareSets(before[object] ?? [], after[object] ?? [], undefined),
  );
  return ordered(outcomes);
}

/** Two lists of objects without those that both have, equal in every value. */
function withoutEqual(before: readonly Node[], after: readonly Node[]): [old: Node[], now: Node[]] {
  const old = new Map(before.map((node) => [node.id, node]));
  const now = after.filter((node) => {
    const partner = old.get(node.id);
    return !(partner && equalValues(partner.value, node.value) && old.delete(node.id));
  });
  return [[...old.values()], now];
}

/** Nothing is created, updated, replaced or deleted. */
export function isEmpty(plan: Plan): boolean {
  return plan.changes.every((change) => change.kind === "keep");
}

/**
 * Whether one process carries out a change. `global_defs`, which the parent owns, is everybody's: instances and scripts
 * take their defaults from it.
 */
export function concerns(change: Change, owner: Owner): boolean {
  return change.owner === owner || change.object === "global_defs";
}

/** The part of a plan that one process carries out. */
export function forOwner(plan: Plan, owner: Owner): Plan {
  return { changes: plan.changes.filter((change) => concerns(change, owner)) };
}

/** The object around the ones compared: what became of it decides what becomes of them. */
interface Parent {
  readonly address: string;
  readonly id: string;
  readonly object: ObjectType;
  readonly kind: ChangeKind;
}

const NO_NODES: readonly Node[] = [];
const NO_OUTCOMES: readonly Outcome[] = [];
const childless = (): readonly Outcome[] => NO_OUTCOMES;
const NO_REASONS: readonly Reason[] = [];

/** Matches two sets of objects by type and identity: those of `next` in their order, then those that are gone. */
function compareSets(before: readonly Node[], after: readonly Node[], parent: Parent | undefined): Outcome[] {
  if (before.length === after.length && before.every((node, at) => after[at] && isSame(node, after[at])))
    return before.map((node, at) => compare(node, after[at], parent));
  const old = new Map(before.map((node) => [keyOf(node), node]));
  const outcomes = after.map((node) => {
    const key = keyOf(node);
    const partner = old.get(key);
    old.delete(key);
    return compare(partner, node, parent);
  });
  for (const node of old.values()) outcomes.push(compare(node, undefined, parent));
  return outcomes;
}

function compare(before: Node | undefined, after: Node | undefined, parent: Parent | undefined): Outcome {
  const node = after ?? before;
  if (!node) throw new Error("one side of a comparison has to be there");
  // Each node is compared under the policy of its own type.
  const policy = POLICIES[node.object] as ObjectPolicy<ObjectType>;
  const verdict =
    before && after ? compareBoth(policy, before, after, parent) : onlyOne(policy, before, after, parent);
  const name = node.id === "" ? node.object : `${node.object}[${node.id}]`;
  const address = parent ? `${parent.address}/${name}` : name;
  const change = {
    object: node.object,
    address,
    parent: parent?.id ?? "",
    id: node.id,
    owner: policy.owner,
    kind: verdict.kind,
    impact: verdict.impact,
    reasons: verdict.reasons,
    carries: verdict.carries,
    before: before?.value,
    after: after?.value,
    // Before and after are values of nodes whose object is this one.
  } as Change;
  if (childKeywords(node.object).size === 0) return { change, children: childless };
  const self: Parent = { address, id: node.id, object: node.object, kind: verdict.kind };
  return {
    change,
    children: () => compareSets(before?.children() ?? NO_NODES, after?.children() ?? NO_NODES, self),
  };
}

interface Verdict {
  readonly kind: ChangeKind;
  readonly impact: Impact;
  readonly reasons: readonly Reason[];
  readonly carries: readonly Carried[];
}

function onlyOne(
  policy: ObjectPolicy<ObjectType>,
  before: Node | undefined,
  after: Node | undefined,
  parent: Parent | undefined,
): Verdict {
  const reason: Reason = {
    keyword: (after ?? before)?.keyword ?? "",
    ...(before && { before: textOf(before), ...(before.at !== 0 && { beforeAt: before.at }) }),
    ...(after && { after: textOf(after), ...(after.at !== 0 && { afterAt: after.at }) }),
  };
  if (after) return { kind: "create", impact: policy.created, reasons: [reason], carries: [] };
  const impact = parent?.kind === "delete" ? policy.deletedWithParent : policy.deleted;
  return { kind: "delete", impact, reasons: [reason], carries: [] };
}

function compareBoth(
  policy: ObjectPolicy<ObjectType>,
  before: Node,
  after: Node,
  parent: Parent | undefined,
): Verdict {
  const causes = causesBetween(before, after);
  if (causes.length === 0 && parent?.kind !== "replace")
    return { kind: "keep", impact: "none", reasons: NO_REASONS, carries: policy.carries };
  const judged = causes.map((cause) => judge(policy, cause, before, after));
  const reasons = judged.map(({ reason }) => reason);
  if (parent?.kind === "replace") {
    const note: Reason = { keyword: parent.object, note: "replaced, and what is inside with it" };
    return { kind: "replace", impact: policy.deletedWithParent, reasons: [note, ...reasons], carries: [] };
  }
  if (judged.some(({ replaces }) => replaces))
    return {
      kind: "replace",
      impact: worst([policy.replaced, ...judged.map(({ impact }) => impact)]),
      reasons,
      carries: [],
    };
  const drops = new Set(judged.flatMap((one) => one.drops));
  return {
    kind: "update",
    impact: worst(judged.map(({ impact }) => impact)),
    reasons,
    carries: policy.carries.filter((state) => !drops.has(state)),
  };
}

function causesBetween(before: Node, after: Node): readonly Cause[] {
  if (before.scope && after.scope) return causesOf(before.scope, after.scope, childKeywords(after.object));
  const old = { keyword: before.keyword, before: textOf(before), beforeAt: before.at };
  const now = { keyword: after.keyword, after: textOf(after), afterAt: after.at };
  const cause = (reason: Reason): Cause => ({ path: [reason.keyword], reason });
  if (before.keyword !== after.keyword) return [cause(old), cause(now)];
  return old.before === now.after ? [] : [cause({ ...old, ...now })];
}

interface Judged {
  readonly reason: Reason;
  readonly impact: Impact;
  readonly replaces: boolean;
  readonly drops: readonly Carried[];
}

/** What one changed keyword does: by its policy, then by the `onChange` of its row, and otherwise nothing. */
function judge(policy: ObjectPolicy<ObjectType>, cause: Cause, before: Node, after: Node): Judged {
  const { path, row, reason } = cause;
  if (row?.compiledOnly) return { reason, impact: "none", replaces: false, drops: [] };
  const rule: KeywordPolicy<Node["value"]> | undefined =
    policy.keywords[path.join("/")] ?? (path[0] === undefined ? undefined : policy.keywords[path[0]]);
  const replaces =
    row?.onChange === "recreate" ||
    (typeof rule?.replaces === "function"
      ? rule.replaces(before.value, after.value)
      : rule?.replaces === true);
  const restarts = row?.onChange === "restart";
  const ruled =
    typeof rule?.impact === "function" ? rule.impact(before.value, after.value) : (rule?.impact ?? "none");
  const impact = worst([
    ruled,
    ...(replaces ? [policy.replaced] : []),
    ...(restarts ? [policy.restarted] : []),
  ]);
  return {
    reason: impact === "none" ? reason : { ...reason, impact },
    impact,
    replaces,
    drops: [...(rule?.drops ?? []), ...(restarts ? (["timers"] as const) : [])],
  };
}
