import type { SourceLine } from "../../grammar/line.ts";
import type { Diagnostic, Range, Report } from "../diagnostics/diagnostic.ts";
import { atUse, type Definition, type Definitions, expandUses, type UseProblem } from "./definitions.ts";
import {
  CONDITION,
  CONTINUED,
  DEFINITION,
  directiveAfterBrace,
  INCLUDE,
  mayNeedWork,
  REPETITION,
  roundsOf,
  STARTS_DEFINITION,
  WHOLE_USE,
  withoutComment,
} from "./directives.ts";
import { glob, isPattern } from "./glob.ts";
import { directoryOf, joinPath, type SourceHost } from "./host.ts";
import {
  concatMapped,
  type MappedText,
  segmentAt,
  sliceMapped,
  trimMapped,
  verbatim,
} from "./mapped-text.ts";
import { PhysicalLines } from "./physical-lines.ts";
import { Sources } from "./sources.ts";

/** What reading depends on besides the files. */
export interface SourceOptions {
  /** The configuration id (`-i`) that `@id` lines are compared with; without one, only `@^id` lines belong. */
  readonly id?: string;
  /** What `${_ENV NAME}` stands for. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A configuration that is being read. */
export interface SourceText {
  /** The lines in order, read and reported on as they are asked for. To be iterated once. */
  readonly lines: Iterable<SourceLine>;
  readonly sources: Sources;
}

/** How deep includes may nest; keepalived stops when it has no file descriptors left. */
const DEEPEST_INCLUDE = 100;
/** Lines that definitions and repetitions may make in all: beyond any use, below what exhausts memory. */
const MOST_CHANGED_LINES = 1_500_000;
/** Definitions of several lines within each other. */
const DEEPEST_NESTING = 16;
/** The built-in definitions whose value is fixed. */
const FIXED: Readonly<Record<string, string>> = { _HASH: "#", _BANG: "!" };

/** One file being read, and the files that include it. */
interface Frame {
  readonly reading: number;
  readonly path: string;
  readonly identity: string;
  readonly outer?: Frame;
}

class Reader implements Definitions {
  readonly sources = new Sources();
  private readonly host: SourceHost;
  private readonly options: SourceOptions;
  private readonly report: Report;
  private readonly definitions = new Map<string, Definition>();
  private frame: Frame = { reading: 0, path: "", identity: "" };
  /** From 1: the origin 0 means "nowhere". */
  private nextId = 1;
  private inRun = false;
  private changedLines = 0;

  constructor(host: SourceHost, options: SourceOptions, report: Report) {
    this.host = host;
    this.options = options;
    this.report = report;
  }

  *main(path: string): Generator<SourceLine, void, undefined> {
    const content = this.host.read(path);
    if ("problem" in content) {
      this.report({
        code: "unreadable-file",
        severity: "error",
        summary: `cannot read ${path}: ${content.problem}`,
      });
      return;
    }
    const name = path === "-" ? "<stdin>" : path;
    const reading = this.sources.open(name, content.text);
    yield* this.file({ reading, path: name, identity: this.host.identity(path) }, content.text);
  }

  get(name: string): Definition | undefined {
    const value = name === "_PWD" ? this.directory() : name === "_INSTANCE" ? this.options.id : FIXED[name];
    if (value !== undefined) return { name, file: -1, lines: [verbatim(value, 1)] };
    return this.definitions.get(name);
  }

  problem(kind: UseProblem, name: string, mapped: MappedText, from: number, to: number): void {
    if (name === "_ENV" || name === "_RANDOM") return; // withEnvironment said it
    const texts: Readonly<Record<UseProblem, Omit<Diagnostic, "subject">>> = {
      undefined: {
        code: "undefined-definition",
        severity: "warning",
        summary: `$${name} is not defined here`,
        detail: `It stays in the text as it is. Definitions are lines such as \`$${name}=value\`, above their first use.`,
      },
      "too-many": {
        code: "expansion-too-large",
        severity: "error",
        summary: "too many definitions are replaced in this line",
        detail: `It stopped at $${name}; definitions that use others several times each grow without bound.`,
      },
      recursive: {
        code: "recursive-definition",
        severity: "error",
        summary: `the definition of $${name} uses itself`,
      },
      "several-lines": {
        code: "definition-not-replaced",
        severity: "error",
        summary: `$${name} has several lines and must stand alone on its line`,
        detail: "keepalived leaves it in the text unreplaced.",
      },
      "not-delimited": {
        code: "definition-not-replaced",
        severity: "warning",
        summary: `$${name} is not replaced here`,
        detail: `A use without braces is replaced only before white space, a comma or a closing parenthesis: write \${${name}}.`,
      },
      parameters: {
        code: "not-implemented",
        severity: "warning",
        summary: `parameters of $${name} are not supported yet`,
      },
    };
    this.complain(texts[kind], mapped, from, to);
  }

