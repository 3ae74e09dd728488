import type { Origin } from "../../grammar/tree.ts";
import type { Draft, DraftMeta, Shape } from "./shape.ts";

/** The blocks that a keyword holds: one, or a list of them. */
interface MouldedBlocks {
  readonly keyword: string;
  readonly moulds: readonly Mould[];
  readonly listed: boolean;
}

/** Origins of one keyword. */
interface Written {
  readonly keyword: string;
  readonly origin: number | readonly number[];
}

/** A block as it was decoded, to be cast again wherever the same text stands. */
export class Mould {
  readonly shape: Shape;
  /** How many scripts there are in it. */
  readonly scripts: number;
  private readonly draft: Draft;
  private readonly written: readonly Written[];
  private readonly blocks: readonly MouldedBlocks[];
  /** The keywords of lists of values, which grow when a keyword stands again. */
  private readonly lists: readonly string[];

  /** Of a block that is complete, before it inherits anything. Later changes of the block do not change the mould. */
  constructor(draft: Draft, shape: Shape, scripts: number) {
    const { at, end, of } = draft.$;
    this.shape = shape;
    this.scripts = scripts;
    this.draft = shape.clone(draft) as Draft; // a copy of one
    this.draft.$ = { at, end, of: {} };
    this.written = Object.entries(of).map(([keyword, origin]) => ({ keyword, origin }));
    this.lists = this.written.flatMap(({ keyword, origin }) => {
      const ofBlocks = shape.blocks.some((block) => block.keyword === keyword);
      return typeof origin === "number" || ofBlocks ? [] : [keyword];
    });
    copyLists(this.draft, this.lists);
    this.blocks = shape.blocks.flatMap(({ keyword, shape: inner }) => {
      const value = draft[keyword];
      const listed = Array.isArray(value);
      const drafts = (listed ? value : value === undefined ? [] : [value]) as readonly Draft[]; // of a block row
      return drafts.length === 0
        ? []
        : [{ keyword, listed, moulds: drafts.map((one) => new Mould(one, inner, scripts)) }];
    });
  }

  /** The block with its opening line at another origin. */
  cast(at: Origin): Draft {
    return this.shifted(at - this.draft.$.at);
  }

  private shifted(shift: number): Draft {
    const draft = this.shape.clone(this.draft) as Draft; // a copy of one
    const { at, end } = this.draft.$;
    const of: DraftMeta["of"] = {};
    for (const { keyword, origin } of this.written) {
      of[keyword] = typeof origin === "number" ? origin + shift : origin.map((one) => one + shift);
    }
    draft.$ = { at: at + shift, end: end === undefined ? undefined : end + shift, of };
    if (this.lists.length > 0) copyLists(draft, this.lists);
    for (const { keyword, moulds, listed } of this.blocks) {
      const cast = moulds.map((mould) => mould.shifted(shift));
      draft[keyword] = listed ? cast : cast[0];
    }
    return draft;
  }
}

function copyLists(draft: Draft, keywords: readonly string[]): void {
  for (const keyword of keywords) {
    const value = draft[keyword];
    if (Array.isArray(value)) draft[keyword] = value.slice();
  }
}
