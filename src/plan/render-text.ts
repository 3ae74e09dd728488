import type { Range } from "../diagnostics/diagnostic.ts";
import { originIn, valueRows } from "./block.ts";
import { childKeywords, schemaOf } from "./objects.ts";
import type { Carried, Change, ChangeKind, Impact, Plan, Reason } from "./plan.ts";
import { summarize } from "./summary.ts";
import { isWritten, rowText } from "./value-text.ts";

/** Finds places of origins: one function for each configuration. */
export interface Locate {
  readonly before: (origin: number) => Range;
  readonly after: (origin: number) => Range;
}

/** How parts of the text are marked; the identity for plain text. */
export type Palette = { readonly [part in Exclude<ChangeKind, "keep"> | "warning" | "dim"]: Mark };
type Mark = (text: string) => string;

const asIs: Mark = (text) => text;
export const PLAIN: Palette = {
  create: asIs,
  update: asIs,
  replace: asIs,
  delete: asIs,
  warning: asIs,
  dim: asIs,
};

const SYMBOLS = { create: "+", update: "~", replace: "-/+", delete: "-" } as const;

const IMPACTS: { readonly [I in Exclude<Impact, "none">]: string } = {
  drains: "no new connections, established ones live on",
  "drops-connections": "established connections may break",
  "may-transition": "an instance may change state",
  "needs-restart": "takes effect only when the daemon is started again",
};

const CARRIED: { readonly [C in Carried]: string } = {
  state: "state",
  weight: "weight",
  failures: "failure counts",
  connections: "connections",
  timers: "timers",
};

/** A plan for people, in the order in which it is carried out, ending in a summary line and a newline. */
export function renderText(plan: Plan, locate: Locate, palette: Palette = PLAIN): string {
  const lines = [...planLines(plan, locate, palette)];
  return lines.length === 0 ? "No changes.\n" : `${lines.join("\n")}\n\n${summaryLine(plan)}\n`;
}

/** The same line after line, without the summary. */
export function* planLines(plan: Plan, locate: Locate, palette: Palette = PLAIN): Iterable<string> {
  for (const change of plan.changes) yield* changeLines(change, locate, palette);
}

function changeLines(change: Change, locate: Locate, palette: Palette): string[] {
  if (change.kind === "keep") return [];
  const mark = palette[change.kind];
  const head = `${mark(SYMBOLS[change.kind].padStart(3))} ${mark(change.address)}`;
  const details = [
    ...impactLines(change, palette),
    ...(change.carries.length > 0 && change.kind === "update"
      ? [palette.dim(`kept: ${change.carries.map((carried) => CARRIED[carried]).join(", ")}`)]
      : []),
  ];
  if (change.kind === "create" || change.kind === "delete") {
    const [reason] = change.reasons;
    const place = reason ? placeOf(reason, locate) : "";
    return [
      `${head}${dimmed(place, palette)}`,
      ...indented([...contents(change, locate, palette), ...details]),
    ];
  }
  const reasons = change.reasons.map((reason) => reasonLine(reason, locate, palette));
  return [head, ...indented([...reasons, ...details])];
}

const indented = (lines: readonly string[]) => lines.map((line) => `      ${line}`);

function dimmed(place: string, palette: Palette): string {
  return place === "" ? "" : palette.dim(`  (${place})`);
}

function impactLines({ impact }: Change, palette: Palette): string[] {
  return impact === "none" ? [] : [palette.warning(`impact: ${impact} (${IMPACTS[impact]})`)];
}

/** The keywords written in an object that is created. */
function contents(change: Change, locate: Locate, palette: Palette): string[] {
  const schema = schemaOf(change.object);
  if (change.kind !== "create" || !schema || !change.after || !("$" in change.after)) return [];
  const block = change.after;
  const children = childKeywords(change.object);
  return valueRows(schema).flatMap(([keyword, row]) => {
    const value = (block as { readonly [keyword: string]: unknown })[keyword];
    if (children.has(keyword) || !isWritten({ ...block }, keyword, row)) return [];
    const at = originIn(block, keyword);
    const place = at === 0 ? "" : placeText(locate.after(at));
    return [`${keyword}: ${rowText(row, value) ?? ""}${dimmed(place, palette)}`];
  });
}

function reasonLine(reason: Reason, locate: Locate, palette: Palette): string {
  const notes = [
    placeOf(reason, locate),
    reason.note ?? "",
    reason.compiledOnly ? "not acted on by this version" : "",
    reason.impact === "needs-restart" ? "takes effect at the next start" : "",
  ].filter((note) => note !== "");
  const sides =
    reason.before === undefined && reason.after === undefined
      ? ""
      : `: ${reason.before ?? "(none)"} → ${reason.after ?? "(none)"}`;
  return `${reason.keyword}${sides}${dimmed(notes.join("; "), palette)}`;
}

/** `old.conf:8 → new.conf:9`, one of them when there is no other, and what the values are inherited from. */
function placeOf(reason: Reason, locate: Locate): string {
  const before = side(reason.before, reason.beforeAt, locate.before);
  const after = side(reason.after, reason.afterAt, locate.after);
  const { beforeFrom, afterFrom } = reason;
  if (beforeFrom === afterFrom) return `${inherited(afterFrom)}${pair(before, after)}`;
  return pair(`${inherited(beforeFrom)}${before}`, `${inherited(afterFrom)}${after}`);
}

function pair(before: string, after: string): string {
  return before === "" || after === "" || before === after ? before || after : `${before} → ${after}`;
}

function inherited(from: string | undefined): string {
  return from === undefined ? "" : `inherited from ${from}, `;
}

function side(text: string | undefined, at: number | undefined, locate: (origin: number) => Range): string {
  if (text === undefined) return "";
  return at === undefined || at === 0 ? "default" : placeText(locate(at));
}

function placeText({ file, line }: Range): string {
  return `${file}:${line}`;
}

/** `Plan: 1 to create, …`: how many changes of each kind, and what they do. */
export function summaryLine(plan: Plan): string {
  const summary = summarize(plan);
  const counts = `${summary.create} to create, ${summary.update} to update, ${summary.replace} to replace, ${summary.delete} to delete`;
  const impacts = Object.entries(summary.impacts).map(([impact, count]) => `${count} × ${impact}`);
  return `Plan: ${counts}. Impact: ${impacts.length === 0 ? "none" : impacts.join(", ")}.`;
}
