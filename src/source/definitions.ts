import {
  concatMapped,
  type MappedText,
  placeAt,
  replaced,
  segmentAt,
  sliceMapped,
  type Via,
} from "./mapped-text.ts";

/** A `$NAME=` as it stood when it was read; uses in its lines are replaced where it is used. */
export interface Definition {
  readonly name: string;
  /** Index of the file, -1 for one that is built in. */
  readonly file: number;
  /** Free of comments and outer white space; one for an ordinary definition, several where lines ended in `\`. */
  readonly lines: readonly MappedText[];
}

/** Why a use was left as it stands. */
export type UseProblem =
  | "too-many"
  | "undefined"
  | "recursive"
  | "several-lines"
  | "not-delimited"
  | "parameters";

/** What expansion asks of its surroundings. */
export interface Definitions {
  get(name: string): Definition | undefined;
  problem(kind: UseProblem, name: string, mapped: MappedText, from: number, to: number): void;
}

const USE = /\$(?:\{([A-Za-z_]\w*)([^{}]*)\}|([A-Za-z_]\w*))/g;
/** What may follow a use without braces, as seen with 2.2.7; before anything else it is left as it stands. */
const DELIMITED = /^(?:[\s,)]|$)/;
/** Definitions within definitions. */
const DEEPEST = 64;
/** Replacements in one line: beyond any use, below what takes noticeable time. */
const MOST_REPLACEMENTS = 1000;

function depthOf(via: Via | undefined): number {
  let depth = 0;
  for (let step = via; step; step = step.within) depth++;
  return depth;
}

function isWithin(via: Via | undefined, name: string): boolean {
  for (let step = via; step; step = step.within) if (step.name === name) return true;
  return false;
}

/** The definition's line as it stands at the use that covers the text from `from` to `to`. */
export function atUse(
  line: MappedText,
  definition: Definition,
  mapped: MappedText,
  from: number,
  to: number,
): MappedText {
  const segment = segmentAt(mapped, from);
  const start = placeAt(mapped, from);
  const width = segment.width > 0 ? segment.width : to - from;
  return replaced(line, { ...start, width }, definition.name, definition.file, segment.via);
}

/** The text with all uses replaced, those that replacing brings in too. */
export function expandUses(mapped: MappedText, definitions: Definitions): MappedText {
  let result = mapped;
  let from = 0;
  for (let replacements = 0; ; ) {
    USE.lastIndex = from;
    const match = USE.exec(result.text);
    if (!match) return result;
    const [whole, braced, parameters = "", bare] = match;
    const name = braced ?? bare ?? "";
    const to = match.index + whole.length;
    const definition = definitions.get(name);
    const via = segmentAt(result, match.index).via;
    const delimited = braced !== undefined || DELIMITED.test(result.text.slice(to, to + 1));
    const [line, ...more] = definition?.lines ?? [];
    if (
      definition &&
      line &&
      more.length === 0 &&
      parameters === "" &&
      delimited &&
      !isWithin(via, name) &&
      depthOf(via) < DEEPEST
    ) {
      const body = atUse(line, definition, result, match.index, to);
      result = concatMapped(sliceMapped(result, 0, match.index), body, sliceMapped(result, to));
      from = match.index;
      if (++replacements < MOST_REPLACEMENTS) continue;
      definitions.problem("too-many", name, mapped, 0, mapped.text.length);
      return result;
    }
    const kind = ((): UseProblem | undefined => {
      if (!definition) return delimited ? "undefined" : undefined;
      if (parameters !== "") return "parameters";
      if (!delimited) return "not-delimited";
      return more.length > 0 ? "several-lines" : "recursive";
    })();
    if (kind) definitions.problem(kind, name, result, match.index, to);
    from = to;
  }
}