  private directory(): string {
    return directoryOf(this.frame.identity) || ".";
  }

  private complain(
    diagnostic: Omit<Diagnostic, "subject">,
    mapped: MappedText,
    from = 0,
    to = mapped.text.length,
  ): void {
    const { reading } = this.frame;
    const related = this.sources.relatedTo(reading, segmentAt(mapped, from).via);
    const subject = this.sources.rangeOf(reading, mapped, from, to);
    this.report({ ...diagnostic, subject, ...(related.length > 0 ? { related } : {}) });
  }

  private *file(frame: Frame, text: string): Generator<SourceLine, void, undefined> {
    const outer = this.frame;
    this.frame = frame;
    this.inRun = false;
    const lines = new PhysicalLines(text);
    this.checkEncoding(text);
    while (lines.next()) {
      if (lines.plain || !(lines.atByteOrderMark() || mayNeedWork(lines.text()))) yield this.plainLine(lines);
      else yield* this.directives(lines);
    }
    this.frame = outer;
    this.inRun = false;
  }

  private checkEncoding(text: string): void {
    if (text.startsWith("\uFEFF")) {
      this.complain(
        {
          code: "byte-order-mark",
          severity: "warning",
          summary: "the file starts with a byte order mark",
          detail: "keepalived takes it for a part of the first keyword. Save the file as UTF-8 without it.",
        },
        verbatim(text.slice(0, 1), 1),
      );
    }
    const damaged = text.indexOf("\uFFFD");
    if (damaged >= 0) {
      const line = text.slice(0, damaged).split("\n").length;
      const column = damaged - text.lastIndexOf("\n", damaged);
      const summary = "the file is not UTF-8 here";
      const detail = "The byte was replaced. keepalived passes bytes on as they are; save the file as UTF-8.";
      this.complain(
        { code: "invalid-utf8", severity: "warning", summary, detail },
        verbatim("\uFFFD", line, column),
      );
    }
  }

  private plainLine(lines: PhysicalLines): SourceLine {
    if (!this.inRun) {
      this.sources.startRun(this.nextId, this.frame.reading, lines.number);
      this.inRun = true;
    }
    return { id: this.nextId++, text: lines.text() };
  }

  private *changedLine(mapped: MappedText): Generator<SourceLine, void, undefined> {
    if (mapped.text === "" || this.changedLines > MOST_CHANGED_LINES) return;
    if (++this.changedLines > MOST_CHANGED_LINES) {
      const summary = `definitions and repetitions make more than ${MOST_CHANGED_LINES} lines`;
      this.complain({ code: "expansion-too-large", severity: "error", summary }, mapped);
      return;
    }
    this.inRun = false;
    const id = this.nextId++;
    this.sources.addChanged(id, this.frame.reading, mapped, true);
    yield { id, text: mapped.text, commentFree: true };
  }

