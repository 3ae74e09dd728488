import type { Opening, Origin, Statement, Word } from "../../grammar/tree.ts";
import type { BlockRow } from "../schema/row.ts";
import { ValueDecoder } from "./decode-values.ts";
import type { ReportFault } from "./faults.ts";
import { type Cast, Mould } from "./mould.ts";
import { stopSharing } from "./parts.ts";
import { Reading, type Rescan } from "./reading.ts";
import { inheritFromAround } from "./resolve.ts";
import { scriptless } from "./scriptless.ts";
import { append, type Draft, emptyDraft, type Shape, type ShapedRow, shapeOf } from "./shape.ts";
import { deprecatedKeyword, misplacedKeyword, notImplemented, wordBeforeBrace } from "./statement-faults.ts";
import { tooNew } from "./target.ts";
import { reportUnknown } from "./unknown.ts";

/** Reads statements into blocks by the rows of a schema. */
export class Decoder {
  private readonly reading: Reading;
  private readonly values: ValueDecoder;
  private readonly target: string | undefined;
  private readonly mentioned = new Set<string>();
  /** Of blocks that stand again and about which there was nothing to report. */
  private readonly moulds = new WeakMap<readonly Statement[], Mould>();
  /** Of the top-level block that is being decoded, what was cast in it. */
  private readonly casts: Cast[] = [];

  /** `target`: the release of keepalived that has to know every keyword. */
  constructor(report: ReportFault, rescan: Rescan, target?: string) {
    this.reading = new Reading(report, rescan);
    this.values = new ValueDecoder(this.reading);
    this.target = target;
  }

  /**
   * Decodes one statement into `into`, whose schema is `shape` and whose path is `path` ("" at the top,
   * "virtual_server/real_server"). Reports all that is wrong with it, and keeps what is right.
   */
  statement(statement: Statement, shape: Shape, path: string, into: Draft): void {
    const keyword = statement.words[0];
    if (!keyword) return; // the parser has reported a bare brace
    const shaped = shape.rows.get(keyword.text);
    if (!shaped && shape.items) {
      this.values.item(statement, shape.items.keyword, shape.items.row, into);
      return;
    }
    if (!shaped) {
      reportUnknown(keyword, shape, path, this.reading.report);
      return;
    }
    const { row } = shaped;
    if (row.elsewhere !== undefined) {
      this.misplaced(keyword, row.elsewhere);
      return;
    }
    this.mention(shaped, statement);
    switch (row.shape) {
      case "leaf":
        this.values.leaf(statement, shaped, row, into);
        break;
      case "flag":
        this.values.flag(statement, shaped, row, into);
        break;
      case "list":
        this.values.list(statement, shaped, row, into);
        break;
      case "block":
        this.block(statement, shaped, row, path, into);
        break;
    }
  }

  private misplaced(keyword: Word, place: string): void {
    this.reading.report(misplacedKeyword(keyword.text, place), keyword.origin);
  }

  /** Says once for each keyword what holds for all its statements. */
  private mention({ keyword, row, target }: ShapedRow, statement: Statement): void {
    const origin = statement.words[0]?.origin ?? statement.origin;
    const fault = this.target === undefined ? undefined : tooNew(keyword, row.since, this.target);
    if (fault) this.reading.report(fault, origin);
    const replacement = target !== keyword && !row.synonym ? target : undefined;
    if (replacement !== undefined || row.deprecated !== undefined)
      this.reading.report(deprecatedKeyword(keyword, row.deprecated, replacement), origin);
    if (row.compiledOnly && !this.mentioned.has(keyword)) {
      this.mentioned.add(keyword);
      this.reading.report(notImplemented(keyword), origin);
    }
  }

  private block(
    statement: Statement,
    shaped: ShapedRow,
    row: BlockRow<unknown>,
    path: string,
    into: Draft,
  ): void {
    const shape = shaped.shape ?? shapeOf(row.schema);
    const { target } = shaped;
    const { scripts } = this.reading;
    const inner = path === "" ? shaped.keyword : `${path}/${shaped.keyword}`;
    const earlier = row.repeat ? undefined : into[target];
    const at = this.reading.placed(statement.origin);
    const mould = isDraft(earlier) ? undefined : this.mouldOf(statement, shape);
    const opening = mould || isDraft(earlier) ? undefined : this.openingOf(statement, shape);
    const draft = isDraft(earlier)
      ? earlier
      : (mould?.cast(at, this.casts) ?? opening?.cast(at, this.casts) ?? emptyDraft(shape, at));
    if (opening || isDraft(earlier)) stopSharing(draft, shape);
    if (statement.end !== undefined) draft.$.end = this.reading.placed(statement.end);
    const named = this.header(statement, shape, draft);
    const begun = opening ?? isDraft(earlier);
    if (!mould && !this.body(statement, shape, inner, draft, named, begun)) return;
    if (!named) return;
    if (mould) this.reading.scripts += mould.scripts;
    if (path === "") {
      inheritFromAround(draft, shape);
      for (const cast of this.casts) cast.mould.share(cast.draft);
      this.casts.length = 0;
      if (this.reading.scripts === scripts && !isDraft(earlier)) scriptless.add(draft);
      else scriptless.delete(draft);
    }
    if (row.repeat) {
      append(into, target, draft, at);
    } else {
      into[target] = draft;
      into.$.of[target] ??= at;
    }
  }

