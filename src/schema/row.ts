import type { Kind } from "./kind.ts";

/** What a changed value does to the running object: taken over live, the object restarted, or deleted and created. */
type OnChange = "live" | "restart" | "recreate";

/** What every row says of its keyword, whatever its shape. */
export interface RowFacts {
  /** One sentence for the reference. */
  readonly doc: string;
  /** First keepalived release that knows the keyword; "old" before the earliest looked at. */
  readonly since: string;
  readonly onChange?: OnChange;
  /** Must be given. */
  readonly required?: boolean;
  /** A block that lacks this required keyword is read on, and left out by a check: keepalived notices at the end. */
  readonly missedLate?: boolean;
  /** Masked in dumps, plans and logs. */
  readonly secret?: boolean;
  /** This spelling is deprecated; the value is the keyword to use, whose value it sets. */
  readonly replacedBy?: string;
  /** Deprecated without another spelling in its block; what to do instead, as a sentence. */
  readonly deprecated?: string;
  /** The spelling of `replacedBy` is as good as the other: no warning. */
  readonly synonym?: boolean;
  /** Of several statements the first counts, as in keepalived; without it the last. */
  readonly firstWins?: boolean;
  /** keepalived says so when it is given again, though the last counts; without it, it says nothing. */
  readonly countsRepeats?: boolean;
  /** What words behind the value are to keepalived: a mistake, or one for which it ignores the whole line. */
  readonly moreWords?: "mistake" | "spoil";
  /** Known here by name only: reported and ignored. Where it belongs: "outside every block". */
  readonly elsewhere?: string;
  /** Decoded and dumped, but the runtime does not act on it yet: validate says `not-implemented`. */
  readonly compiledOnly?: boolean;
}

/**
 * Where the value comes from when the keyword is absent and it is not simply `default`: the same keyword of the
 * enclosing block ("^"), or a keyword of global_defs ("global_defs.vrrp_version"). `default` is the last resort.
 */
export type Inherits = "^" | `global_defs.${string}`;

/** A type carried by a row and nothing else: no row has it at run time. Wrapped, so that undefined survives. */
interface Phantom<T> {
  readonly type: T;
}

export interface LeafRow<T> extends RowFacts {
  readonly shape: "leaf";
  readonly kind: Kind<unknown>;
  readonly default: unknown;
  readonly inherits?: Inherits;
  /** Another default while a flag of the same block is on: vrrp_min_garp makes one packet of five. */
  readonly defaultWith?: { readonly flag: string; readonly value: unknown };
  readonly repeat: boolean;
  /** Phantom: the type of the decoded value. */
  readonly value?: Phantom<T>;
}

/** A keyword that is on by being there, or by `on|off|yes|no|true|false`. */
export interface FlagRow extends RowFacts {
  readonly shape: "flag";
  readonly default: boolean;
  readonly inherits?: Inherits;
  /** The value that the bare keyword sets (`no_accept` sets accept to false through replacedBy). */
  readonly sets: boolean;
  /** Takes no `on|off`: what follows is ignored, even `off`. */
  readonly bare?: boolean;
  readonly value?: Phantom<boolean>;
}

/** `keyword {` one item a line `}`. Repeated lists of one block add up. */
export interface ListRow<T> extends RowFacts {
  readonly shape: "list";
  readonly kind: Kind<unknown>;
  /** Items may also stand on the keyword's own line. */
  readonly inline?: boolean;
  /** An empty block is a mistake. */
  readonly nonEmpty?: boolean;
  /** The items stand in the block around, without the keyword: each line that is no keyword of it is one. */
  readonly anonymous?: boolean;
  readonly value?: Phantom<readonly T[]>;
}

/** A block inside the block; `repeat` makes the value an array. */
export interface BlockRow<T> extends RowFacts {
  readonly shape: "block";
  readonly schema: AnyBlockSchema;
  readonly repeat: boolean;
  readonly value?: Phantom<T>;
}

export type AnyRow = LeafRow<unknown> | FlagRow | ListRow<unknown> | BlockRow<unknown>;
export type Rows = { readonly [keyword: string]: AnyRow };

/** The header words of a block (`vrrp_instance NAME`), by the property they fill, in order. */
export type Header = { readonly [property: string]: Kind<unknown> };

export interface BlockSchema<H extends Header = Header, R extends Rows = Rows> {
  readonly keyword: string;
  readonly header: H;
  readonly rows: R;
  /** Without a name keepalived passes over the block; over others it refuses the whole configuration. */
  readonly mayLackName?: boolean;
  /** What makes two blocks of one parent the same object, as it stands in addresses: `vrrp_instance[VI_1]`. */
  readonly identity: (block: never) => string;
}

/** A schema whose exact rows do not matter. */
export interface AnyBlockSchema {
  readonly keyword: string;
  readonly header: Header;
  readonly rows: Rows;
  readonly mayLackName?: boolean;
  readonly identity: (block: never) => string;
}