  /** A physical line that may hold directives, with the lines that continue it. */
  private *directives(lines: PhysicalLines): Generator<SourceLine, void, undefined> {
    this.inRun = false;
    const first = lines.mapped();
    if (first.text.includes("\0")) {
      const at = first.text.indexOf("\0");
      const summary = "the line holds a NUL byte";
      const detail = "keepalived ignores what follows it. Remove it; the file may be damaged.";
      this.complain({ code: "nul-byte", severity: "error", summary, detail }, first, at, at + 1);
    }
    if (STARTS_DEFINITION.test(first.text)) {
      const parts = [first];
      while (CONTINUED.test(parts.at(-1)?.text ?? "") && lines.next()) parts.push(lines.mapped());
      yield* this.line(withoutContinuation(first), parts.slice(1).map(withoutContinuation));
      return;
    }
    let whole = withoutComment(first);
    if (CONTINUED.test(whole.text) && CONTINUED.test(first.text)) {
      this.complain(
        {
          code: "continuation",
          severity: "warning",
          summary: "this line is continued outside a definition",
          detail:
            "keepalived joins lines only in definitions and reads the backslash as text here. Write one line.",
        },
        whole,
        whole.text.lastIndexOf("\\"),
        whole.text.lastIndexOf("\\") + 1,
      );
      while (CONTINUED.test(whole.text)) {
        whole = cutContinuation(whole);
        if (!lines.next()) break;
        whole = concatMapped(whole, verbatim(" ", lines.number), withoutComment(lines.mapped()));
      }
    }
    yield* this.line(whole, []);
  }

  /** A logical line without comment; `more` are the further lines of a definition. */
  private *line(mapped: MappedText, more: readonly MappedText[]): Generator<SourceLine, void, undefined> {
    if (this.changedLines > MOST_CHANGED_LINES) return;
    let rest = trimMapped(mapped);
    const condition = CONDITION.exec(rest.text);
    if (condition) {
      const [prefix, not, id] = condition;
      if ((id === this.options.id) === (not === "^")) return;
      rest = sliceMapped(rest, prefix.length);
    }
    const definition = DEFINITION.exec(rest.text);
    if (definition) {
      this.define(definition[1] ?? "", sliceMapped(rest, definition[0].length), more);
      return;
    }
    const include = INCLUDE.exec(rest.text);
    if (include) {
      yield* this.include(sliceMapped(rest, include[0].length), include[1] ?? "");
      return;
    }
    const split = directiveAfterBrace(rest.text);
    if (split !== undefined) {
      yield* this.line(sliceMapped(rest, 0, split), []);
      yield* this.line(sliceMapped(rest, split), []);
      return;
    }
    if (rest.text.startsWith("~")) yield* this.repetition(rest);
    else yield* this.uses(rest);
  }

  /** A line whose definitions are to be replaced. What that brings in may be directives again. */
  private *uses(mapped: MappedText): Generator<SourceLine, void, undefined> {
    const whole = WHOLE_USE.exec(mapped.text);
    const definition = whole ? this.get(whole[1] ?? whole[2] ?? "") : undefined;
    if (definition && definition.lines.length > 1) {
      let depth = 0;
      for (let via = segmentAt(mapped, 0).via; via; via = via.within) {
        if (via.name !== definition.name && ++depth < DEEPEST_NESTING) continue;
        const kind = via.name === definition.name ? "recursive" : "too-many";
        this.problem(kind, definition.name, mapped, 0, mapped.text.length);
        return;
      }
      for (const line of definition.lines) {
        yield* this.line(atUse(line, definition, mapped, 0, mapped.text.length), []);
      }
      return;
    }
    const expanded = expandUses(this.withEnvironment(mapped), this);
    const changed = expanded.text !== mapped.text;
    if (changed && (/^[@~]/.test(expanded.text) || DEFINITION.test(expanded.text))) {
      yield* this.line(expanded, []);
    } else {
      yield* this.changedLine(expanded);
    }
  }

  /** `${_ENV NAME}` replaced; `${_RANDOM …}` is reported. */
  private withEnvironment(mapped: MappedText): MappedText {
    const match = /\$\{_(ENV|RANDOM)\s*([^{}]*)\}/.exec(mapped.text);
    if (!match) return mapped;
    const [whole, kind, name = ""] = match;
    const to = match.index + whole.length;
    const value = this.options.environment?.[name.trim()];
    if (kind === "RANDOM" || value === undefined) {
      const summary =
        kind === "RANDOM"
          ? "random numbers (_RANDOM) are not supported yet"
          : `the environment has no ${name.trim()}`;
      const code = kind === "RANDOM" ? "not-implemented" : "undefined-definition";
      this.complain({ code, severity: "warning", summary }, mapped, match.index, to);
      return mapped;
    }
    const definition: Definition = { name: "_ENV", file: -1, lines: [] };
    const body = atUse(verbatim(value, 1), definition, mapped, match.index, to);
    return this.withEnvironment(
      concatMapped(sliceMapped(mapped, 0, match.index), body, sliceMapped(mapped, to)),
    );
  }

