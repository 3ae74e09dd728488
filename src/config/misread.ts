import type { SourceLine } from "../../grammar/line.ts";
import { LineScanner } from "../../grammar/scanner.ts";
import { originOf } from "../../grammar/tree.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { root } from "../schema/root.ts";
import type { ReportFault } from "./faults.ts";
import { type Shape, shapeOf } from "./shape.ts";

/** Faults after which keepalived may count braces otherwise than the text means them. */
const SUSPICIOUS: ReadonlySet<string> = new Set([
  "missing-block",
  "unclosed-block",
  "unexpected-block",
  "unexpected-close",
  "unexpected-open",
  "unknown-keyword",
]);

/** The blocks at the top that each process of keepalived reads; it skips the others, brace by brace. */
const OF_PROCESS: readonly ((keyword: string) => boolean)[] = [
  (keyword) => keyword === "global_defs",
  (keyword) => keyword.startsWith("virtual_server") || keyword === "SSL",
  (keyword) => keyword === "bfd_instance",
  (keyword) => !/^(?:global_defs|virtual_server.*|SSL|bfd_instance)$/.test(keyword),
];

/** Whether what is no keyword of a block is an item of it. */
function hasItems(shape: Shape): boolean {
  return "items" in shape && shape.items !== undefined;
}

/** Where in the blocks a process is: among the keywords of a shape, or in a list, where all are items. */
interface Level {
  readonly shape: Shape | undefined;
  /** An item of the list had a brace, which keepalived takes for an item too. */
  torn: boolean;
}

/**
 * Follows the braces as one process of keepalived does. The brace of a keyword that it does not know opens nothing for
 * it: what the block holds is read as if it stood outside, and the closing brace closes the block around.
 */
class Follower {
  private readonly levels: Level[] = [{ shape: shapeOf(root), torn: false }];
  private readonly reads: (keyword: string) => boolean;
  private readonly mark: (line: number) => void;
  /** Open braces of a block of another process. */
  private skipped = 0;
  private mayskip = false;
  private awaitsBrace = false;

  constructor(reads: (keyword: string) => boolean, mark: (line: number) => void) {
    this.reads = reads;
    this.mark = mark;
  }

  /** Words up to a brace or the end of the line. */
  head(words: readonly string[], opens: boolean, line: number): void {
    const [keyword] = words;
    if (this.skipped > 0 || (this.mayskip && keyword === undefined)) {
      this.mayskip = false;
      if (opens) this.skipped++;
      return;
    }
    this.mayskip = false;
    if (this.awaitsBrace) {
      this.awaitsBrace = false;
      if (keyword === undefined) return;
      this.mark(line);
    }
    const level = this.levels.at(-1);
    if (!level?.shape || hasItems(level.shape)) {
      if (level && opens) level.torn = true;
      if (level?.torn) this.mark(line);
    } else if (keyword === undefined) this.mark(line);
    else this.statement(keyword, level.shape, opens, words.length > 1, line);
  }

  close(line: number): void {
    this.mayskip = false;
    this.awaitsBrace = false;
    if (this.skipped > 0) this.skipped--;
    else if (this.levels.length > 1) this.levels.pop();
    else this.mark(line);
  }

  private statement(keyword: string, shape: Shape, opens: boolean, more: boolean, line: number): void {
    const row = shape.rows.get(keyword)?.row;
    if (!row) {
      this.mark(line);
      return;
    }
    if (row.shape !== "block" && row.shape !== "list") {
      if (opens) this.mark(line);
      return;
    }
    if (row.shape === "list" && row.inline && more && !opens) return;
    if (this.levels.length === 1 && !this.reads(keyword)) {
      if (opens) this.skipped = 1;
      else this.mayskip = true;
      return;
    }
    this.levels.push({ shape: row.shape === "block" ? shapeOf(row.schema) : undefined, torn: false });
    this.awaitsBrace = !opens;
  }
}

/** Numbers of the lines that some process of keepalived finds in the wrong place. */
function misreadLines(lines: Iterable<SourceLine>): readonly number[] {
  const marked = new Set<number>();
  const followers = OF_PROCESS.map((reads) => new Follower(reads, (line) => marked.add(line)));
  const scanner = new LineScanner();
  for (const { id, text, commentFree } of lines) {
    scanner.reset(text, commentFree !== true);
    let words: string[] = [];
    for (let piece = scanner.next(); piece !== undefined; piece = scanner.next()) {
      if (piece === "word") {
        words.push(scanner.text());
        continue;
      }
      const head = words;
      words = [];
      for (const follower of followers) {
        if (piece === "open") follower.head(head, true, id);
        else {
          if (head.length > 0) follower.head(head, false, id);
          follower.close(id);
        }
      }
    }
    if (words.length > 0) for (const follower of followers) follower.head(words, false, id);
  }
  return [...marked].sort((left, right) => left - right);
}

/**
 * `misread-line`: after a block that keepalived does not know, or a brace too many or too few, it reads on with other
 * braces than the text has, and refuses lines that are right. Reports those of which nothing else has been said.
 */
export function reportMisread(
  diagnostics: readonly Diagnostic[],
  read: () => { readonly lines: Iterable<SourceLine>; readonly lineOf: (origin: number) => string },
  report: ReportFault,
): void {
  if (!diagnostics.some(({ code }) => SUSPICIOUS.has(code))) return;
  const { lines, lineOf } = read();
  const misread = misreadLines(lines);
  const said = new Set(diagnostics.map(({ subject }) => subject && `${subject.file}:${subject.line}`));
  for (const id of misread) {
    const place = lineOf(originOf(id));
    if (said.has(place)) continue;
    said.add(place);
    report(
      {
        code: "misread-line",
        severity: "warning",
        summary: "keepalived misreads this line",
        detail:
          "A brace above it opens or closes another block for keepalived than for a reader: it ignores the brace of a keyword that it does not know. Repair the errors above first.",
      },
      originOf(id),
    );
  }
}
