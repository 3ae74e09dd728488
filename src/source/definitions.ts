import { concatMapped, type MappedText, placeAt, replaced, segmentAt, sliceMapped } from "./mapped-text.ts";
import type { Names, UseProblem } from "./names.ts";
import type { Definition } from "./scope.ts";

/** One thing that happened while uses were replaced; offsets are those of the text as it stood at that moment. */
export interface Step {
  readonly from: number;
  readonly to: number;
  readonly name: string;
  /** What the use was replaced by: the definition's first line. */
  readonly definition?: Definition;
  readonly problem?: UseProblem;
}

/** A text with its uses replaced. */
export interface Expansion {
  readonly text: string;
  /** There is something to report; to learn what, expand again with `onStep`. */
  readonly troubled: boolean;
  /** Definitions of several lines that end the text: their first lines are in it, the others follow, last ones first. */
  readonly unfinished: readonly Unfinished[];
}

/** A definition of several lines whose first line ends a text, and where its use stood at that moment. */
export interface Unfinished {
  readonly definition: Definition;
  readonly step: number;
}

/** What may follow a use without braces; before anything else it is left as it stands. */
const DELIMITER = /[\s,)]/;
const PARAMETERS = /\s[^{}]*(?=\})/y;
const DOLLAR = 36;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
/** Definitions within definitions. */
const DEEPEST = 64;
/** Replacements in one line: beyond any use, below what takes noticeable time. */
const MOST_REPLACEMENTS = 1000;
const FINISHED: readonly Unfinished[] = [];
const OUTSIDE: readonly Inside[] = [];

/** A replaced part of the text, as its distance from the end: what is replaced inside it does not move that. */
interface Inside {
  readonly name: string;
  readonly tail: number;
}

/** Where the name that starts at `from` ends; `from` when none does. */
function endOfName(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const letter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
    if (!letter && !(at > from && code >= 48 && code <= 57)) break;
  }
  return at;
}

/** Replaces the uses of one text from left to right, those that replacing brings in too. */
class Expander {
  text: string;
  troubled = false;
  unfinished: Unfinished[] | undefined;
  private readonly names: Names;
  private readonly isOuter: (name: string) => boolean;
  private readonly onStep: ((step: Step) => void) | undefined;
  private inside = OUTSIDE;
  private steps = 0;

  constructor(
    text: string,
    names: Names,
    isOuter: (name: string) => boolean,
    onStep: ((step: Step) => void) | undefined,
  ) {
    this.text = text;
    this.names = names;
    this.isOuter = isOuter;
    this.onStep = onStep;
  }

  run(): void {
    for (let at = this.text.indexOf("$"); at >= 0; ) {
      const next = this.useAt(at);
      if (next < 0) return;
      at = this.text.indexOf("$", next);
    }
  }

  /** Deals with what the `$` at `from` starts; returns where to go on, or -1 to stop. */
  private useAt(from: number): number {
    const { text } = this;
    const braced = text.charCodeAt(from + 1) === OPEN_BRACE;
    const start = braced ? from + 2 : from + 1;
    const end = endOfName(text, start);
    if (end === start) return from + 1;
    const name = text.slice(start, end);
    if (!braced) {
      const delimited = end === text.length || DELIMITER.test(text.charAt(end));
      return this.one(name, "", from, end, delimited);
    }
    if (text.charCodeAt(end) === CLOSE_BRACE) return this.one(name, "", from, end + 1, true);
    PARAMETERS.lastIndex = end;
    const parameters = PARAMETERS.exec(text)?.[0];
    if (parameters === undefined) return from + 1;
    return this.one(name, parameters, from, end + parameters.length + 1, true);
  }

  /** A definition of one line that uses nothing itself needs no watching: nearly all are. */
  private simple(text: string, from: number, to: number): number {
    this.steps++;
    this.text = this.text.slice(0, from) + text + this.text.slice(to);
    return from + text.length;
  }

