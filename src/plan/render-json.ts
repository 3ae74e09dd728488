import { MASK } from "../config/text.ts";
import type { AnyBlockSchema, AnyRow } from "../schema/row.ts";
import { type Block, blocksOf, valueRows } from "./block.ts";
import { childKeywords, schemaOf } from "./objects.ts";
import type { Change, Plan, Reason } from "./plan.ts";
import type { Locate } from "./render-text.ts";
import { summarize } from "./summary.ts";

/** What can stand in JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * A plan as one JSON object: `version` 1, `changes` in the order in which they are carried out, `summary`. Objects that
 * do not change are left out unless `keep`. `before` and `after` are null where there is no such object; they hold the
 * object's own keywords as `dump --format json` does, not those of the objects inside it. Secrets are masked.
 */
export function renderJson(plan: Plan, locate: Locate, options: { readonly keep?: boolean } = {}): Json {
  const changes = plan.changes.filter((change) => options.keep || change.kind !== "keep");
  return {
    version: 1,
    changes: changes.map((change) => ({
      address: change.address,
      object: change.object,
      kind: change.kind,
      impact: change.impact,
      owner: change.owner,
      reasons: change.reasons.map((reason) => reasonJson(reason, locate)),
      carries: change.carries,
      before: objectJson(change, change.before),
      after: objectJson(change, change.after),
    })),
    summary: { ...summarize(plan) },
  };
}

/** `file` and `line` are where the reason stands in the next configuration, or else in the running one. */
function reasonJson(reason: Reason, locate: Locate): Json {
  const before = reason.beforeAt ? locate.before(reason.beforeAt) : undefined;
  const after = reason.afterAt ? locate.after(reason.afterAt) : undefined;
  const main = after ?? before;
  return {
    keyword: reason.keyword,
    before: reason.before ?? null,
    after: reason.after ?? null,
    impact: reason.impact ?? "none",
    ...(main && { file: main.file, line: main.line }),
    ...(before && { beforeFile: before.file, beforeLine: before.line }),
    ...(after && { afterFile: after.file, afterLine: after.line }),
    ...(reason.beforeFrom !== undefined && { beforeFrom: reason.beforeFrom }),
    ...(reason.afterFrom !== undefined && { afterFrom: reason.afterFrom }),
    ...(reason.compiledOnly && { notImplemented: true }),
    ...(reason.note !== undefined && { note: reason.note }),
  };
}

function objectJson(change: Change, value: Change["before"]): Json {
  if (value === undefined) return null;
  const schema = schemaOf(change.object);
  return schema && "$" in value
    ? blockJson(schema, { ...value }, childKeywords(change.object))
    : plain(value);
}

const NOTHING: ReadonlySet<string> = new Set();

function blockJson(schema: AnyBlockSchema, block: Block, except: ReadonlySet<string>): Json {
  const header = Object.keys(schema.header).map((property) => [property, plain(block[property])] as const);
  const rows = valueRows(schema)
    .filter(([keyword]) => !except.has(keyword) && block[keyword] !== undefined)
    .map(([keyword, row]) => [keyword, rowJson(row, block[keyword])] as const);
  return Object.fromEntries([...header, ...rows]);
}

function rowJson(row: AnyRow, value: unknown): Json {
  if (row.secret) return MASK;
  switch (row.shape) {
    case "flag":
      return plain(value);
    case "leaf":
    case "list": {
      const { toJson = (one: unknown) => one } = row.kind;
      return Array.isArray(value) && (row.shape === "list" || row.repeat)
        ? value.map((one) => plain(toJson(one)))
        : plain(toJson(value));
    }
    case "block": {
      const blocks = blocksOf(row, value).map((block) => blockJson(row.schema, block, NOTHING));
      return row.repeat ? blocks : (blocks[0] ?? null);
    }
  }
}

/** Decoded values are plain data: the same value without properties that are undefined. */
function plain(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, part]) => key !== "$" && part !== undefined)
        .map(([key, part]) => [key, plain(part)]),
    );
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
