import { root } from "../schema/root.ts";
import type { AnyBlockSchema, AnyRow, Meta } from "../schema/row.ts";
import type { Config } from "./config.ts";
import { lineText, MASK, valueText } from "./text.ts";

export interface DumpOptions {
  /** Every value, also those that were defaulted or inherited. */
  readonly defaults?: boolean;
  /** Passwords as they are, instead of masked. */
  readonly secrets?: boolean;
}

/** A compiled block as the rows of its schema see it. */
export interface AnyBlock {
  readonly [property: string]: unknown;
  readonly $: Meta;
}

/** The blocks of a block row: one, several or none. */
export function blocksIn(value: unknown): readonly AnyBlock[] {
  if (value === undefined) return [];
  // The values of block rows are blocks, by the types of the rows.
  return (Array.isArray(value) ? value : [value]) as readonly AnyBlock[];
}

/** Whether a value is the default that its row has while a flag is on, and no other. */
function isConditional(row: AnyRow, value: unknown): boolean {
  return row.shape === "leaf" && row.defaultWith?.value === value && row.default !== value;
}

/** Whether a dump shows a keyword of a block: it was written, or defaults were asked for. */
export function isShown(block: AnyBlock, keyword: string, row: AnyRow, options: DumpOptions): boolean {
  const value = block[keyword];
  if (row.replacedBy !== undefined || value === undefined) return false;
  if (Array.isArray(value) && (row.shape !== "leaf" || row.repeat)) return value.length > 0;
  if (row.shape === "block") return true;
  // What follows from a flag can be a value that nobody may write: it follows again.
  if (isConditional(row, value) && block.$.of[keyword] === undefined) return false;
  // A flag that was written and then overruled by a check is not repeated.
  if (row.shape === "flag" && row.bare && value === row.default) return false;
  return options.defaults === true || block.$.of[keyword] !== undefined;
}

/** Blocks nobody wrote, such as an absent global_defs, are shown with the defaults only. */
export function isBlockShown(block: AnyBlock, options: DumpOptions): boolean {
  return block.$.at !== 0 || options.defaults === true;
}

class Writer {
  readonly lines: string[] = [];
  private readonly options: DumpOptions;
  private readonly entries = new Map<AnyBlockSchema, readonly (readonly [string, AnyRow])[]>();

  constructor(options: DumpOptions) {
    this.options = options;
  }

  rows(schema: AnyBlockSchema, block: AnyBlock, indent: string): void {
    for (const [keyword, row] of this.rowsOf(schema)) {
      if (isShown(block, keyword, row, this.options)) this.row(keyword, row, block[keyword], indent);
    }
  }

  private rowsOf(schema: AnyBlockSchema): readonly (readonly [string, AnyRow])[] {
    const known = this.entries.get(schema);
    if (known) return known;
    const entries = Object.entries(schema.rows);
    this.entries.set(schema, entries);
    return entries;
  }

  private row(keyword: string, row: AnyRow, value: unknown, indent: string): void {
    switch (row.shape) {
      case "leaf":
        for (const one of row.repeat && Array.isArray(value) ? value : [value]) {
          const text = row.secret && !this.options.secrets ? MASK : valueText(row.kind, one);
          this.lines.push(text === "" ? `${indent}${keyword}` : `${indent}${keyword} ${text}`);
        }
        break;
      case "flag":
        this.lines.push(indent + flagText(keyword, value === true, row.bare === true));
        break;
      case "list":
        if (row.anonymous) {
          for (const item of Array.isArray(value) ? value : [])
            this.lines.push(indent + lineText(row.kind, item));
          break;
        }
        this.lines.push(`${indent}${keyword} {`);
        for (const item of Array.isArray(value) ? value : []) {
          this.lines.push(`${indent}    ${lineText(row.kind, item)}`);
        }
        this.lines.push(`${indent}}`);
        break;
      case "block":
        for (const inner of blocksIn(value)) this.block(row.schema, keyword, inner, indent);
        break;
    }
  }

  private block(schema: AnyBlockSchema, keyword: string, block: AnyBlock, indent: string): void {
    if (!isBlockShown(block, this.options)) return;
    if (indent === "" && this.lines.length > 0) this.lines.push("");
    const header = Object.entries(schema.header).map(([property, kind]) => valueText(kind, block[property]));
    this.lines.push(`${indent}${[keyword, ...header].join(" ")} {`);
    this.rows(schema, block, `${indent}    `);
    this.lines.push(`${indent}}`);
  }
}

function flagText(keyword: string, value: boolean, bare: boolean): string {
  return bare || value ? keyword : `${keyword} off`;
}

/** The configuration as text that compiles to it again (with secrets masked, but for those). */
export function dumpConf(config: Config, options: DumpOptions = {}): string {
  const writer = new Writer(options);
  writer.rows(root, { ...config }, "");
  return writer.lines.length === 0 ? "" : `${writer.lines.join("\n")}\n`;
}