  private one(name: string, parameters: string, from: number, to: number, delimited: boolean): number {
    const own = parameters === "" && delimited ? this.names.own(name) : undefined;
    if (own?.lines.length === 1 && !this.onStep && this.steps < MOST_REPLACEMENTS) {
      const text = own.lines[0]?.text ?? "";
      const before = this.text.charCodeAt(from - 1);
      if (before !== DOLLAR && before !== OPEN_BRACE && !text.includes("$"))
        return this.simple(text, from, to);
    }
    const { definition, problem } = this.names.meaning(name, parameters);
    if (!delimited) {
      if (definition) this.step({ from, to, name, problem: "not-delimited" });
      return to;
    }
    const refusal = definition ? this.refusal(definition, from, to) : problem;
    if (!definition || refusal) {
      this.step({ from, to, name, ...(refusal ? { problem: refusal } : {}) });
      return refusal === "too-many" ? -1 : to;
    }
    if (problem) this.step({ from, to, name, definition, problem });
    else if (this.onStep) this.step({ from, to, name, definition });
    else this.steps++;
    const tail = this.text.length - to;
    if (definition.lines.length > 1) {
      this.unfinished ??= [];
      this.unfinished.push({ definition, step: this.steps - 1 });
    }
    this.inside = [...this.inside, { name, tail }];
    this.text = this.text.slice(0, from) + (definition.lines[0]?.text ?? "") + this.text.slice(to);
    // What was brought in may complete a use that starts before it, as in `$$N` or `${${N}}`.
    if (this.text.charAt(from - 1) === "$") return from - 1;
    return this.text.slice(Math.max(from - 2, 0), from) === "${" ? from - 2 : from;
  }

  private refusal(definition: Definition, from: number, to: number): UseProblem | undefined {
    const { length } = this.text;
    if (this.inside.length > 0) this.inside = this.inside.filter(({ tail }) => from < length - tail);
    const { name } = definition;
    if (this.inside.some((region) => region.name === name) || this.inside.length >= DEEPEST) {
      return "recursive";
    }
    if (definition.lines.length > 1) {
      if (to < length) return "several-lines";
      if (this.isOuter(name)) return "recursive";
    } else if (this.isOuter(name)) return "recursive";
    return this.steps >= MOST_REPLACEMENTS ? "too-many" : undefined;
  }

  private step(step: Step): void {
    this.steps++;
    if (step.problem) this.troubled = true;
    this.onStep?.(step);
  }
}

/**
 * The text with all uses replaced. `isOuter` tells the definitions that the text itself came out of, which it
 * cannot use again. Only the text is made; `onStep` is told each step, from which `expandMapped` works out places.
 */
export function expandUses(
  text: string,
  names: Names,
  isOuter: (name: string) => boolean,
  onStep?: (step: Step) => void,
): Expansion {
  const expander = new Expander(text, names, isOuter, onStep);
  expander.run();
  return {
    text: expander.text,
    troubled: expander.troubled,
    unfinished: expander.unfinished ?? FINISHED,
  };
}

/** A line of a definition as it stands at the use that covers the text from `from` to `to`. */
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
  return replaced(line, { ...start, width }, definition.name, definition.file, segment.via, definition.round);
}

/**
 * `expandUses` of a text that remembers its places. `onStep` gets the text as it stood at each step; `names` must
 * stand where it stood when the text was first expanded.
 */
export function expandMapped(
  mapped: MappedText,
  names: Names,
  isOuter: (name: string) => boolean,
  onStep?: (step: Step, before: MappedText) => void,
): MappedText {
  let result = mapped;
  expandUses(mapped.text, names, isOuter, (step) => {
    onStep?.(step, result);
    const { definition, from, to } = step;
    const [line] = definition?.lines ?? [];
    if (!definition || !line) return;
    const body = atUse(line, definition, result, from, to);
    result = concatMapped(sliceMapped(result, 0, from), body, sliceMapped(result, to));
  });
  return result;
}
