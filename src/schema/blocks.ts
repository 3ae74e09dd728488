import { root } from "./root.ts";
import type { AnyBlockSchema, AnyRow } from "./row.ts";

/** A block of the schema. */
export interface SchemaBlock {
  /** Keywords of the blocks that lead to it, and its own: "virtual_server/real_server"; "" for the top level. */
  readonly path: string;
  readonly schema: AnyBlockSchema;
  /** The runtime acts on nothing that stands in it. */
  readonly compiledOnly: boolean;
}

/** The path of a keyword of a block, or of the block that it opens. */
export function pathOf(block: string, keyword: string): string {
  return block === "" ? keyword : `${block}/${keyword}`;
}

function collect(block: SchemaBlock, into: SchemaBlock[]): SchemaBlock[] {
  into.push(block);
  for (const [keyword, row] of Object.entries(block.schema.rows)) {
    if (row.shape !== "block") continue;
    const compiledOnly = block.compiledOnly || row.compiledOnly === true;
    collect({ path: pathOf(block.path, keyword), schema: row.schema, compiledOnly }, into);
  }
  return into;
}

let blocks: readonly SchemaBlock[] | undefined;

/** Every block of keepalived.conf, sorted by path: the top level first. */
export function schemaBlocks(): readonly SchemaBlock[] {
  blocks ??= collect({ path: "", schema: root, compiledOnly: false }, []).sort((left, right) =>
    left.path < right.path ? -1 : 1,
  );
  return blocks;
}

/** The keywords of a block, sorted; lines that have none are not among them. */
export function keywordsOf({ schema }: SchemaBlock): readonly (readonly [keyword: string, row: AnyRow])[] {
  return Object.entries(schema.rows)
    .filter(([, row]) => row.shape !== "list" || !row.anonymous)
    .sort(([left], [right]) => (left < right ? -1 : 1));
}

/** Paths of the blocks that a keyword may stand in, sorted; for one that stands in the wrong place. */
export function blocksKnowing(keyword: string): readonly string[] {
  const knows = ({ schema: { rows } }: SchemaBlock): boolean =>
    Object.hasOwn(rows, keyword) && rows[keyword]?.elsewhere === undefined;
  return schemaBlocks()
    .filter(knows)
    .map(({ path }) => path);
}
