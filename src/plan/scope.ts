import type { AnyBlockSchema, AnyRow } from "../schema/row.ts";
import { type Block, originIn } from "./block.ts";

/** A block with what encloses it: all that is needed to tell where an inherited value was written. */
export interface Scope {
  readonly schema: AnyBlockSchema;
  readonly block: Block;
  readonly parent?: Scope;
  readonly globals: Block;
}

/** Where a value was written: its origin, and the keyword it was inherited from when the block does not have it. */
export interface Written {
  readonly at: number;
  readonly from?: string;
}

/** Where the value of a keyword of a block comes from; `at` 0 when it is a default. */
export function writtenAt(scope: Scope, keyword: string, row: AnyRow): Written {
  const at = originIn(scope.block, keyword);
  if (at !== 0 || row.shape === "list" || row.shape === "block" || row.inherits === undefined) return { at };
  if (row.inherits !== "^") {
    const global = row.inherits.slice("global_defs.".length);
    const globalAt = originIn(scope.globals, global);
    return globalAt === 0 ? { at: 0 } : { at: globalAt, from: `global_defs ${global}` };
  }
  const enclosing = scope.parent;
  const found = enclosing && resolve(enclosing.schema, keyword);
  if (!enclosing || !found) return { at: 0 };
  const there = writtenAt(enclosing, found.keyword, found.row);
  return there.at === 0 || there.from !== undefined
    ? there
    : { at: there.at, from: `${enclosing.schema.keyword} ${found.keyword}` };
}

/** The row that holds a keyword's value: itself, or the one that its deprecated spelling sets. */
function resolve(schema: AnyBlockSchema, keyword: string): { keyword: string; row: AnyRow } | undefined {
  const row = schema.rows[keyword];
  if (row?.replacedBy !== undefined) return resolve(schema, row.replacedBy);
  return row && { keyword, row };
}
