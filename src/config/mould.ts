import type { Origin } from "../../grammar/tree.ts";
import { copyParts, stopSharing } from "./parts.ts";
import { inheritByParts, inheritedByParts } from "./resolve.ts";
import type { Draft, Shape } from "./shape.ts";

/** The named blocks that a keyword holds: one, or a list of them. */
interface MouldedBlocks {
  readonly keyword: string;
  readonly moulds: readonly Mould[];
  readonly listed: boolean;
}

/** The parts of blocks of one mould that inherit the same. */
interface SharedParts {
  readonly inherited: readonly unknown[];
  readonly lists: readonly unknown[];
}

/** How many different parts a mould remembers: those met last. */
const REMEMBERED = 8;

/** A block that has been cast; its parts are still to inherit. */
export interface Cast {
  readonly draft: Draft;
  readonly mould: Mould;
}

/** A block as it was decoded, to be cast again wherever the same text stands. */
export class Mould {
  readonly shape: Shape;
  /** How many scripts there are in it. */
  readonly scripts: number;
  private readonly draft: Draft;
  private readonly blocks: readonly MouldedBlocks[];
  /** The keywords of its parts, and those whose values these inherit. */
  private readonly parts: readonly string[];
  private readonly inherited: readonly string[];
  private readonly known: SharedParts[] = [];

  /** Of a block that is complete, before it inherits anything. Later changes of the block do not change the mould. */
  constructor(draft: Draft, shape: Shape, scripts: number) {
    this.shape = shape;
    this.scripts = scripts;
    this.draft = shape.clone(draft) as Draft; // a copy of one
    this.draft.$ = { ...draft.$, shift: draft.$.shift ?? 0 };
    stopSharing(this.draft, shape);
    const held = shape.blocks.filter(({ keyword }) => blocksOf(draft[keyword]).length > 0);
    this.parts = held.filter(({ parts }) => parts).map(({ keyword }) => keyword);
    this.inherited = this.parts.length > 0 ? inheritedByParts(shape) : [];
    this.blocks = held
      .filter(({ parts }) => !parts)
      .map(({ keyword, shape: inner }) => ({
        keyword,
        listed: Array.isArray(draft[keyword]),
        moulds: blocksOf(draft[keyword]).map((one) => new Mould(one, inner, scripts)),
      }));
  }

  /** The block with its opening line at another origin. Adds to `casts` what has parts that are still to inherit. */
  cast(at: Origin, casts: Cast[]): Draft {
    return this.shifted(at - this.draft.$.at, casts);
  }

  private shifted(shift: number, casts: Cast[]): Draft {
    const draft = this.shape.clone(this.draft) as Draft; // a copy of one
    const { at, end, of } = this.draft.$;
    draft.$ = { at: at + shift, end: end === undefined ? undefined : end + shift, of, shift };
    if (this.parts.length > 0) casts.push({ draft, mould: this });
    for (const { keyword, moulds, listed } of this.blocks) {
      const cast = moulds.map((mould) => mould.shifted(shift, casts));
      draft[keyword] = listed ? cast : cast[0];
    }
    return draft;
  }

  /** Gives a block that was cast, and has what it inherits itself, the parts of one before that inherited the same. */
  share(draft: Draft): void {
    const { inherited, parts } = this;
    if (draft.$.shift === undefined) return; // it has been added to, and shares nothing
    const same = this.known.find((one) => holdsAll(draft, inherited, one.inherited));
    if (same) {
      for (let at = 0; at < parts.length; at++) draft[parts[at] ?? ""] = same.lists[at];
      return;
    }
    copyParts(draft, this.shape, 0);
    inheritByParts(draft, this.shape);
    if (this.known.length >= REMEMBERED) this.known.pop();
    this.known.unshift({
      inherited: inherited.map((keyword) => draft[keyword]),
      lists: parts.map((keyword) => draft[keyword]),
    });
  }
}

function holdsAll(draft: Draft, keywords: readonly string[], values: readonly unknown[]): boolean {
  for (let at = 0; at < keywords.length; at++) if (draft[keywords[at] ?? ""] !== values[at]) return false;
  return true;
}

/** The blocks that a block row holds. */
function blocksOf(value: unknown): readonly Draft[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]) as readonly Draft[]; // of a block row
}