  private *repetition(mapped: MappedText): Generator<SourceLine, void, undefined> {
    const match = REPETITION.exec(mapped.text);
    if (!match) {
      yield* this.uses(mapped);
      return;
    }
    const [prefix, kind = "", args = ""] = match;
    const rounds = roundsOf(kind, args);
    if (!rounds) {
      const summary = `this ~${kind} is written wrongly`;
      const detail =
        kind === "LST"
          ? "It is ~LST(NAME, value, …) or ~LST({NAME, NAME}, {value, value}, …)."
          : `It is ~${kind}(NAME, start, step, end), where start and step may be left out and step is not 0.`;
      this.complain(
        { code: "invalid-repetition", severity: "error", summary, detail },
        mapped,
        0,
        prefix.trimEnd().length,
      );
      return;
    }
    const rest = sliceMapped(mapped, prefix.length);
    for (const values of rounds.rounds) {
      for (const [index, name] of rounds.names.entries()) {
        this.definitions.set(name, { name, file: -1, lines: [verbatim(values[index] ?? "", 1)] });
      }
      yield* this.line(rest, []);
    }
  }

  private define(name: string, value: MappedText, more: readonly MappedText[]): void {
    const lines = [value, ...more].map((line) => trimMapped(withoutComment(line)));
    const file = this.sources.fileOf(this.frame.reading);
    const [first] = lines;
    const body = lines.length > 1 && first?.text === "" ? lines.slice(1) : lines;
    this.definitions.set(name, { name, file, lines: body });
  }

  private *include(written: MappedText, variant: string): Generator<SourceLine, void, undefined> {
    const pattern = written.text;
    const paths = glob(this.host, joinPath(directoryOf(this.frame.path), pattern));
    if (paths.length === 0) {
      const strict = /[aw]/.test(variant);
      const summary = `no file matches ${pattern}`;
      this.complain({ code: "include-no-match", severity: strict ? "error" : "warning", summary }, written);
    }
    const at = this.sources.rangeOf(this.frame.reading, written, 0, pattern.length);
    for (const path of paths) yield* this.includeOne(written, path, variant, at);
  }

  private *includeOne(
    written: MappedText,
    path: string,
    variant: string,
    at: Range,
  ): Generator<SourceLine, void, undefined> {
    const identity = this.host.identity(path);
    let depth = 0;
    for (let frame: Frame | undefined = this.frame; frame; frame = frame.outer, depth++) {
      if (frame.identity !== identity && depth < DEEPEST_INCLUDE) continue;
      const summary = `${path} includes itself`;
      const detail =
        "keepalived reads it again and again until it can open no more files. Remove one include.";
      this.complain({ code: "include-cycle", severity: "error", summary, detail }, written);
      return;
    }
    const content = this.host.read(path);
    if ("problem" in content) {
      const strict = variant !== "" && (variant !== "w" || isPattern(written.text));
      const quoted = /["']/.test(path) ? " Quotes are taken for a part of the name." : "";
      this.complain(
        {
          code: "include-unreadable",
          severity: strict ? "error" : "warning",
          summary: `cannot include ${path}: ${content.problem}`,
          detail: `The configuration goes on without it.${quoted}`,
        },
        written,
      );
      return;
    }
    const { reading } = this.frame;
    const inner = this.sources.open(path, content.text, at, reading);
    yield* this.file({ reading: inner, path, identity, outer: this.frame }, content.text);
  }
}

/** Without the backslash at its end. */
function cutContinuation(mapped: MappedText): MappedText {
  return sliceMapped(mapped, 0, mapped.text.lastIndexOf("\\"));
}

/** A line of a definition: without its backslash, if it has one. */
function withoutContinuation(mapped: MappedText): MappedText {
  return CONTINUED.test(mapped.text) ? cutContinuation(mapped) : mapped;
}

/**
 * Reads a configuration file and all it includes into logical lines. Problems go to `report` while the lines are
 * taken; nothing is thrown.
 */
export function readSource(
  host: SourceHost,
  path: string,
  options: SourceOptions,
  report: Report,
): SourceText {
  const reader = new Reader(host, options, report);
  return { lines: reader.main(path), sources: reader.sources };
}