  /** What was made of the same text before, if there was nothing to report about it. */
  private mouldOf({ block, shift }: Statement, shape: Shape): Mould | undefined {
    const mould = block && shift !== undefined ? this.moulds.get(block) : undefined;
    return mould?.shape === shape ? mould : undefined;
  }

  /** What was made of the same lines at the start of another block. */
  private openingOf({ opening }: Statement, shape: Shape): Mould | undefined {
    const mould = opening && this.moulds.get(opening.statements);
    return mould?.shape === shape ? mould : undefined;
  }

  /** Decodes what a block begins with as another did, and remembers what came of it if nothing was wrong. */
  private opening(
    { statements, shift }: Opening,
    shape: Shape,
    path: string,
    draft: Draft,
    begun: boolean,
  ): void {
    const { reported, scripts } = this.reading;
    this.reading.shift += shift;
    for (const item of statements) this.statement(item, shape, path, draft);
    this.reading.shift -= shift;
    if (!begun && this.reading.reported === reported)
      this.moulds.set(statements, new Mould(draft, shape, this.reading.scripts - scripts));
  }

  /**
   * Decodes what stands between the braces into a draft, which is `named` when its header could be read, and `begun` by
   * an earlier statement, or cast from its opening. Whether it has all that it must have.
   */
  private body(
    statement: Statement,
    shape: Shape,
    path: string,
    draft: Draft,
    named: boolean,
    begun: boolean | Mould,
  ): boolean {
    const { reported, scripts } = this.reading;
    const { block, opening, shift = 0 } = statement;
    if (!named) this.reading.leftOut++;
    if (begun instanceof Mould) this.reading.scripts += begun.scripts;
    else if (opening) this.opening(opening, shape, path, draft, begun);
    this.reading.shift += shift;
    for (const item of block ?? []) this.statement(item, shape, path, draft);
    this.reading.shift -= shift;
    if (!block) this.reading.missingBlock(statement);
    const complete = this.required(statement, shape, draft);
    if (!named) this.reading.leftOut--;
    const flawless = named && complete && this.reading.reported === reported;
    if (block && statement.shift !== undefined && begun !== true && flawless)
      this.moulds.set(block, new Mould(draft, shape, this.reading.scripts - scripts));
    return complete;
  }

  /** Fills the header properties; false when one of them cannot be made. */
  private header(statement: Statement, shape: Shape, draft: Draft): boolean {
    const complain = this.reading.complainAt(statement.origin);
    let at = 1;
    for (const [property, kind] of shape.header) {
      const words = statement.words.slice(at, at + Math.min(kind.words[1], statement.words.length));
      if (words.length < kind.words[0]) {
        const what = kind.name === "word" ? "a name" : kind.name;
        const summary = `${shape.schema.keyword} needs ${what}`;
        const code = shape.schema.mayLackName ? "missing-name" : "missing-value";
        this.reading.report({ code, summary }, statement.origin);
        return false;
      }
      const value = kind.parse(words, complain);
      if (value === undefined) return false;
      draft[property] = value;
      at += words.length;
    }
    const extra = statement.words[at];
    if (extra) this.reading.report(wordBeforeBrace(extra.text, shape.schema.keyword), extra.origin);
    return true;
  }

  private required(statement: Statement, shape: Shape, draft: Draft): boolean {
    let complete = true;
    for (const keyword of shape.required) {
      const value = draft[keyword];
      if (value !== undefined && !(Array.isArray(value) && value.length === 0)) continue;
      complete &&= shape.rows.get(keyword)?.row.missedLate === true;
      const isIt = ({ words: [first] }: Statement) => first?.text === keyword;
      if (statement.opening?.statements.some(isIt)) continue; // its own fault has been reported
      const written = statement.block?.find(isIt);
      if (written && !written.block) continue; // so has this one's
      const { origin, end } = written ? shifted(written, statement.shift) : statement;
      this.reading.report(
        {
          code: "missing-keyword",
          summary: `${describe(shape, statement)} has no ${keyword}`,
          detail: `It cannot be used without one: ${shape.rows.get(keyword)?.row.doc ?? ""}`,
        },
        origin,
        this.reading.blockEnd(end),
      );
    }
    return complete;
  }
}

/** The places of a statement within a block that is shared with an earlier one. */
function shifted({ origin, end }: Statement, shift = 0): { readonly origin: Origin; readonly end?: Origin } {
  return { origin: origin + shift, ...(end === undefined ? {} : { end: end + shift }) };
}

function describe(shape: Shape, statement: Statement): string {
  const [, name] = statement.words;
  return name ? `${shape.schema.keyword} ${name.text}` : shape.schema.keyword;
}

function isDraft(value: unknown): value is Draft {
  return typeof value === "object" && value !== null && "$" in value;
}
