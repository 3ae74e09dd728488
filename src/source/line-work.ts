import type { SourceLine } from "../../grammar/line.ts";
import { hasComment, withoutCommentText } from "./comments.ts";
import { expandUses, type Unfinished } from "./definitions.ts";
import {
  CONDITION,
  DEFINITION,
  DIRECTIVE_START,
  directiveAfterBrace,
  INCLUDE,
  REPETITION,
  SETTING,
  STARTS_REPETITION,
  WHOLE_USE,
} from "./directives.ts";
import { type MappedText, sliceMapped } from "./mapped-text.ts";
import { cameFrom, type Piece, partOf, placed, type Use } from "./piece.ts";
import type { ReadingState } from "./reading-state.ts";
import { type Rounds, roundsOf } from "./rounds.ts";
import type { Definition } from "./scope.ts";
import { countUses, warnOfShadowing } from "./shadowing.ts";
import { textOfProblem } from "./use-problems.ts";
import { trimmed } from "./white-space.ts";

/** Lines that definitions and repetitions may make in all: beyond any use, below what exhausts memory. */
const MOST_LINES = 1_500_000;
/** keepalived's lines hold one character less than this many after definitions were replaced. */
const LONGEST_EXPANDED = 1023;
/** How often a line may turn into another directive. */
const MOST_TURNS = 16;

/** An include line that was met: its pattern, and the letter after `include`. */
export interface IncludeRequest {
  readonly pattern: MappedText;
  readonly variant: string;
}

/** A setting that was met, and its arguments. */
export interface Setting {
  readonly keyword: string;
  readonly options: MappedText;
}

/** Lines of a definition that are still to be read. */
interface PendingLines {
  readonly use: Use;
  next: number;
}

/** Rounds of a repetition that are still to be made. */
interface PendingRounds {
  readonly rounds: Rounds;
  readonly rest: Piece;
  /** Where the ~SEQ or ~LST stands. */
  readonly place: MappedText;
  next: number;
}

/** Does a condition, as CONDITION matches it, let its line through? */
export function holds(condition: RegExpExecArray, id: string | undefined): boolean {
  const [, not, wanted] = condition;
  return (wanted === id) !== (not === "^");
}

/**
 * Carries out what one line of a file asks for. `start` takes the line, `step` does a part of what it led to; after
 * each, `take` has the lines that came out. Definitions of several lines and repetitions wait in `pending`, so that
 * a line that makes a million others costs the memory of one. As in keepalived, includes wait until all is done.
 */
export class LineWork {
  readonly includes: IncludeRequest[] = [];
  private readonly state: ReadingState;
  private readonly id: string | undefined;
  private readonly onSetting: (setting: Setting) => void;
  private readonly pending: (PendingLines | PendingRounds)[] = [];
  private readonly ready: SourceLine[] = [];
  private taken = 0;
  private made = 0;

  constructor(state: ReadingState, id: string | undefined, onSetting: (setting: Setting) => void) {
    this.state = state;
    this.id = id;
    this.onSetting = onSetting;
  }

  /** The next line that was made; undefined when all have been taken. */
  take(): SourceLine | undefined {
    const { ready } = this;
    if (this.taken < ready.length) return ready[this.taken++];
    ready.length = 0;
    this.taken = 0;
    return undefined;
  }

  start(piece: Piece): void {
    this.state.forgetSaid();
    this.process(piece, 0);
  }

  /** Goes on with what is pending; false when nothing is. */
  step(): boolean {
    const top = this.pending.at(-1);
    if (!top) return false;
    if (this.made > MOST_LINES) {
      this.pending.length = 0;
      return false;
    }
    if ("use" in top) this.nextLine(top);
    else this.nextRound(top);
    return true;
  }

  /**
   * Sets a definition that stands in the piece: all its lines, the first without its `$NAME=`. `always`: no condition
   * stands before it.
   */
  define(name: string, lines: readonly MappedText[], piece: Piece, always: boolean): void {
    const file = piece.use?.definition.file ?? this.state.sources.fileOf(this.state.reading);
    const [first] = lines;
    const body = lines.length > 1 && first?.text === "" ? lines.slice(1) : lines;
    const definition: Definition = { name, file, lines: body };
    if (always && !piece.use && !piece.after) warnOfShadowing(this.state, definition, piece.mapped);
    this.state.scope.set(definition);
  }

  private nextLine(entry: PendingLines): void {
    const { definition } = entry.use;
    const mapped = definition.lines[entry.next++];
    if (entry.next >= definition.lines.length) this.pending.pop();
    if (!mapped) return;
    const piece: Piece = { mapped, use: entry.use };
    if (entry.next === 1) this.warnOfDirective(piece);
    this.process(piece, 0);
  }

  private nextRound(entry: PendingRounds): void {
    const { rounds, place, rest } = entry;
    const values = rounds.values(entry.next++);
    if (entry.next >= rounds.count) this.pending.pop();
    const file = this.state.sources.fileOf(this.state.reading);
    for (const [index, name] of rounds.names.entries()) {
      const value: MappedText = { text: values[index] ?? "", segments: place.segments };
      this.state.scope.set({ name, file, lines: [value], round: true });
    }
    this.process(rest, 0);
  }

