import { type AnyBlockSchema, type AnyRow, originIn as itemOrigin, type Meta } from "../schema/row.ts";

/** A decoded block as rows see it: a property for each keyword. */
export interface Block {
  readonly $: Meta;
  readonly [keyword: string]: unknown;
}

/** The blocks of a block row, in order: none, one or many. */
export function blocksOf(row: AnyRow, value: unknown): readonly Block[] {
  if (value === undefined || row.shape !== "block") return [];
  // The value of a block row is what its schema decoded: a block, or an array of them when it repeats.
  return (row.repeat ? value : [value]) as readonly Block[];
}

/** The items of a list or of a repeated keyword, in order. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Origin of a keyword's (first) statement; 0 when it was not written. */
export function originIn({ $ }: Block, keyword: string): number {
  return itemOrigin($, keyword, 0) ?? 0;
}

/** Origin of one item of a list or repeated keyword; 0 when not known. */
export function itemOriginIn({ $ }: Block, keyword: string, index: number): number {
  return itemOrigin($, keyword, index) ?? 0;
}

/** The identity of a block under its schema. */
export function identityOf(schema: AnyBlockSchema, block: Block): string {
  // Each schema's identity takes the block that the same schema decoded; the pairing is by construction.
  return (schema.identity as (block: Block) => string)(block);
}

const rowsOf = new WeakMap<AnyBlockSchema, readonly (readonly [keyword: string, row: AnyRow])[]>();

/** Rows that have a value of their own: all but deprecated spellings, whose value is another keyword's. */
export function valueRows(schema: AnyBlockSchema): readonly (readonly [keyword: string, row: AnyRow])[] {
  let rows = rowsOf.get(schema);
  if (!rows) {
    rows = Object.entries(schema.rows).filter(([, row]) => row.replacedBy === undefined);
    rowsOf.set(schema, rows);
  }
  return rows;
}
