import { keywordsOf, pathOf, schemaBlocks } from "./blocks.ts";
import type { AnyRow } from "./row.ts";

/** A keyword as `holdfast keywords` lists it. */
export interface KeywordFacts {
  /** Path of the block and keyword: `vrrp_instance/priority`. */
  readonly path: string;
  /** First release of keepalived that knows it by name; "old" before the earliest looked at. */
  readonly since: string;
  readonly shape: AnyRow["shape"];
  /** The value it takes, for people. */
  readonly value?: string;
  readonly default?: unknown;
  readonly required?: true;
  readonly repeatable?: true;
  readonly secret?: true;
  /** The keyword to write instead. */
  readonly replacedBy?: string;
  readonly doc: string;
}

function factsOf(path: string, row: AnyRow): KeywordFacts {
  const kind = row.shape === "leaf" || row.shape === "list" ? row.kind : undefined;
  const isDefault = (row.shape === "leaf" && !row.repeat) || row.shape === "flag";
  const toJson = kind?.toJson ?? ((value: unknown) => value);
  return {
    path,
    since: row.since,
    shape: row.shape,
    ...(kind && { value: kind.name }),
    ...(isDefault && row.default !== undefined && { default: toJson(row.default) }),
    ...(row.required && { required: true as const }),
    ...("repeat" in row && row.repeat && { repeatable: true as const }),
    ...(row.secret && { secret: true as const }),
    ...(row.replacedBy !== undefined && { replacedBy: row.replacedBy }),
    doc: row.doc,
  };
}

/** Every keyword of keepalived.conf, sorted by path. */
export function listKeywords(): readonly KeywordFacts[] {
  return schemaBlocks()
    .flatMap((block) => keywordsOf(block).map(([keyword, row]) => factsOf(pathOf(block.path, keyword), row)))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
}
