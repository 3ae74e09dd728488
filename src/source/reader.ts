import type { SourceLine, SourcePart } from "../../grammar/line.ts";
import type { Range, Report } from "../diagnostics/diagnostic.ts";
import { withoutComment } from "./comments.ts";
import { CONDITION, CONTINUED, DEFINITION, mayNeedWork, STARTS_DEFINITION } from "./directives.ts";
import { directoryOf, joinPath, type SourceHost } from "./host.ts";
import { ALL_CHECKS, checksOfVariant, type IncludeChecks, withOptions } from "./include-checks.ts";
import { type IncludeFile, matchInclude } from "./include-files.ts";
import { holds, type IncludeRequest, LineWork, type Setting } from "./line-work.ts";
import { concatMapped, type MappedText, sliceMapped, trimMapped, verbatim } from "./mapped-text.ts";
import { LONGEST_LINE, PhysicalLines } from "./physical-lines.ts";
import { ReadingState } from "./reading-state.ts";
import type { Sources } from "./sources.ts";

/** What reading depends on besides the files. */
export interface SourceOptions {
  /** The configuration id (`-i`) that `@id` lines are compared with; without one, only `@^id` lines belong. */
  readonly id?: string;
  /** What `${_ENV NAME}` stands for. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Where `${_RANDOM}` starts unless the configuration sets random_seed; 0 when absent. Equal seeds, equal numbers. */
  readonly randomSeed?: number;
  /** `-e`: all of include_check is in force from the start. */
  readonly strictIncludes?: boolean;
}

/** How deep includes may nest; keepalived stops when it has no file descriptors left. */
const DEEPEST_INCLUDE = 100;

/** One file being read, and the files that include it. */
interface Frame {
  readonly reading: number;
  readonly path: string;
  readonly identity: string;
  readonly outer?: Frame;
}

/** Reads files line by line; what the lines ask for is done by LineWork. */
export class Reader {
  readonly sources: Sources;
  private readonly host: SourceHost;
  private readonly options: SourceOptions;
  private readonly report: Report;
  private readonly state: ReadingState;
  private readonly work: LineWork;
  private frame: Frame = { reading: 0, path: "", identity: "" };
  private inRun = false;

  constructor(host: SourceHost, options: SourceOptions, report: Report) {
    this.host = host;
    this.options = options;
    this.report = report;
    this.state = new ReadingState(options, options.randomSeed ?? 0, report);
    this.sources = this.state.sources;
    if (options.strictIncludes) this.state.checks = ALL_CHECKS;
    this.work = new LineWork(this.state, options.id, (setting) => this.set(setting));
  }

  main(path: string): Iterable<SourcePart> {
    const content = this.host.read(path);
    if ("problem" in content) {
      this.report({
        code: "unreadable-file",
        severity: "error",
        summary: `cannot read ${path}: ${content.problem}`,
      });
      return [];
    }
    const name = path === "-" ? "<stdin>" : path;
    const reading = this.sources.open(name, content.text);
    const frame: Frame = { reading, path: name, identity: this.host.identity(path) };
    return this.file(frame, content.text);
  }

  private *file(frame: Frame, text: string): Generator<SourcePart, void, undefined> {
    const { frame: outer, state } = this;
    const { checks } = state;
    this.enter(frame);
    const lines = new PhysicalLines(text);
    this.checkEncoding(text);
    for (;;) {
      const plain = lines.nextPlain(state.nextId);
      if (plain) {
        this.startRun(lines.number + 1);
        yield plain;
        lines.passed(plain, plain.id - state.nextId);
        state.nextId = plain.id;
      }
      if (!lines.next()) break;
      if (lines.plain || !(lines.special() || mayNeedWork(lines.text()))) yield this.plainLine(lines);
      else yield* this.physicalLine(lines);
    }
    this.enter(outer);
    state.checks = checks;
  }

  private enter(frame: Frame): void {
    this.frame = frame;
    this.inRun = false;
    this.state.enter(frame.reading, directoryOf(frame.identity) || ".");
  }

