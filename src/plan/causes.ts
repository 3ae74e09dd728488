import { withOwnParts } from "../config/parts.ts";
import { MASK } from "../config/text.ts";
import type { AnyRow, BlockRow, LeafRow, ListRow } from "../schema/row.ts";
import { type Block, blocksOf, itemOriginIn, itemsOf, valueRows } from "./block.ts";
import { equalProperties, equalValues } from "./equal.ts";
import type { Reason } from "./plan.ts";
import { type Scope, type Written, writtenAt } from "./scope.ts";
import { blockText, kindText, rowText } from "./value-text.ts";

/** A changed keyword with the row of a block that describes it; `path` is the keyword path without indexes. */
export interface Cause {
  readonly path: readonly string[];
  readonly row?: AnyRow;
  readonly reason: Reason;
}

/** A keyword whose values differ, in the two blocks that have it. */
interface Difference {
  readonly keyword: string;
  readonly before: Scope;
  readonly after: Scope;
  readonly path: readonly string[];
  /** The path as shown: with the index of a block that stands several times. */
  readonly shown: string;
}

/** Every keyword in which two blocks of one schema differ, in the schema's order; those in `except` are left out. */
export function causesOf(before: Scope, after: Scope, except: ReadonlySet<string>): Cause[] {
  if (equalProperties(before.block, after.block, except)) return [];
  const causes: Cause[] = [];
  for (const [keyword, row] of valueRows(after.schema)) {
    if (except.has(keyword) || equalValues(before.block[keyword], after.block[keyword])) continue;
    causes.push(...compareKeyword(row, { keyword, before, after, path: [keyword], shown: keyword }));
  }
  return causes;
}

function compareKeyword(row: AnyRow, where: Difference): Cause[] {
  if (row.shape === "block") return compareNested(row, where);
  if (row.shape === "list" || (row.shape === "leaf" && row.repeat)) return compareItems(row, where);
  return compareWhole(row, where);
}

/** One side of a reason. */
interface Side extends Written {
  readonly text?: string;
}

const ABSENT: Side = { at: 0 };

function compareWhole(row: AnyRow, where: Difference): Cause[] {
  const side = (scope: Scope): Side => {
    const text = rowText(row, scope.block[where.keyword]);
    return text === undefined ? ABSENT : { ...writtenAt(scope, where.keyword, row), text };
  };
  return cause(row, where, side(where.before), side(where.after));
}

/** The cause, unless both sides read the same. */
function cause(row: AnyRow, { path, shown }: Difference, before: Side, after: Side): Cause[] {
  if (before.text === after.text && !row.secret) return [];
  const reason: Reason = {
    keyword: shown,
    ...(before.text !== undefined && { before: before.text }),
    ...(after.text !== undefined && { after: after.text }),
    ...(before.at !== 0 && { beforeAt: before.at }),
    ...(after.at !== 0 && { afterAt: after.at }),
    ...(before.from !== undefined && { beforeFrom: before.from }),
    ...(after.from !== undefined && { afterFrom: after.from }),
    ...(row.compiledOnly && { compiledOnly: true }),
  };
  return [{ path, row, reason }];
}

interface ItemSide extends Side {
  /** The whole text, unmasked: never shown. */
  readonly key: string;
  /** Its first word. */
  readonly name: string;
}

/**
 * Items are the same when their text is, and two different items with the same first word (a tracked script, an
 * address) are one item that changed. When only the order differs, the whole lists are the reason.
 */
function compareItems(row: LeafRow<unknown> | ListRow<unknown>, where: Difference): Cause[] {
  const old = itemSides(row, where.keyword, where.before.block);
  const now = itemSides(row, where.keyword, where.after.block);
  const gone = withoutPartners(old, now, (side) => side.key);
  const come = withoutPartners(now, old, (side) => side.key);
  if (gone.length === 0 && come.length === 0) return compareWhole(row, where);
  const changed = gone.flatMap((side) => {
    const index = come.findIndex((other) => other.name === side.name);
    const [partner] = index === -1 ? [] : come.splice(index, 1);
    return cause(row, where, side, partner ?? ABSENT);
  });
  return [...changed, ...come.flatMap((side) => cause(row, where, ABSENT, side))];
}

function itemSides(row: LeafRow<unknown> | ListRow<unknown>, keyword: string, block: Block): ItemSide[] {
  return itemsOf(block[keyword]).map((item, index) => {
    const key = kindText(row.kind, item) ?? "";
    const text = row.secret ? MASK : key;
    return { key, name: key.split(" ", 1)[0] ?? "", text, at: itemOriginIn(block, keyword, index) };
  });
}

/** The members of `these` that have no equal among `those`, counting repetitions. */
function withoutPartners<T>(these: readonly T[], those: readonly T[], key: (one: T) => string): T[] {
  const left = new Map<string, number>();
  for (const one of those) left.set(key(one), (left.get(key(one)) ?? 0) + 1);
  return these.filter((one) => {
    const count = left.get(key(one)) ?? 0;
    left.set(key(one), count - 1);
    return count <= 0;
  });
}

/**
 * Blocks that are equal pair first; of the rest, the first old one with the first new one, and so on: a block has no
 * name, and a checker that was edited keeps its place among the ones that were not.
 */
function compareNested(row: BlockRow<unknown>, where: Difference): Cause[] {
  const { keyword, before, after } = where;
  const old = blocksOf(row, withOwnParts(before.block, before.schema)[keyword]);
  const now = blocksOf(row, withOwnParts(after.block, after.schema)[keyword]);
  const several = old.length > 1 || now.length > 1;
  const pairs = pairBlocks(old, now);
  if (pairs.length === 0) return compareWhole(row, where);
  return pairs.flatMap(([one, other]) => {
    const index = other ? now.indexOf(other) : one ? old.indexOf(one) : -1;
    const inner = { ...where, shown: several ? `${where.shown}[${index}]` : where.shown };
    if (!one || !other) return cause(row, inner, blockSide(row, one), blockSide(row, other));
    const scope = (block: Block, parent: Scope) => ({
      schema: row.schema,
      block,
      parent,
      globals: parent.globals,
    });
    return causesOf(scope(one, before), scope(other, after), NOTHING).map((cause) => within(inner, cause));
  });
}

const NOTHING: ReadonlySet<string> = new Set();

/** A cause inside a block as a cause of what is around the block. */
function within({ path, shown }: Difference, cause: Cause): Cause {
  const keyword = `${shown}/${cause.reason.keyword}`;
  return { ...cause, path: [...path, ...cause.path], reason: { ...cause.reason, keyword } };
}

function blockSide(row: BlockRow<unknown>, block: Block | undefined): Side {
  return block ? { at: block.$.at, text: blockText(row.schema, block) } : ABSENT;
}

/** The pairs that differ; a block without partner is paired with undefined. */
function pairBlocks(
  old: readonly Block[],
  now: readonly Block[],
): (readonly [old: Block | undefined, now: Block | undefined])[] {
  const come = [...now];
  const gone = old.filter((block) => {
    const index = come.findIndex((other) => equalValues(block, other));
    if (index !== -1) come.splice(index, 1);
    return index === -1;
  });
  return Array.from({ length: Math.max(gone.length, come.length) }, (_, i) => [gone[i], come[i]]);
}
