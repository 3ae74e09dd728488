import { atUse } from "./definitions.ts";
import { type MappedText, sliceMapped, trimMapped } from "./mapped-text.ts";
import type { Definition } from "./scope.ts";

/** Where a definition of several lines is used: the text of `at`, from `from` to `to`. */
export interface Use {
  readonly definition: Definition;
  readonly at: Piece;
  readonly from: number;
  readonly to: number;
}

/**
 * A line on its way, uses not yet replaced. A line of a definition is shared by all that use it; where it stands is
 * worked out when somebody asks.
 */
export interface Piece {
  readonly mapped: MappedText;
  readonly use?: Use;
  /** Of a piece whose places are worked out already: the use that it came out of, which it may not repeat. */
  readonly after?: Use;
}

/** The piece's text with its places in the file that is being read. */
export function placed({ mapped, use }: Piece): MappedText {
  return use ? atUse(mapped, use.definition, placed(use.at), use.from, use.to) : mapped;
}

/** Did the piece, or a part of it, come out of the definition of this name? What a round stands for does not count. */
export function cameFrom({ mapped, use, after }: Piece, name: string): boolean {
  for (let step = use ?? after; step; step = step.at.use ?? step.at.after) {
    if (step.definition.name === name) return true;
  }
  return mapped.segments.some(({ via }) => {
    for (let step = via; step; step = step.within) {
      if (step.name === name && step.value === undefined) return true;
    }
    return false;
  });
}

/** Part of a piece, without white space at its ends. */
export function partOf({ mapped, use, after }: Piece, from: number, to?: number): Piece {
  const part = trimMapped(sliceMapped(mapped, from, to));
  if (use) return { mapped: part, use };
  return after ? { mapped: part, after } : { mapped: part };
}
