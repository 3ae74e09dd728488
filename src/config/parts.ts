import type { AnyBlockSchema, Meta } from "../schema/row.ts";
import { type Draft, type DraftMeta, type Shape, shapeOf } from "./shape.ts";

/*
 * Blocks that were read from the same text share the origins of their keywords, and their parts: `$.shift` of each says
 * how far its text is from the one that these were read from. Parts are blocks without a name that stand in lists, such
 * as the checkers of a real server and their pages: nothing tells two of them from each other that hold the same.
 */

/** The origins of keywords whose text stands `shift` further down. */
function movedKeywords(of: Meta["of"], shift: number): DraftMeta["of"] {
  const moved: DraftMeta["of"] = {};
  for (const keyword in of) {
    const origin = of[keyword];
    if (typeof origin === "number") moved[keyword] = origin + shift;
    else if (origin) moved[keyword] = origin.map((one) => one + shift);
  }
  return moved;
}

/** Gives a block copies of all its parts, with origins `shift` further down. */
export function copyParts(block: Draft, { blocks }: Shape, shift: number): void {
  for (const { keyword, parts, shape } of blocks) {
    const list = block[keyword];
    if (!parts || !Array.isArray(list) || list.length === 0) continue;
    block[keyword] = list.map((part: Draft) => {
      const copy = shape.clone(part) as Draft; // of one
      const { at, end, of, shift: own = 0 } = part.$;
      copy.$ = {
        at: at + shift,
        end: end === undefined ? undefined : end + shift,
        of: movedKeywords(of, shift + own),
        shift: undefined,
      };
      copyParts(copy, shape, shift + own);
      return copy;
    });
  }
}

/**
 * Gives a block, and its parts, origins, parts and lists of their own, where they share them: whoever changes one of these
 * has to.
 */
export function stopSharing(block: Draft, shape: Shape): void {
  const { $ } = block;
  if ($.shift === undefined) {
    for (const { keyword, parts, shape: inner } of shape.blocks) {
      const list = block[keyword];
      if (parts && Array.isArray(list)) for (const part of list) stopSharing(part, inner);
    }
    return;
  }
  for (const keyword in $.of) {
    const value = block[keyword];
    if (Array.isArray(value)) block[keyword] = value.slice();
  }
  copyParts(block, shape, $.shift);
  block.$ = { ...$, of: movedKeywords($.of, $.shift), shift: undefined };
}

/** A block, or a copy of it, whose parts have the origins of this block. */
export function withOwnParts<B extends { readonly $: Meta }>(block: B, schema: AnyBlockSchema): B {
  if (block.$.shift === undefined) return block;
  const copy = { ...block };
  stopSharing(copy as unknown as Draft, shapeOf(schema)); // a block of the schema, and nobody else's
  return copy;
}