  /** A line with all that may stand before its text. `turns` counts how often it was something else before. */
  private process(piece: Piece, turns: number): void {
    let current = piece;
    const always = !current.mapped.text.startsWith("@");
    if (!always) {
      const condition = CONDITION.exec(current.mapped.text);
      if (!condition || !holds(condition, this.id)) {
        if (current.mapped.text.includes("$")) countUses(this.state, current.mapped.text);
        return;
      }
      current = partOf(current, condition[0].length);
    }
    const { text } = current.mapped;
    if (text.startsWith("$")) {
      const definition = DEFINITION.exec(text);
      if (definition) {
        const value = partOf(current, definition[0].length).mapped;
        this.define(definition[1] ?? "", [value], current, always);
        return;
      }
      if (this.wholeUse(current)) return;
    } else if (text.startsWith("~") && STARTS_REPETITION.test(text)) {
      this.repetition(current);
      return;
    }
    this.expand(current, turns);
  }

  private repetition(piece: Piece): void {
    const { names, sources } = this.state;
    const match = REPETITION.exec(piece.mapped.text);
    const [prefix, kind = "", args = ""] = match ?? [piece.mapped.text];
    const isOuter = (name: string): boolean => cameFrom(piece, name);
    const rounds = match && roundsOf(kind, kind === "LST" ? args : expandUses(args, names, isOuter).text);
    if (!rounds) {
      const list = piece.mapped.text.startsWith("~LST");
      const detail = list
        ? "It is ~LST(NAME, value, …) or ~LST({NAME, NAME}, {value, value}, …), values without white space."
        : "It is ~SEQ(NAME, start, step, end); start and step may be left out, and the step leads from start to end.";
      const summary = `this ${list ? "~LST" : "~SEQ"} is written wrongly`;
      if (!this.state.isNew("repetition", piece)) return;
      const at = placed(piece);
      this.state.complain(
        { code: "invalid-repetition", severity: "error", summary, detail },
        at,
        0,
        prefix.trimEnd().length,
      );
      return;
    }
    const rest = partOf(piece, prefix.length);
    if (rest.mapped.text === "") return;
    const { line, column } = sources.rangeOf(this.state.reading, placed(piece), 0, 0);
    const place: MappedText = { text: "", segments: [{ start: 0, line, column, width: 0 }] };
    this.pending.push({ rounds, rest, place, next: 0 });
  }

  /** A line that is the use of a definition of several lines. False when it is something else. */
  private wholeUse(piece: Piece): boolean {
    const match = WHOLE_USE.exec(piece.mapped.text);
    const name = match?.[1] ?? match?.[2] ?? "";
    const definition = match ? this.state.scope.get(name) : undefined;
    if (!definition || definition.lines.length < 2 || cameFrom(piece, name)) return false;
    const parameters = match?.[3] ?? "";
    const meaning = parameters === "" ? { definition } : this.state.names.meaning(name, parameters);
    if (!meaning.definition) return false;
    if ("problem" in meaning && meaning.problem) this.sayOnce(meaning.problem, name, piece, placed(piece));
    this.follow(meaning.definition, piece, 0, piece.mapped.text.length, 0);
    return true;
  }

  private follow(definition: Definition, at: Piece, from: number, to: number, next: number): void {
    this.pending.push({ use: { definition, at, from, to }, next });
  }

  private expand(piece: Piece, turns: number): void {
    const { state } = this;
    const { text } = piece.mapped;
    const split = directiveAfterBrace(text);
    if (split !== undefined) {
      this.expand(partOf(piece, 0, split), turns);
      this.process(partOf(piece, split), turns);
      return;
    }
    const { version } = state.scope;
    const { random } = state.names;
    let result = text;
    if (text.includes("$")) {
      const expansion = expandUses(text, state.names, (name) => cameFrom(piece, name));
      result = expansion.text;
      if (expansion.troubled) this.explain(piece, version, random);
      if (expansion.unfinished.length > 0)
        this.followUnfinished(piece, expansion.unfinished, version, random);
    }
    const changed = result !== text;
    if (changed || piece.use) {
      if (changed && hasComment(result)) this.warnOfComment(piece, version, random);
      result = trimmed(withoutCommentText(result));
    }
    const late = changed && (DIRECTIVE_START.test(result) || directiveAfterBrace(result) !== undefined);
    if (late || INCLUDE.test(result) || SETTING.test(result))
      this.special(piece, state.expanded(piece, version, random), version, random, turns);
    else this.emit(piece, result, version, random);
  }

