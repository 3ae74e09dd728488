import type { Origin } from "../../grammar/tree.ts";
import type { Kind } from "../schema/kind.ts";
import { type AnyBlockSchema, type AnyRow, holdsParts, type ListRow, type Meta } from "../schema/row.ts";
import { type Clone, cloneOfOneLayout } from "./clone.ts";

/**
 * A block while it is compiled: the same properties as the typed block of its schema, still open to change. Every
 * property is there from the start, so that all blocks of a schema have one shape in memory.
 */
export interface Draft {
  [property: string]: unknown;
  $: DraftMeta;
}

/** `Meta` while it is written. */
export interface DraftMeta extends Meta {
  end?: number;
  of: Record<string, number | number[]>;
  shift?: number;
}

/** A row as the decoder uses it. */
export interface ShapedRow {
  readonly keyword: string;
  readonly row: AnyRow;
  /** The keyword whose value it sets: its own, or that of `replacedBy`. */
  readonly target: string;
  /** Of a block row, the shape of its blocks. */
  readonly shape: Shape | undefined;
}

/** A schema prepared for decoding. */
export interface Shape {
  readonly schema: AnyBlockSchema;
  readonly header: readonly (readonly [property: string, kind: Kind<unknown>])[];
  readonly rows: ReadonlyMap<string, ShapedRow>;
  /** The list whose items stand in the block without a keyword. */
  readonly items: { readonly keyword: string; readonly row: ListRow<unknown> } | undefined;
  /** The keywords with `inherits`, and where from. */
  readonly inheriting: readonly { readonly keyword: string; readonly from: "^" | string }[];
  /** The keywords with `defaultWith`. */
  readonly conditional: readonly {
    readonly keyword: string;
    readonly flag: string;
    readonly value: unknown;
  }[];
  /** The block rows, whose blocks inherit in turn; `parts` where those are parts of the block (parts.ts). */
  readonly blocks: readonly { readonly keyword: string; readonly shape: Shape; readonly parts: boolean }[];
  readonly required: readonly string[];
  /** Every property with its default. */
  readonly template: Readonly<Record<string, unknown>>;
  /** Copies the template, or a draft. */
  readonly clone: Clone;
}

/** What a row need not have, in one order. */
const ABSENT = {
  shape: undefined,
  kind: undefined,
  schema: undefined,
  default: undefined,
  repeat: undefined,
  inherits: undefined,
  defaultWith: undefined,
  sets: undefined,
  bare: undefined,
  inline: undefined,
  onChange: undefined,
  required: undefined,
  secret: undefined,
  replacedBy: undefined,
  synonym: undefined,
  firstWins: undefined,
  compiledOnly: undefined,
};

/** The row with every property that rows may have: rows of one layout are read fastest, and decoding does it a million times. */
function uniform(row: AnyRow): AnyRow {
  return { ...ABSENT, ...row };
}

const shapes = new WeakMap<AnyBlockSchema, Shape>();

function defaultOf(row: AnyRow): unknown {
  switch (row.shape) {
    case "leaf":
    case "flag":
      return row.default;
    case "list":
      return [];
    case "block":
      return row.repeat ? [] : undefined;
  }
}

function isAnonymous(row: AnyRow): row is ListRow<unknown> {
  return row.shape === "list" && row.anonymous === true;
}

const GLOBAL = "global_defs.";

function makeShape(schema: AnyBlockSchema): Shape {
  const rows = Object.entries(schema.rows).map(([keyword, row]) => [keyword, uniform(row)] as const);
  const header = Object.entries(schema.header);
  return {
    schema,
    header,
    rows: new Map(
      rows
        .filter(([, row]) => !isAnonymous(row))
        .map(([keyword, row]) => {
          const shape = row.shape === "block" ? shapeOf(row.schema) : undefined;
          return [keyword, { keyword, row, target: row.replacedBy ?? keyword, shape }];
        }),
    ),
    items: rows.flatMap(([keyword, row]) => (isAnonymous(row) ? [{ keyword, row }] : [])).at(0),
    inheriting: rows.flatMap(([keyword, row]) => {
      if ((row.shape !== "leaf" && row.shape !== "flag") || row.inherits === undefined) return [];
      const from = row.inherits === "^" ? "^" : row.inherits.slice(GLOBAL.length);
      return [{ keyword, from }];
    }),
    conditional: rows.flatMap(([keyword, row]) =>
      row.shape === "leaf" && row.defaultWith !== undefined ? [{ keyword, ...row.defaultWith }] : [],
    ),
    blocks: rows.flatMap(([keyword, row]) =>
      row.shape === "block" ? [{ keyword, shape: shapeOf(row.schema), parts: holdsParts(row) }] : [],
    ),
    required: rows.filter(([, row]) => row.required).map(([keyword]) => keyword),
    template: Object.fromEntries([
      ...header.map(([property]) => [property, undefined]),
      ...rows.map(([keyword, row]) => [keyword, defaultOf(row)]),
      ["$", undefined],
    ]),
    clone: cloneOfOneLayout(),
  };
}

/** The shape of a schema, made once. */
export function shapeOf(schema: AnyBlockSchema): Shape {
  const known = shapes.get(schema);
  if (known) return known;
  const made = makeShape(schema);
  shapes.set(schema, made);
  return made;
}

/** A block of defaults only, written at `at` (0: nowhere). */
export function emptyDraft(shape: Shape, at: number): Draft {
  const draft = shape.clone(shape.template);
  draft.$ = { at, end: undefined, of: {}, shift: undefined };
  return draft as Draft; // `$` was the one property missing
}

/** Adds to a repeated keyword's values; the template's empty array is shared and never written to. */
export function append(into: Draft, target: string, value: unknown, origin: Origin): void {
  const origins = into.$.of[target];
  const values = into[target];
  if (Array.isArray(origins) && Array.isArray(values)) {
    values.push(value);
    origins.push(origin);
  } else {
    into[target] = [value];
    into.$.of[target] = [origin];
  }
}
