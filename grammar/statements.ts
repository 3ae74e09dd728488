import type { Diagnostic, Related, Report } from "../src/diagnostics/diagnostic.ts";
import { type Places, PlainLines, type SourcePart } from "./line.ts";
import { LineTokens } from "./line-tokens.ts";
import { type StructureProblems, structureParser } from "./parser.ts";
import { Close, type LineToken, Repeated } from "./tokens.ts";
import type { Origin, Statement } from "./tree.ts";

/** Tokens gathered before the parser is started, when top-level statements are small. */
const BATCH = 128;

function located(
  places: Places,
  origin: Origin,
  diagnostic: Omit<Diagnostic, "subject">,
  related: readonly Related[] = [],
): Diagnostic {
  const all = [...related, ...places.related(origin)];
  return { ...diagnostic, subject: places.range(origin), ...(all.length > 0 ? { related: all } : {}) };
}

/** Where the missing brace probably belongs: before the first block that stands no deeper than the open one. */
function misplaced(
  places: Places,
  head: Statement | undefined,
  statements: readonly Statement[],
): Origin | undefined {
  if (!head) return undefined;
  const { column, file, line } = places.range(head.origin);
  const { opening } = head;
  const origins = [
    ...(opening?.statements ?? []).map(({ origin }) => origin + (opening?.shift ?? 0)),
    ...statements.map(({ origin }) => origin),
  ];
  return origins.find((origin) => {
    const place = places.range(origin);
    return place.file === file && place.line > line && place.column <= column;
  });
}

/** A block left open by its caller's missing brace has one already reported inside it. */
class Problems implements StructureProblems {
  private readonly places: Places;
  private readonly report: Report;

  constructor(places: Places, report: Report) {
    this.places = places;
    this.report = report;
  }

  unclosedBlock(open: Origin, head: Statement | undefined, statements: readonly Statement[]): void {
    const name = head?.words[0]?.text;
    const suspect = misplaced(this.places, head, statements);
    const related =
      suspect !== undefined
        ? [
            {
              range: this.places.range(suspect),
              message: "the `}` is probably missing before this line",
            },
          ]
        : [];
    this.report(
      located(
        this.places,
        open,
        {
          code: "unclosed-block",
          severity: "error",
          summary: name === undefined ? "this block is never closed" : `the block of ${name} is never closed`,
          detail: "Everything up to the end of the configuration was read as part of this block; add a `}`.",
        },
        related,
      ),
    );
  }

  unexpectedClose(close: Origin): void {
    this.report(
      located(this.places, close, {
        code: "unexpected-close",
        severity: "error",
        summary: "this `}` closes nothing",
        detail: "Every block above is closed already: remove it, or look for a `{` missing above.",
      }),
    );
  }

  unexpectedOpen(open: Origin): void {
    this.report(
      located(this.places, open, {
        code: "unexpected-open",
        severity: "error",
        summary: "this `{` follows no keyword",
        detail:
          "A block starts with a keyword, then `{` on the same line or on the next: remove one of the two.",
      }),
    );
  }

  unterminatedQuote(origin: Origin, line: string): void {
    const quotes = line.split('"').length - 1;
    const unescaped = line.replace(/\\./g, "").split('"').length - 1;
    const escaped = quotes !== unescaped;
    this.report(
      located(this.places, origin, {
        code: "unterminated-quote",
        severity: "error",
        summary:
          quotes % 2 === 0
            ? "the quotes of this line match only with one that is behind a backslash"
            : "this quoted text has no end",
        detail: escaped
          ? 'A backslash does not protect a quote when a line is split into words: `\\"` ends the quoted text. Use single quotes inside it.'
          : 'Quoted text ends on the line it starts on: add the closing `"`.',
      }),
    );
  }
}

/**
 * Reads lines into statements, one top-level statement at a time, so that the tree of a large configuration never
 * stands whole in memory. Mistakes in the structure are reported and repaired; nothing is thrown.
 */
export function* parseStatements(
  parts: Iterable<SourcePart>,
  places: Places,
  report: Report,
): Generator<Statement, void, undefined> {
  const problems = new Problems(places, report);
  const parse = structureParser(problems);
  const tokenizer = new LineTokens((origin, line) => problems.unterminatedQuote(origin, line));
  let tokens: LineToken[] = [];
  // A run ends only after a brace: after words, the next line may still open their block.
  const complete = (): boolean => {
    if (tokenizer.depth > 0 || tokens.length < BATCH) return false;
    const last = tokens.at(-1)?.tokenType;
    return last === Close || last === Repeated;
  };
  for (const part of parts) {
    const several = part instanceof PlainLines;
    do {
      if (!several) tokenizer.append(part, tokens);
      else if (part.at < part.end) tokenizer.appendNext(part, tokens);
      if (!complete()) continue;
      yield* parse(tokens);
      tokens = [];
    } while (several && part.at < part.end);
  }
  if (tokens.length > 0) yield* parse(tokens);
}