  /** A line that turned out to be an include, a setting, or another directive that a definition brought in. */
  private special(piece: Piece, mapped: MappedText, version: number, random: number, turns: number): void {
    const { text } = mapped;
    const include = INCLUDE.exec(text);
    if (include) {
      this.requestInclude({ pattern: sliceMapped(mapped, include[0].length), variant: include[1] ?? "" });
      return;
    }
    const setting = SETTING.exec(text);
    if (setting) {
      this.onSetting({ keyword: setting[1] ?? "", options: sliceMapped(mapped, setting[0].length) });
      this.emit(piece, text, version, random);
      return;
    }
    const after = piece.use ?? piece.after;
    const known: Piece = after ? { mapped, after } : { mapped };
    if (turns >= MOST_TURNS) {
      const name = text.slice(0, 20);
      const summary = `definitions make one directive after the other: ${name}`;
      this.state.complain({ code: "recursive-definition", severity: "error", summary }, mapped);
      return;
    }
    const split = directiveAfterBrace(text);
    if (split !== undefined && !DIRECTIVE_START.test(text)) {
      this.emit(partOf(known, 0, split), text.slice(0, split), version, random);
      this.process(partOf(known, split), turns + 1);
      return;
    }
    this.warnOfDirective(known, mapped);
    this.process(known, turns + 1);
  }

  private requestInclude(request: IncludeRequest): void {
    this.includes.push(request);
    const lines = this.pending.find((entry) => "use" in entry);
    if (!lines || !this.state.isNew("include", { mapped: request.pattern })) return;
    const summary = "this file is included only after all lines of the definition";
    const detail = "So does keepalived, which may also forget an include when there are several.";
    this.state.complain({ code: "include-deferred", severity: "warning", summary, detail }, request.pattern);
  }

  private emit(piece: Piece, text: string, version: number, random: number): void {
    if (text === "" || this.made > MOST_LINES) return;
    const { state } = this;
    if (++this.made > MOST_LINES) {
      const summary = `definitions and repetitions make more than ${MOST_LINES} lines`;
      state.complain({ code: "expansion-too-large", severity: "error", summary }, placed(piece));
      return;
    }
    if (text.length > LONGEST_EXPANDED && this.state.isNew("long", piece)) {
      const summary = `the line is longer than ${LONGEST_EXPANDED} characters once definitions are replaced`;
      const detail = "keepalived leaves a definition in the text that makes its line longer.";
      state.complain({ code: "line-too-long", severity: "warning", summary, detail }, placed(piece));
    }
    const id = state.nextId++;
    state.sources.addChanged(id, { reading: state.reading, piece, version, random });
    this.ready.push({ id, text, commentFree: true });
  }

  private followUnfinished(
    piece: Piece,
    unfinished: readonly Unfinished[],
    version: number,
    random: number,
  ): void {
    let index = 0;
    const after = piece.use ?? piece.after;
    this.state.expanded(piece, version, random, (step, before) => {
      for (const { definition, step: at } of unfinished) {
        if (at !== index) continue;
        this.follow(
          definition,
          after ? { mapped: before, after } : { mapped: before },
          step.from,
          step.to,
          1,
        );
      }
      index++;
    });
  }

  /** Reports what is wrong with the uses of a line. */
  private explain(piece: Piece, version: number, random: number): void {
    this.state.expanded(piece, version, random, ({ problem, name, from, to }, before) => {
      if (!problem) return;
      const open =
        problem === "undefined" && /^[^"]*(?:"[^"]*"[^"]*)*\$\{$/.test(before.text.slice(0, from + 2));
      this.sayOnce(open ? "undefined-braces" : problem, name, piece, before, from, to);
    });
  }

  private sayOnce(
    problem: Parameters<typeof textOfProblem>[0],
    name: string,
    piece: Piece,
    mapped: MappedText,
    from = 0,
    to = mapped.text.length,
  ): void {
    if (!this.state.isNew(`${problem}:${name}`, piece)) return;
    this.state.complain(textOfProblem(problem, name), mapped, from, to);
  }

  private warnOfDirective(piece: Piece, mapped = piece.mapped): void {
    if (!DIRECTIVE_START.test(mapped.text) || !this.state.isNew("directive", piece)) return;
    const summary = "keepalived 2.4.3 does not act on what a definition brings in here";
    const detail =
      "It takes `@`, `~SEQ`, `~LST` and `$NAME=` at the start of a replaced text for words, against its manual and 2.2.7. Holdfast acts on them.";
    this.state.complain(
      { code: "directive-in-definition", severity: "warning", summary, detail },
      placed({ ...piece, mapped }),
    );
  }

  private warnOfComment(piece: Piece, version: number, random: number): void {
    if (!this.state.isNew("comment", piece)) return;
    const steps: { readonly mapped: MappedText; readonly from: number; readonly to: number }[] = [];
    this.state.expanded(piece, version, random, ({ definition, from, to }, mapped) => {
      if (definition && /[#!]/.test(definition.lines[0]?.text ?? "")) steps.push({ mapped, from, to });
    });
    const summary = "a definition brings in the start of a comment";
    const detail =
      "The rest of the line is dropped, as keepalived does. Put it in double quotes, or a backslash before the `#` or `!`.";
    this.state.complain(
      { code: "comment-in-definition", severity: "warning", summary, detail },
      steps[0]?.mapped ?? placed(piece),
      steps[0]?.from,
      steps[0]?.to,
    );
  }
}
