import { LineScanner } from "../../grammar/scanner.ts";
import {
  CONDITION,
  CONTINUED,
  directiveAfterBrace,
  INCLUDE,
  REPETITION,
  STARTS_DEFINITION,
} from "../source/directives.ts";

/** Why a text is left as it is. */
export interface FormatProblem {
  /** From 1. */
  readonly line: number;
  /** A phrase: "the quoted text has no end". */
  readonly reason: string;
}

/** One line to be written, without its indentation. */
export interface FormatLine {
  /** Where it was written, from 1. */
  readonly number: number;
  /** Empty for a line that is only a comment, or blank. */
  readonly code: string;
  /** With its `#` or `!`, and the space that was before it; empty for none. */
  readonly comment: string;
  /** Closing braces before anything else. */
  readonly dedent: number;
  /** Braces opened less braces closed. */
  readonly delta: number;
  /** Levels deeper than its block: the further lines of a definition. */
  readonly extra: number;
  /** `@id` or `@^id` before the text: a line that may not be there. */
  readonly condition?: string;
  /** An opening brace on the next line may come to its end. */
  readonly joinable: boolean;
  /** The blank line ends a definition and has to stay. */
  readonly kept?: true;
}

/** Text whose inner white space may matter to somebody: escapes, single quotes, comment signs in a use. */
const DELICATE = /['\\]|\$\{[^}]*[#!]/;
/** A comment that is about all of its line. */
const IGNORES = "holdfast-ignore";
const COMMENT_ONLY = /^[#!]/;
const BRACED_USE = /\$\{[^{}]*\}/g;
const USE = /\$\{?([A-Za-z_]\w*)/g;

/** White space to keepalived, unlike to `trim`: no-break spaces are characters of words. */
const OUTER_WHITE = /^[ \t\v\f\r]+|[ \t\v\f\r]+$/g;

const scanner = new LineScanner();

function trimmed(text: string): string {
  return text.replace(OUTER_WHITE, "");
}

/** What stands between two braces of a line, the brace at its end included. */
interface Part {
  words: string;
  brace: "" | "{" | "}";
}

interface Scanned {
  readonly parts: readonly Part[];
  readonly comment: string;
  /** Closing braces before anything else. */
  readonly dedent: number;
  readonly delta: number;
  readonly unterminated: boolean;
  /** A brace touches a word, as in `a{2}`. */
  readonly touching: boolean;
}

function isBlankAt(text: string, at: number): boolean {
  return at >= text.length || /[ \t\v\f\r]/.test(text.charAt(at));
}

function scan(text: string): Scanned {
  const parts: Part[] = [];
  let current: Part = { words: "", brace: "" };
  let [end, dedent, delta] = [0, 0, 0];
  let [touching, leading] = [false, true];
  scanner.reset(text, true);
  for (let kind = scanner.next(); kind !== undefined; kind = scanner.next()) {
    const gap = scanner.start > end ? " " : "";
    const written = text.slice(scanner.start, scanner.end);
    const next = text.charAt(scanner.end);
    if (kind === "word") current.words += (current.words === "" ? "" : gap) + written;
    else {
      if (kind === "close") {
        touching ||= gap === "" && current.words !== "";
        touching ||= !isBlankAt(text, scanner.end) && !/[}#!]/.test(next);
        if (current.words !== "") parts.push(current);
        if (leading) dedent++;
        delta--;
        parts.push({ words: "", brace: "}" });
      } else {
        touching ||= !isBlankAt(text, scanner.end) && !/[}#!]/.test(next);
        parts.push({ words: current.words, brace: "{" });
        delta++;
      }
      current = { words: "", brace: "" };
    }
    leading &&= kind === "close";
    end = scanner.end;
  }
  if (current.words !== "") parts.push(current);
  const comment = trimmed(text.slice(end));
  const apart = comment !== "" && end > 0 && isBlankAt(text, end) ? ` ${comment}` : comment;
  return { parts, comment: apart, dedent, delta, unterminated: scanner.unterminated, touching };
}

function line(number: number, code: string, more: Partial<FormatLine> = {}): FormatLine {
  return { number, code, comment: "", dedent: 0, delta: 0, extra: 0, joinable: false, ...more };
}

/** Reads the lines of a text; `split` puts each statement on a line of its own. */
export class FormatReader {
  readonly lines: FormatLine[] = [];
  problem: FormatProblem | undefined;
  /** Definitions, conditions or repetitions may bring in braces, or leave some out: those in the text need not match. */
  loose = false;
  private readonly defined = new Set<string>();
  private readonly texts: readonly string[];
  private readonly split: boolean;
  private at = 0;

  constructor(text: string, split: boolean) {
    this.texts = text.replace(/^\uFEFF/, "").split("\n");
    this.split = split;
  }

  /** Reads everything, or up to the first problem. */
  read(): void {
    while (this.at < this.texts.length && !this.problem) {
      const text = trimmed(this.texts[this.at++] ?? "");
      if (text === "") this.lines.push(line(this.at, ""));
      else if (COMMENT_ONLY.test(text)) this.lines.push(line(this.at, "", { comment: text }));
      else if (text.includes("\0")) this.refuse("the line holds a NUL byte");
      else if (STARTS_DEFINITION.test(text)) this.definition(text);
      else this.statement(text);
    }
  }

  private refuse(reason: string): void {
    this.problem ??= { line: this.at, reason };
  }

  /** A definition stays as it is written but for indentation; a blank line may end it. */
  private definition(first: string): void {
    this.lines.push(line(this.at, first));
    this.defined.add(new RegExp(USE).exec(first)?.[1] ?? "");
    this.loose ||= /[{}]/.test(first.replace(BRACED_USE, ""));
    let depth = 0;
    let previous = first;
    while (CONTINUED.test(previous) && this.at < this.texts.length) {
      const text = trimmed(this.texts[this.at++] ?? "");
      if (text.includes("\0")) this.refuse("the line holds a NUL byte");
      const { dedent, delta } = scan(text.replace(CONTINUED, ""));
      const extra = 1 + Math.max(0, depth - dedent);
      depth = Math.max(0, depth + delta);
      this.loose ||= /[{}]/.test(text.replace(BRACED_USE, ""));
      this.lines.push(line(this.at, text, { extra, ...(text === "" ? { kept: true } : {}) }));
      previous = text;
    }
  }

  private statement(text: string): void {
    for (const [, name = ""] of text.matchAll(USE)) {
      // Built-in names and those of this file are known to bring in no braces, unless seen otherwise.
      this.loose ||= !name.startsWith("_") && !this.defined.has(name);
    }
    const condition = CONDITION.exec(text);
    if (condition) {
      const [prefix, not, id] = condition;
      const rest = text.slice(prefix.length);
      this.asItStands(`@${not}${id}`, rest, { condition: `${not}${id}` });
      return;
    }
    const repetition = REPETITION.exec(text);
    if (repetition) {
      this.loose = true;
      this.asItStands(trimmed(repetition[0]), text.slice(repetition[0].length), {});
      return;
    }
    const scanned = scan(text);
    const { comment, touching } = scanned;
    const delicate = DELICATE.test(text) || comment.includes(IGNORES);
    const verbatim = delicate || touching || INCLUDE.test(text);
    if (verbatim || directiveAfterBrace(text) !== undefined) this.asItStands("", text, {});
    else if (scanned.unterminated) this.refuse("the quoted text has no end");
    else this.parts(scanned);
  }

  /** A line that is not taken apart: its prefix, one space, and the rest as written. */
  private asItStands(prefix: string, rest: string, more: Partial<FormatLine>): void {
    const within = directiveAfterBrace(rest);
    const pattern = INCLUDE.test(rest);
    const { dedent, delta, unterminated } = scan(within === undefined ? rest : rest.slice(0, within));
    if (unterminated && !pattern) this.refuse("the quoted text has no end");
    this.loose ||= more.condition !== undefined && delta !== 0;
    const code = prefix === "" ? rest : trimmed(`${prefix} ${rest}`);
    this.lines.push(line(this.at, code, { ...(pattern ? {} : { dedent, delta }), ...more }));
  }

  private parts({ parts, comment, dedent, delta }: Scanned): void {
    const texts = parts.map(({ words, brace }) => (words && brace ? `${words} ${brace}` : words || brace));
    const joinable = parts.at(-1)?.brace === "" && !/\$\S*$/.test(texts.at(-1) ?? "");
    if (!this.split) {
      this.lines.push(line(this.at, texts.join(" "), { comment, dedent, delta }));
      return;
    }
    for (const [index, { brace }] of parts.entries()) {
      const last = index === parts.length - 1;
      this.lines.push(
        line(this.at, texts[index] ?? "", {
          comment: last ? comment : "",
          dedent: brace === "}" ? 1 : 0,
          delta: brace === "{" ? 1 : brace === "}" ? -1 : 0,
          joinable: last && joinable,
        }),
      );
    }
  }
}