  private checkEncoding(text: string): void {
    if (text.startsWith("\uFEFF")) {
      this.state.complain(
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
      this.state.complain(
        { code: "invalid-utf8", severity: "warning", summary, detail },
        verbatim("\uFFFD", line, column),
      );
    }
  }

  /** From the line of that number on, lines are handed on as they stand. */
  private startRun(line: number): void {
    if (!this.inRun) this.sources.startRun(this.state.nextId, this.frame.reading, line);
    this.inRun = true;
  }

  private plainLine(lines: PhysicalLines): SourceLine {
    this.startRun(lines.number);
    return { id: this.state.nextId++, text: lines.text() };
  }

  /** A physical line that may hold directives, with the lines that continue it. */
  private *physicalLine(lines: PhysicalLines): Generator<SourceLine, void, undefined> {
    this.inRun = false;
    const raw = lines.mapped();
    if (this.isUnreadable(raw)) return;
    const whole = trimMapped(withoutComment(raw));
    if (whole.text === "") return;
    if (!whole.text.endsWith("\\")) {
      yield* this.carryOut(whole);
      return;
    }
    if (!STARTS_DEFINITION.test(whole.text)) {
      this.state.complain(
        {
          code: "continuation",
          severity: "error",
          summary: "this line ends in a backslash outside a definition",
          detail:
            "keepalived joins lines only in definitions: the backslash is text here, and the next line stands on its own. Write one line.",
        },
        whole,
        whole.text.length - 1,
      );
      const end = whole.text.length - 1;
      const before = sliceMapped(whole, 0, whole.text.slice(0, end).trimEnd().length);
      yield* this.carryOut(concatMapped(before, sliceMapped(whole, end)));
      return;
    }
    const condition = CONDITION.exec(whole.text);
    if (condition && !holds(condition, this.options.id)) return; // the lines that follow are read all the same
    const first = trimMapped(sliceMapped(whole, condition?.[0].length ?? 0));
    const match = DEFINITION.exec(first.text);
    const value = sliceMapped(first, match?.[0].length ?? 0);
    const all = [withoutBackslash(value), ...this.continued(lines)];
    this.work.define(match?.[1] ?? "", all, { mapped: first }, !condition);
  }

  private interruption(raw: MappedText): void {
    this.state.complain(
      {
        code: "interrupted-definition",
        severity: "warning",
        summary: "a comment within a definition that goes on",
        detail:
          "keepalived's processes do not agree: for those of VRRP and of servers the definition ends here. Write the comment before the definition.",
      },
      raw,
    );
  }

  /** The further lines of a definition; an empty one ends it, one of white space or a comment does not count. */
  private continued(lines: PhysicalLines): readonly MappedText[] {
    const more: MappedText[] = [];
    while (lines.next()) {
      const raw = lines.mapped();
      const line = trimMapped(withoutComment(raw));
      if (raw.text === "") break;
      if (line.text === "") {
        if (raw.text.trim() !== "") this.interruption(raw);
        continue;
      }
      more.push(withoutBackslash(line));
      if (line.text.endsWith("\\")) continue;
      if (CONTINUED.test(raw.text) && raw.text.trimEnd().length > line.text.length) {
        const at = raw.text.lastIndexOf("\\");
        this.state.complain(
          {
            code: "continuation",
            severity: "warning",
            summary: "the definition ends here: this backslash belongs to the comment",
            detail: "keepalived 2.4.3 removes comments before it looks for the backslash; 2.2.7 did not.",
          },
          raw,
          at,
          at + 1,
        );
      }
      break;
    }
    return more;
  }

  /** Reports what makes a line unusable, or might. */
  private isUnreadable(raw: MappedText): boolean {
    const { text } = raw;
    const nul = text.indexOf("\0");
    if (nul >= 0) {
      const summary = "the line holds a NUL byte";
      const detail = "It is ignored, as keepalived does. Remove the byte; the file may be damaged.";
      this.state.complain({ code: "nul-byte", severity: "error", summary, detail }, raw, nul, nul + 1);
      return true;
    }
    if (text.length > LONGEST_LINE) {
      const summary = `the line is longer than ${LONGEST_LINE} characters`;
      const detail = "keepalived ignores it, or what follows the first 1,023 characters. Holdfast reads it.";
      this.state.complain({ code: "line-too-long", severity: "warning", summary, detail }, raw);
    }
    return false;
  }

  private *carryOut(line: MappedText): Generator<SourcePart, void, undefined> {
    const { work } = this;
    work.start({ mapped: line });
    do {
      for (let made = work.take(); made; made = work.take()) yield made;
    } while (work.step());
    while (work.includes.length > 0) {
      for (const request of work.includes.splice(0)) yield* this.include(request);
    }
  }

  private *include({ pattern, variant }: IncludeRequest): Generator<SourcePart, void, undefined> {
    const checks = checksOfVariant(this.state.checks, variant);
    const path = joinPath(directoryOf(this.frame.path), pattern.text);
    const { files, problems } = matchInclude(this.host, path, pattern.text, checks);
    for (const { failed, usual, ...complaint } of problems) {
      const severity = failed ? "error" : usual ? "note" : "warning";
      this.state.complain({ ...complaint, severity }, pattern);
    }
    const at = this.sources.rangeOf(this.frame.reading, pattern, 0, pattern.text.length);
    for (const file of files) yield* this.includeOne(pattern, file, checks, at);
  }

  private *includeOne(
    pattern: MappedText,
    file: IncludeFile,
    checks: IncludeChecks,
    at: Range,
  ): Generator<SourcePart, void, undefined> {
    const { path } = file;
    const identity = this.host.identity(path);
    let depth = 0;
    for (let frame: Frame | undefined = this.frame; frame; frame = frame.outer, depth++) {
      if (frame.identity !== identity && depth < DEEPEST_INCLUDE) continue;
      const summary = `${path} includes itself`;
      const detail =
        "keepalived reads it again and again until it can open no more files. Remove one include.";
      this.state.complain({ code: "include-cycle", severity: "error", summary, detail }, pattern);
      return;
    }
    const content = file.content ?? this.host.read(path);
    const problem = "problem" in content ? content.problem : content.irregular;
    if ("problem" in content || problem !== undefined) {
      const severity = checks.size > 0 ? "error" : "warning";
      const summary = `cannot include ${path}: ${problem}`;
      const detail = "The configuration goes on without it.";
      this.state.complain({ code: "include-unreadable", severity, summary, detail }, pattern);
      return;
    }
    const { reading } = this.frame;
    const inner = this.sources.open(path, content.text, at, reading);
    yield* this.file({ reading: inner, path, identity, outer: this.frame }, content.text);
  }

  /** Acts on include_check and random_seed; whether they stand where they may is for the schema to say. */
  private set({ keyword, options }: Setting): void {
    const words = [...options.text.matchAll(/\S+/g)];
    const texts = words.map(([word]) => word);
    if (keyword === "random_seed") {
      if (/^\d+$/.test(texts[0] ?? "")) this.state.names.random = Number(texts[0]) >>> 0;
      return;
    }
    const { checks, problems } = withOptions(this.state.checks, texts);
    this.state.checks = checks;
    for (const { index, kind } of problems) {
      const word = texts[index] ?? "";
      const from = words[index]?.index ?? 0;
      const [summary, detail] = {
        unknown: [
          `include_check has no option ${word}`,
          "It knows readable, match, wildcard_match and brace_match.",
        ],
        readable: [`keepalived 2.4.3 refuses ${word}`, "Its manual has it; the other options include it."],
        "second-unsigned": [
          `${word} is ignored: only the first option may have no sign`,
          `Write +${word} to add it.`,
        ],
      }[kind];
      this.state.complain(
        {
          code: "invalid-include-check",
          severity: kind === "readable" ? "warning" : "error",
          summary: summary ?? "",
          detail: detail ?? "",
        },
        options,
        from,
        from + word.length,
      );
    }
  }
}

/** Without the backslash at its end, if it has one. */
function withoutBackslash(line: MappedText): MappedText {
  return trimMapped(line.text.endsWith("\\") ? sliceMapped(line, 0, line.text.length - 1) : line);
}