/**
 * Whether the blocks of a row are parts of the block that they stand in (src/config/parts.ts): they have no name, and
 * nothing tells two of them from each other that hold the same.
 */
export function holdsParts({ repeat, schema }: BlockRow<unknown>): boolean {
  return repeat && Object.keys(schema.header).length === 0;
}

type KindValue<K> = K extends Kind<infer T> ? T : never;
type RowValue<R> = R extends { readonly value?: Phantom<infer T> } ? T : never;

/** Where a block and its values were written. A keyword without an entry in `of` was defaulted or inherited. */
export interface Meta {
  /** Origin of the block's opening line; 0 when nothing in the text made it (an absent global_defs). */
  readonly at: number;
  /** Origin of the brace that closes the block, when there is one. */
  readonly end?: number;
  /** Origin of each keyword's statement; of each item, for repeated keywords and lists. */
  readonly of: { readonly [keyword: string]: number | readonly number[] };
  /**
   * Present in a block that shares origins and parts (src/config/parts.ts) with one of the same text: to be added to those
   * of `of`, and to all that are in the parts.
   */
  readonly shift?: number;
}

/** Where a keyword of a block was written; of item `index` for lists. Undefined when it was not. */
export function originIn({ of, shift = 0 }: Meta, keyword: string, index: number): number | undefined {
  const origin = of[keyword];
  const one = typeof origin === "object" ? origin[index] : origin;
  return one === undefined ? undefined : one + shift;
}

/** The decoded block of a schema: header and keywords as properties, `$` for origins. */
export type BlockOf<S> =
  S extends BlockSchema<infer H, infer R>
    ? { readonly [K in keyof H]: KindValue<H[K]> } & { readonly [K in keyof R]: RowValue<R[K]> } & {
        readonly $: Meta;
      }
    : never;

type LeafOptions<T> = RowFacts & {
  readonly inherits?: Inherits;
  readonly defaultWith?: { readonly flag: string; readonly value: NoInfer<T> };
};

/** A keyword with a value; absent means `default`. */
export function leaf<T>(kind: Kind<T>, facts: LeafOptions<T> & { readonly default: NoInfer<T> }): LeafRow<T>;
/** A keyword that must be given. */
export function leaf<T>(kind: Kind<T>, facts: LeafOptions<T> & { readonly required: true }): LeafRow<T>;
/** A keyword that may be absent altogether. */
export function leaf<T>(kind: Kind<T>, facts: LeafOptions<T>): LeafRow<T | undefined>;
export function leaf<T>(kind: Kind<T>, facts: LeafOptions<T> & { readonly default?: T }): LeafRow<T> {
  // The phantom type is all that is lost: the kind that parses T also formats it.
  return { shape: "leaf", repeat: false, ...facts, kind: kind as Kind<unknown>, default: facts.default };
}

/** A keyword that may stand several times; the value is the array of all, in order. */
export function repeated<T>(kind: Kind<T>, facts: LeafOptions<T>): LeafRow<readonly T[]> {
  return { shape: "leaf", repeat: true, ...facts, kind: kind as Kind<unknown>, default: [] };
}

/** A boolean keyword, false unless `default` says otherwise. */
export function flag(
  facts: RowFacts & {
    readonly default?: boolean;
    readonly sets?: boolean;
    readonly bare?: boolean;
    readonly inherits?: Inherits;
  },
): FlagRow {
  return { shape: "flag", sets: true, ...facts, default: facts.default ?? false };
}

/** `keyword { item … }`. */
export function list<T>(
  kind: Kind<T>,
  facts: RowFacts & { readonly inline?: boolean; readonly anonymous?: boolean; readonly nonEmpty?: boolean },
): ListRow<T> {
  return { shape: "list", ...facts, kind: kind as Kind<unknown> };
}

/** At most one block. */
export function block<S extends AnyBlockSchema>(
  schema: S,
  facts: RowFacts,
): BlockRow<BlockOf<S> | undefined> {
  return { shape: "block", schema, repeat: false, ...facts };
}

/** Any number of blocks, in order. */
export function blocks<S extends AnyBlockSchema>(
  schema: S,
  facts: RowFacts,
): BlockRow<readonly BlockOf<S>[]> {
  return { shape: "block", schema, repeat: true, ...facts };
}

/** Names a schema with its exact types kept. `identity` sees the decoded block. */
export function defineBlock<H extends Header, R extends Rows>(schema: {
  readonly keyword: string;
  readonly header: H;
  readonly rows: R;
  readonly mayLackName?: boolean;
  readonly identity?: (block: BlockOf<BlockSchema<H, R>>) => string;
}): BlockSchema<H, R> {
  return { identity: () => "", ...schema };
}

/** Identity of a block of a schema, as it stands in addresses. The block must be of that schema. */
export function identityOf(schema: AnyBlockSchema, block: object): string {
  return schema.identity(block as never); // AnyBlockSchema has forgotten which block its identity takes
}
