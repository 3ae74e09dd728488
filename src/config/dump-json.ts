import { root } from "../schema/root.ts";
import type { AnyBlockSchema, AnyRow } from "../schema/row.ts";
import type { Config } from "./config.ts";
import { type AnyBlock, blocksIn, type DumpOptions, isBlockShown, isShown } from "./dump-conf.ts";
import { MASK } from "./text.ts";

type JsonBlock = Record<string, unknown>;

function rowValue(row: AnyRow, value: unknown, options: DumpOptions): unknown {
  switch (row.shape) {
    case "flag":
      return value;
    case "leaf":
    case "list": {
      if (row.secret && !options.secrets) return MASK;
      const { toJson = (one: unknown) => one } = row.kind;
      return Array.isArray(value) && (row.shape === "list" || row.repeat) ? value.map(toJson) : toJson(value);
    }
    case "block": {
      const blocks = blocksIn(value)
        .filter((block) => isBlockShown(block, options))
        .map((block) => jsonBlock(row.schema, block, options));
      return row.repeat ? blocks : blocks[0];
    }
  }
}

function jsonBlock(schema: AnyBlockSchema, block: AnyBlock, options: DumpOptions): JsonBlock {
  const object: JsonBlock = {};
  for (const property of Object.keys(schema.header)) object[property] = block[property];
  for (const [keyword, row] of Object.entries(schema.rows)) {
    if (!isShown(block, keyword, row, options)) continue;
    const value = rowValue(row, block[keyword], options);
    if (value !== undefined) object[keyword] = value;
  }
  return object;
}

/**
 * The configuration as plain data for JSON: blocks by keyword, times in seconds, addresses as text. Without `defaults`
 * only what was written.
 */
export function dumpJson(config: Config, options: DumpOptions = {}): JsonBlock {
  return jsonBlock(root, { ...config }, options);
}
