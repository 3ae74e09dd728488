import type { Draft, Shape } from "./shape.ts";

/** Whether a keyword was written in the block. */
function isWritten(draft: Draft, keyword: string): boolean {
  return draft.$.of[keyword] !== undefined;
}

/** The value of the same keyword in the enclosing block, or of the spelling that it replaced there. */
function enclosing(parent: Draft, shape: Shape, keyword: string): unknown {
  return parent[shape.rows.get(keyword)?.target ?? keyword];
}

/**
 * Gives keywords that were not written the value that they inherit, in a block and all blocks within, outermost
 * first, so that a checker sees what its real server has from the virtual server.
 */
export function inherit(
  draft: Draft,
  shape: Shape,
  parent: { readonly draft: Draft; readonly shape: Shape } | undefined,
  globals: Draft,
): void {
  for (const { keyword, from } of shape.inheriting) {
    if (isWritten(draft, keyword)) continue;
    const value = from === "^" ? parent && enclosing(parent.draft, parent.shape, keyword) : globals[from];
    if (value !== undefined) draft[keyword] = value;
  }
  for (const { keyword, shape: inner } of shape.blocks) {
    const value = draft[keyword];
    const within = { draft, shape };
    if (Array.isArray(value)) for (const one of value) inherit(one, inner, within, globals);
    else if (value !== undefined) inherit(value as Draft, inner, within, globals); // a block row holds drafts
  }
}
