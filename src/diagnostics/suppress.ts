import { CODES } from "./codes.ts";
import type { Diagnostic, Range } from "./diagnostic.ts";

/** A file that was read. */
export interface ReadFile {
  /** As in the ranges of diagnostics. */
  readonly path: string;
  readonly text: string;
}

/** A diagnostic that somebody does not want to see. */
export interface Suppressed {
  readonly diagnostic: Diagnostic;
  /** The comment that says so; absent when an option does. */
  readonly at?: Range;
  /** What follows the codes in the comment. */
  readonly reason?: string;
}

export interface SuppressOptions {
  /** Codes that are not wanted anywhere; errors are shown all the same. */
  readonly off?: ReadonlySet<string>;
  /** Could a code have been reported at all? A comment for one that could not is not called unused. */
  readonly possible?: (code: string) => boolean;
}

/** What is left, and what is not. */
export interface Suppressions {
  readonly kept: readonly Diagnostic[];
  readonly suppressed: readonly Suppressed[];
}

/** One code of one comment. */
interface Request {
  readonly code: string;
  readonly at: Range;
  readonly reason?: string;
  /** The line it is for; undefined for the whole file. */
  readonly line: number | undefined;
  used: boolean;
}

const MARK = "holdfast-ignore";
const COMMENT = /^((?:[^"#!]|"[^"]*")*)[#!].*?\bholdfast-ignore\b:?[ \t]*/;
const CODE_LIST = /^[a-z0-9-]+(?:[ \t]*,[ \t]*[a-z0-9-]+)*/;
const NOT_A_STATEMENT = /^\s*(?:[#!]|$)/;

/** Reads the comments of one file. */
class CommentReader {
  readonly requests: Request[] = [];
  readonly problems: Diagnostic[] = [];
  private readonly path: string;
  private readonly lines: readonly string[];
  private readonly firstStatement: number;

  constructor({ path, text }: ReadFile) {
    this.path = path;
    this.lines = text.replace(/^\uFEFF/, " ").split("\n");
    this.firstStatement = this.statementFrom(0);
    for (const [index, line] of this.lines.entries()) if (line.includes(MARK)) this.comment(line, index);
  }

  /** Index of the first line with a statement at or after `index`. */
  private statementFrom(index: number): number {
    const found = this.lines.slice(index).findIndex((line) => !NOT_A_STATEMENT.test(line));
    return found < 0 ? this.lines.length : index + found;
  }

  private range(index: number, from: number, to: number): Range {
    return {
      file: this.path,
      line: index + 1,
      column: from + 1,
      endLine: index + 1,
      endColumn: to + 1,
    };
  }

  private invalid(summary: string, detail: string, subject: Range): void {
    this.problems.push({ code: "invalid-suppression", severity: "warning", summary, detail, subject });
  }

  private comment(line: string, index: number): void {
    const match = COMMENT.exec(line);
    if (!match) return;
    const [before, code = ""] = match;
    const from = before.length;
    const codes = CODE_LIST.exec(line.slice(from))?.[0];
    if (codes === undefined) {
      const start = line.indexOf(MARK, code.length);
      const summary = `${MARK} names no code`;
      const detail = `Write # ${MARK} CODE, …; the code stands in brackets before each diagnostic.`;
      this.invalid(summary, detail, this.range(index, start, start + MARK.length));
      return;
    }
    const alone = code.trim() === "";
    const target = alone ? this.statementFrom(index) : index;
    const whole = alone && index < this.firstStatement;
    const reason = line.slice(from + codes.length).trim();
    for (const word of codes.matchAll(/[a-z0-9-]+/g)) {
      const at = this.range(index, from + word.index, from + word.index + word[0].length);
      if (!(word[0] in CODES)) {
        const detail = "The codes are those that stand in brackets before each diagnostic.";
        this.invalid(`there is no code ${word[0]}`, detail, at);
        continue;
      }
      this.requests.push({
        code: word[0],
        at,
        ...(reason === "" ? {} : { reason }),
        line: whole ? undefined : target + 1,
        used: false,
      });
    }
  }
}

/** The comments of all files, by file and code. */
class Comments {
  readonly problems: Diagnostic[] = [];
  private readonly byFile = new Map<string, readonly Request[]>();

  constructor(files: readonly ReadFile[]) {
    for (const file of files) {
      if (!file.text.includes(MARK)) continue;
      const { requests, problems } = new CommentReader(file);
      this.byFile.set(file.path, requests);
      this.problems.push(...problems);
    }
  }

  /** The comment that silences a diagnostic, if one does; it counts as used then. */
  find({ code, subject }: Diagnostic): Request | undefined {
    const found = this.byFile
      .get(subject?.file ?? "")
      ?.filter((request) => request.code === code && (request.line ?? subject?.line) === subject?.line);
    for (const request of found ?? []) request.used = true;
    return found?.[0];
  }

  unused(possible: (code: string) => boolean): readonly Diagnostic[] {
    const all = [...this.byFile.values()].flat();
    return all
      .filter(({ code, used }) => !used && code !== "unused-suppression" && possible(code))
      .map(({ code, at }) => ({
        code: "unused-suppression",
        severity: "note",
        summary: `${code} is not reported here: the comment has nothing to silence`,
        ...(CODES[code]?.suppressible
          ? {}
          : { detail: "It is an error, which no comment silences: the configuration has to change." }),
        subject: at,
      }));
  }
}

/**
 * Takes out the warnings and notes that a comment `# holdfast-ignore CODE[, CODE] [reason]` silences: on its own line;
 * alone on a line, for the next statement; above the first statement, for the whole file. Errors stay. Adds what is
 * to be said about such comments.
 */
export function suppress(
  diagnostics: readonly Diagnostic[],
  files: readonly ReadFile[],
  { off = new Set(), possible = () => true }: SuppressOptions = {},
): Suppressions {
  const comments = new Comments(files);
  const kept: Diagnostic[] = [];
  const suppressed: Suppressed[] = [];
  const sort = (diagnostic: Diagnostic): void => {
    const request = diagnostic.severity === "error" ? undefined : comments.find(diagnostic);
    if (request) {
      const { at, reason } = request;
      suppressed.push({ diagnostic, at, ...(reason === undefined ? {} : { reason }) });
    } else if (diagnostic.severity !== "error" && off.has(diagnostic.code)) suppressed.push({ diagnostic });
    else kept.push(diagnostic);
  };
  for (const diagnostic of diagnostics) sort(diagnostic);
  for (const diagnostic of comments.problems) sort(diagnostic);
  for (const diagnostic of comments.unused((code) => possible(code) && !off.has(code))) sort(diagnostic);
  return { kept, suppressed };
}
