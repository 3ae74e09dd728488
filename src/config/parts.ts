import type { AnyBlockSchema, Meta } from "../schema/row.ts";
import { type Draft, type DraftMeta, type Shape, shapeOf } from "./shape.ts";

/*
 * Blocks without a name that stand in lists, such as the checkers of a real server and their pages, are parts of the
 * block that they stand in: nothing tells two of them from each other that hold the same. Blocks that were read from the
 * same text share them, and `$.shift` of each says how far its text is from the one that the parts were read from.
 */

/** The origins of a block whose text stands `shift` further down. */
function movedOrigins({ at, end, of }: DraftMeta, shift: number): DraftMeta {
  const moved: DraftMeta["of"] = {};
  for (const keyword in of) {
    const origin = of[keyword];
    if (typeof origin === "number") moved[keyword] = origin + shift;
    else if (origin) moved[keyword] = origin.map((one) => one + shift);
  }
  return { at: at + shift, end: end === undefined ? undefined : end + shift, of: moved, shift: undefined };
}

/** Gives a block copies of all its parts, with origins `shift` further down. */
export function copyParts(block: Draft, { blocks }: Shape, shift: number): void {
  for (const { keyword, parts, shape } of blocks) {
    const list = block[keyword];
    if (!parts || !Array.isArray(list) || list.length === 0) continue;
    block[keyword] = list.map((part: Draft) => {
      const copy = shape.clone(part) as Draft; // of one
      copy.$ = movedOrigins(part.$, shift);
      copyParts(copy, shape, shift);
      return copy;
    });
  }
}

/** Gives a block parts of its own, where it shares them: whoever changes one has to. */
export function ownParts(block: Draft, schema: AnyBlockSchema): void {
  const { shift } = block.$;
  if (shift === undefined) return;
  copyParts(block, shapeOf(schema), shift);
  block.$.shift = undefined;
}

/** A block, or a copy of it, whose parts have the origins of this block. */
export function withOwnParts<B extends { readonly $: Meta }>(block: B, schema: AnyBlockSchema): B {
  if (block.$.shift === undefined) return block;
  const copy = { ...block, $: { ...block.$ } };
  ownParts(copy as unknown as Draft, schema); // a block of the schema, and nobody else's
  return copy;
}
