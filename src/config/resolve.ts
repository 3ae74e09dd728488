import type { Draft, Shape } from "./shape.ts";

/** What a shape inherits within its parent, worked out once for all blocks of the shape. */
interface Inheritance {
  /** Keywords, and the properties of the enclosing block that hold what they inherit. */
  readonly enclosing: readonly Source[];
  /** Keywords, and those of global_defs. */
  readonly globals: readonly Source[];
  readonly blocks: readonly { readonly keyword: string; readonly within: Inheritance }[];
}

interface Source {
  readonly keyword: string;
  readonly from: string;
}

function inheritanceOf(shape: Shape, parent: Shape | undefined): Inheritance {
  const { inheriting, blocks } = shape;
  return {
    enclosing: inheriting
      .filter(({ from }) => from === "^" && parent)
      // What the parent calls it, where the keyword is the older spelling of another there.
      .map(({ keyword }) => ({ keyword, from: parent?.rows.get(keyword)?.target ?? keyword })),
    globals: inheriting.filter(({ from }) => from !== "^"),
    blocks: blocks.map(({ keyword, shape: inner }) => ({
      keyword,
      within: inheritanceOf(inner, shape),
    })),
  };
}

function take(draft: Draft, sources: readonly Source[], holder: Draft): void {
  for (const { keyword, from } of sources) {
    const value = holder[from];
    if (value !== undefined && draft.$.of[keyword] === undefined) draft[keyword] = value;
  }
}

function inheritWithin(
  draft: Draft,
  { enclosing, globals, blocks }: Inheritance,
  parent: Draft,
  top: Draft,
): void {
  take(draft, enclosing, parent);
  take(draft, globals, top);
  for (const { keyword, within } of blocks) {
    const value = draft[keyword];
    if (Array.isArray(value)) for (const one of value) inheritWithin(one, within, draft, top);
    else if (value !== undefined) inheritWithin(value as Draft, within, draft, top); // a block row holds drafts
  }
}

/**
 * Gives keywords that were not written the value that they inherit, in a configuration and all blocks within,
 * outermost first, so that a checker sees what its real server has from the virtual server.
 */
export function inherit(root: Draft, shape: Shape, globals: Draft): void {
  inheritWithin(root, inheritanceOf(shape, undefined), root, globals);
}

/** Gives keywords that were not written the default that a flag of their block calls for. */
export function takeConditionalDefaults(draft: Draft, { conditional }: Shape): void {
  for (const { keyword, flag, value } of conditional) {
    if (draft[flag] === true && draft.$.of[keyword] === undefined) draft[keyword] = value;
  }
}
