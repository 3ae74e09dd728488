import { MASK, valueText } from "../config/text.ts";
import type { Kind } from "../schema/kind.ts";
import type { AnyBlockSchema, AnyRow } from "../schema/row.ts";
import { type Block, blocksOf, itemsOf, valueRows } from "./block.ts";

/** A value of a kind as dump writes it, on one line; undefined when there is none. */
export function kindText(kind: Kind<unknown>, value: unknown): string | undefined {
  return value === undefined ? undefined : valueText(kind, value);
}

/** The value of a row on one line; undefined when there is none. Secrets are masked. */
export function rowText(row: AnyRow, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (row.secret) return MASK;
  switch (row.shape) {
    case "flag":
      return value === true ? "on" : "off";
    case "leaf":
      if (!row.repeat) return kindText(row.kind, value);
      return joined(itemsOf(value).map((item) => kindText(row.kind, item)));
    case "list":
      return joined(itemsOf(value).map((item) => kindText(row.kind, item)));
    case "block":
      return joined(blocksOf(row, value).map((block) => blockText(row.schema, block)));
  }
}

/** A block on one line: its header, and the keywords written in it. */
export function blockText(schema: AnyBlockSchema, block: Block): string {
  const body = valueRows(schema)
    .filter(([keyword, row]) => isWritten(block, keyword, row))
    .map(([keyword, row]) => statementText(keyword, row, block[keyword]));
  const braces = body.length === 0 ? "{ }" : `{ ${body.join("; ")} }`;
  return [...headerWords(schema, block), braces].join(" ");
}

/** Whether the block itself has the keyword, rather than a default or an inherited value. */
export function isWritten(block: Block, keyword: string, row: AnyRow): boolean {
  if (row.shape === "block") return blocksOf(row, block[keyword]).length > 0;
  return block.$.of[keyword] !== undefined && block[keyword] !== undefined;
}

/** The words after a block's keyword. */
export function headerWords(schema: AnyBlockSchema, block: Block): readonly string[] {
  return Object.entries(schema.header).map(([property, kind]) => kindText(kind, block[property]) ?? "");
}

function statementText(keyword: string, row: AnyRow, value: unknown): string {
  if (row.shape === "flag" && value === true) return keyword;
  return `${keyword} ${rowText(row, value) ?? ""}`;
}

function joined(texts: readonly (string | undefined)[]): string | undefined {
  return texts.length === 0 ? undefined : texts.join(", ");
}
