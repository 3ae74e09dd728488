import type { Draft, Shape } from "./shape.ts";

/** What a block takes over when it does not say it itself: its keyword, and the one that holds the value elsewhere. */
interface Source {
  readonly keyword: string;
  readonly from: string;
  /** Its own default: nothing has to be done where that is the value elsewhere, too. */
  readonly usual: unknown;
}

/** What the blocks of a shape, and those within, take over. */
interface Inheritance {
  readonly sources: readonly Source[];
  readonly blocks: readonly InheritingBlocks[];
}

interface InheritingBlocks {
  readonly keyword: string;
  readonly parts: boolean;
  readonly within: Inheritance;
}

/** `sources`, of the blocks of a shape, given the shape around them. */
function inheritanceOf(
  shape: Shape,
  sources: (shape: Shape, parent: Shape | undefined) => readonly Source[],
  parent?: Shape,
): Inheritance {
  const blocks = shape.blocks.map(({ keyword, parts, shape: inner }) => ({
    keyword,
    parts,
    within: inheritanceOf(inner, sources, shape),
  }));
  return {
    sources: sources(shape, parent),
    blocks: blocks.filter(({ within }) => within.sources.length + within.blocks.length > 0),
  };
}

/** Those of which a block has something else to give than what is the default anyway. */
function givenBy(holder: Draft, sources: readonly Source[]): readonly Source[] {
  return sources.filter(({ from, usual }) => holder[from] !== undefined && holder[from] !== usual);
}

function take(draft: Draft, given: readonly Source[], holder: Draft): void {
  for (const { keyword, from } of given) {
    if (draft.$.of[keyword] === undefined) draft[keyword] = holder[from];
  }
}

/** Each block takes from `top`, or from the block around it; not the parts that are shared, whatever is around them. */
function takeWithin(draft: Draft, blocks: readonly InheritingBlocks[], top: Draft | undefined): void {
  const sharesParts = draft.$.shift !== undefined && top === undefined;
  for (const inner of blocks) if (!inner.parts || !sharesParts) takeIn(draft, inner, top);
}

function takeIn(draft: Draft, { keyword, within }: InheritingBlocks, top: Draft | undefined): void {
  const value = draft[keyword];
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return;
  const inner = (Array.isArray(value) ? value : [value]) as readonly Draft[]; // a block row holds drafts
  const holder = top ?? draft;
  const given = givenBy(holder, within.sources);
  for (const one of inner) {
    take(one, given, holder);
    takeWithin(one, within.blocks, top);
  }
}

/** By shape: what is taken from the block around does not depend on the configuration. */
const fromAround = new WeakMap<Shape, Inheritance>();

function inheritanceFromAround(shape: Shape): Inheritance {
  const known = fromAround.get(shape);
  if (known) return known;
  const made = inheritanceOf(shape, enclosingSources);
  fromAround.set(shape, made);
  return made;
}

function enclosingSources({ inheriting, template }: Shape, parent: Shape | undefined): readonly Source[] {
  return (
    inheriting
      .filter(({ from }) => from === "^" && parent)
      // What the parent calls it, where the keyword is the older spelling of another there.
      .map(({ keyword }) => ({
        keyword,
        from: parent?.rows.get(keyword)?.target ?? keyword,
        usual: template[keyword],
      }))
  );
}

/**
 * Gives keywords that were not written the value of the block around theirs, in all blocks within a block, outermost
 * first: a checker sees what its real server has from the virtual server.
 */
export function inheritFromAround(block: Draft, shape: Shape): void {
  takeWithin(block, inheritanceFromAround(shape).blocks, undefined);
}

/** The keywords of a shape whose values the parts of its blocks take over. */
export function inheritedByParts(shape: Shape): readonly string[] {
  const parts = inheritanceFromAround(shape).blocks.filter(({ parts }) => parts);
  return [...new Set(parts.flatMap(({ within }) => within.sources.map(({ from }) => from)))];
}

/** Gives the parts of a block what they inherit from it, and no other blocks. */
export function inheritByParts(block: Draft, shape: Shape): void {
  for (const inner of inheritanceFromAround(shape).blocks) if (inner.parts) takeIn(block, inner, undefined);
}

function globalSources({ inheriting, template }: Shape): readonly Source[] {
  return inheriting
    .filter(({ from }) => from !== "^")
    .map(({ keyword, from }) => ({ keyword, from, usual: template[keyword] }));
}

/**
 * Gives keywords that were not written their value from global_defs, in a configuration and all blocks within, first in
 * global_defs itself. Where that is their default anyway, no block is looked at.
 */
export function inheritFromGlobals(root: Draft, shape: Shape, globals: Draft, ofGlobals: Shape): void {
  // Its defaults may depend on its flags.
  const own = globalSources(ofGlobals).map((source) => ({ ...source, usual: undefined }));
  for (const source of own) take(globals, givenBy(globals, [source]), globals); // one may take from another
  const { blocks } = inheritanceOf(shape, (inner) =>
    globalSources(inner).filter(({ from, usual }) => globals[from] !== undefined && globals[from] !== usual),
  );
  takeWithin(root, blocks, globals);
}

/** Gives keywords that were not written the default that a flag of their block calls for. */
export function takeConditionalDefaults(draft: Draft, { conditional }: Shape): void {
  for (const { keyword, flag, value } of conditional) {
    if (draft[flag] === true && draft.$.of[keyword] === undefined) draft[keyword] = value;
  }
}
