import { hasOpenQuote } from "../../grammar/escaped-words.ts";
import type { Opening, Origin, Statement, Word } from "../../grammar/tree.ts";
import type { Complain, Kind } from "../schema/kind.ts";
import { parseBoolean } from "../schema/kinds.ts";
import type { BlockRow, FlagRow, LeafRow, ListRow, RowFacts } from "../schema/row.ts";
import type { ReportFault } from "./faults.ts";
import { type Cast, Mould } from "./mould.ts";
import { stopSharing } from "./parts.ts";
import { inheritFromAround } from "./resolve.ts";
import { scriptless } from "./scriptless.ts";
import { type Draft, emptyDraft, type Shape, type ShapedRow, shapeOf } from "./shape.ts";
import {
  deprecatedKeyword,
  extraWord,
  givenTwice,
  itemOutsideBlock,
  misplacedKeyword,
  missingBlock,
  missingValue,
  notBoolean,
  notImplemented,
  openQuote,
  surplusWord,
  unexpectedBlock,
  wordBeforeBrace,
  wordOfBareFlag,
} from "./statement-faults.ts";
import { tooNew } from "./target.ts";
import { reportUnknown } from "./unknown.ts";

/** How words are read again by the rule of scripts, the grammar's `escapedWords`; undefined when a quote has no end. */
export type Rescan = (statement: Statement) => readonly Word[] | undefined;

/** Reads statements into blocks by the rows of a schema. */
export class Decoder {
  private readonly report: ReportFault;
  private readonly rescan: Rescan;
  private readonly mentioned = new Set<string>();
  /** Blocks around that are left out anyway: what is wrong in them changes nothing more. */
  private leftOut = 0;

  private readonly target: string | undefined;
  private readonly complain: Complain = (fault, word) => this.report(fault, word?.origin ?? this.at);
  private at: Origin = 0;
  /** What is to be added to the origins of the statements that are being decoded. */
  private shift = 0;
  /** How much has been reported. */
  private reported = 0;
  /** How many scripts have been decoded. */
  private scripts = 0;
  /** Of blocks that stand again and about which there was nothing to report. */
  private readonly moulds = new WeakMap<readonly Statement[], Mould>();
  /** Of the top-level block that is being decoded, what was cast in it. */
  private readonly casts: Cast[] = [];

  /** `target`: the release of keepalived that has to know every keyword. */
  constructor(report: ReportFault, rescan: Rescan, target?: string) {
    this.report = (fault, origin, related) => {
      this.reported++;
      report(this.leftOut > 0 ? { ...fault, severity: "warning" } : fault, this.placed(origin), related);
    };
    this.rescan = rescan;
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
      this.item(statement, shape.items.keyword, shape.items.row, into);
      return;
    }
    if (!shaped) {
      reportUnknown(keyword, shape, path, this.report);
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
        this.leaf(statement, shaped, row, into);
        break;
      case "flag":
        this.flag(statement, shaped, row, into);
        break;
      case "list":
        this.list(statement, shaped, row, into);
        break;
      case "block":
        this.block(statement, shaped, row, path, into);
        break;
    }
  }

  /** Where the statements that are being decoded have what has this origin in them. */
  private placed(origin: Origin): Origin {
    return origin + this.shift;
  }

  /** One for all statements: where a kind complains about no word in particular, `this.at` is meant. */
  private complainAt(origin: Origin): Complain {
    this.at = origin;
    return this.complain;
  }

  private misplaced(keyword: Word, place: string): void {
    this.report(misplacedKeyword(keyword.text, place), keyword.origin);
  }

  /** Says once for each keyword what holds for all its statements. */
  private mention({ keyword, row, target }: ShapedRow, statement: Statement): void {
    const origin = statement.words[0]?.origin ?? statement.origin;
    const fault = this.target === undefined ? undefined : tooNew(keyword, row.since, this.target);
    if (fault) this.report(fault, origin);
    const replacement = target !== keyword && !row.synonym ? target : undefined;
    if (replacement !== undefined || row.deprecated !== undefined)
      this.report(deprecatedKeyword(keyword, row.deprecated, replacement), origin);
    if (row.compiledOnly && !this.mentioned.has(keyword)) {
      this.mentioned.add(keyword);
      this.report(notImplemented(keyword), origin);
    }
  }

  /** The words of a value: none missing, superfluous ones reported and cut off. Undefined when some are missing. */
  private argumentsOf(
    statement: Statement,
    kind: Kind<unknown>,
    from: number,
    moreWords?: RowFacts["moreWords"],
  ): readonly Word[] | undefined {
    if (kind.escaped) this.scripts++;
    const words = kind.escaped && statement.source !== undefined ? this.rescan(statement) : statement.words;
    if (!words) {
      // Where lines are split into words, an open quote has been reported.
      if (!hasOpenQuote(statement.source ?? "")) this.report(openQuote(), statement.origin);
      return undefined;
    }
    const most = kind.words[1];
    const given = words.length - from;
    if (given < kind.words[0]) {
      this.report(missingValue(words[0]?.text ?? "", kind), statement.origin);
      return undefined;
    }
    if (given <= most) return from === 0 ? words : words.slice(from);
    const extra = words[from + most];
    if (extra && moreWords !== undefined) {
      this.report(surplusWord(extra.text, words[0]?.text ?? "", moreWords === "spoil"), extra.origin);
      if (moreWords === "spoil") return undefined;
    } else if (extra) this.report(extraWord(extra.text, kind), extra.origin);
    return words.slice(from, from + most);
  }

  /** Whether a further statement of a keyword counts; reports that there are several. */
  private counts({ keyword, target, row }: ShapedRow, statement: Statement, into: Draft): boolean {
    const origins = into.$.of[target];
    const earlier = typeof origins === "object" ? origins[0] : origins;
    if (earlier === undefined) return true;
    this.report(givenTwice(keyword, row.firstWins === true, row.countsRepeats === true), statement.origin, [
      { origin: earlier, message: "given here first" },
    ]);
    return row.firstWins !== true;
  }

  private refuseBlock(statement: Statement): void {
    if (statement.block) this.report(unexpectedBlock(statement.words[0]?.text), statement.origin);
  }

  private leaf(statement: Statement, shaped: ShapedRow, row: LeafRow<unknown>, into: Draft): void {
    this.refuseBlock(statement);
    const words = this.argumentsOf(statement, row.kind, 1, row.moreWords);
    const value = words && row.kind.parse(words, this.complainAt(statement.origin));
    const { target } = shaped;
    if (value === undefined) {
      // As in keepalived the default stands then, which is not the same as a keyword that nobody wrote.
      if (row.default !== undefined && !row.repeat && !row.firstWins)
        into.$.of[target] ??= this.placed(statement.origin);
      return;
    }
    if (row.repeat) {
      append(into, target, value, this.placed(statement.origin));
    } else if (this.counts(shaped, statement, into)) {
      into[target] = value;
      into.$.of[target] = this.placed(statement.origin);
    }
  }

  private flag(statement: Statement, shaped: ShapedRow, row: FlagRow, into: Draft): void {
    this.refuseBlock(statement);
    const [, argument] = statement.words;
    let value = row.sets;
    if (argument && row.bare) this.report(wordOfBareFlag(argument.text, shaped.keyword), argument.origin);
    else if (argument) {
      const given = parseBoolean(argument.text);
      if (given === undefined) {
        this.report(notBoolean(argument.text), argument.origin);
        return;
      }
      value = given === row.sets;
    }
    if (this.counts(shaped, statement, into)) {
      into[shaped.target] = value;
      into.$.of[shaped.target] = this.placed(statement.origin);
    }
  }

  private list(statement: Statement, shaped: ShapedRow, row: ListRow<unknown>, into: Draft): void {
    const inline = statement.words.slice(1);
    const { block = [], opening, shift = 0 } = statement;
    if (row.firstWins && !this.counts(shaped, statement, into)) return;
    if (inline.length > 0 && row.inline)
      this.item({ words: inline, origin: statement.origin }, shaped.target, row, into);
    else if (inline[0]) this.report(itemOutsideBlock(inline[0].text, shaped.keyword), inline[0].origin);
    else if (!statement.block) this.missingBlock(statement);
    else if (block.length === 0 && !opening && row.nonEmpty) {
      this.report(
        { code: "empty-list", severity: "warning", summary: `${shaped.keyword} is empty` },
        statement.origin,
        this.blockEnd(statement.end),
      );
    }
    this.items(opening?.statements ?? [], opening?.shift ?? 0, shaped.target, row, into);
    this.items(block, shift, shaped.target, row, into);
  }

  private items(
    items: readonly Statement[],
    shift: number,
    target: string,
    row: ListRow<unknown>,
    into: Draft,
  ): void {
    this.shift += shift;
    for (const item of items) this.item(item, target, row, into);
    this.shift -= shift;
  }

  /** A line of a list; where items are single words, all of its words. */
  private item(statement: Statement, target: string, row: ListRow<unknown>, into: Draft): void {
    if (statement.block && statement.words.length > 0) this.refuseBlock(statement);
    if (statement.words.length === 0) return;
    const complain = this.complainAt(statement.origin);
    if (row.kind.words[1] === 1) {
      for (const word of statement.words) {
        const value = row.kind.parse([word], complain);
        if (value !== undefined) append(into, target, value, this.placed(word.origin));
      }
      return;
    }
    const words = this.argumentsOf(statement, row.kind, 0);
    const value = words && row.kind.parse(words, complain);
    if (value !== undefined) append(into, target, value, this.placed(statement.origin));
  }

  /** Where a block ends that lacks something, which is where keepalived notices. */
  private blockEnd(end: Origin | undefined): { readonly origin: Origin; readonly message: string }[] {
    return end === undefined ? [] : [{ origin: this.placed(end), message: "the block ends here" }];
  }

  private missingBlock(statement: Statement): void {
    this.report(missingBlock(statement.words[0]?.text), statement.origin);
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
    const { scripts } = this;
    const inner = path === "" ? shaped.keyword : `${path}/${shaped.keyword}`;
    const earlier = row.repeat ? undefined : into[target];
    const at = this.placed(statement.origin);
    const mould = isDraft(earlier) ? undefined : this.mouldOf(statement, shape);
    const opening = mould || isDraft(earlier) ? undefined : this.openingOf(statement, shape);
    const draft = isDraft(earlier)
      ? earlier
      : (mould?.cast(at, this.casts) ?? opening?.cast(at, this.casts) ?? emptyDraft(shape, at));
    if (opening || isDraft(earlier)) stopSharing(draft, shape);
    if (statement.end !== undefined) draft.$.end = this.placed(statement.end);
    const named = this.header(statement, shape, draft);
    const begun = opening ?? isDraft(earlier);
    if (!mould && !this.body(statement, shape, inner, draft, named, begun)) return;
    if (!named) return;
    if (mould) this.scripts += mould.scripts;
    if (path === "") {
      inheritFromAround(draft, shape);
      for (const cast of this.casts) cast.mould.share(cast.draft);
      this.casts.length = 0;
      if (this.scripts === scripts && !isDraft(earlier)) scriptless.add(draft);
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
    const { reported, scripts } = this;
    this.shift += shift;
    for (const item of statements) this.statement(item, shape, path, draft);
    this.shift -= shift;
    if (!begun && this.reported === reported)
      this.moulds.set(statements, new Mould(draft, shape, this.scripts - scripts));
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
    const { reported, scripts } = this;
    const { block, opening, shift = 0 } = statement;
    if (!named) this.leftOut++;
    if (begun instanceof Mould) this.scripts += begun.scripts;
    else if (opening) this.opening(opening, shape, path, draft, begun);
    this.shift += shift;
    for (const item of block ?? []) this.statement(item, shape, path, draft);
    this.shift -= shift;
    if (!block) this.missingBlock(statement);
    const complete = this.required(statement, shape, draft);
    if (!named) this.leftOut--;
    const flawless = named && complete && this.reported === reported;
    if (block && statement.shift !== undefined && begun !== true && flawless)
      this.moulds.set(block, new Mould(draft, shape, this.scripts - scripts));
    return complete;
  }

  /** Fills the header properties; false when one of them cannot be made. */
  private header(statement: Statement, shape: Shape, draft: Draft): boolean {
    const complain = this.complainAt(statement.origin);
    let at = 1;
    for (const [property, kind] of shape.header) {
      const words = statement.words.slice(at, at + Math.min(kind.words[1], statement.words.length));
      if (words.length < kind.words[0]) {
        const what = kind.name === "word" ? "a name" : kind.name;
        const summary = `${shape.schema.keyword} needs ${what}`;
        const code = shape.schema.mayLackName ? "missing-name" : "missing-value";
        this.report({ code, summary }, statement.origin);
        return false;
      }
      const value = kind.parse(words, complain);
      if (value === undefined) return false;
      draft[property] = value;
      at += words.length;
    }
    const extra = statement.words[at];
    if (extra) this.report(wordBeforeBrace(extra.text, shape.schema.keyword), extra.origin);
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
      this.report(
        {
          code: "missing-keyword",
          summary: `${describe(shape, statement)} has no ${keyword}`,
          detail: `It cannot be used without one: ${shape.rows.get(keyword)?.row.doc ?? ""}`,
        },
        origin,
        this.blockEnd(end),
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

/** Adds to a repeated keyword's values; the template's empty array is shared and never written to. */
function append(into: Draft, target: string, value: unknown, origin: Origin): void {
  const origins = into.$.of[target];
  const values = into[target];
  if (Array.isArray(origins) && Array.isArray(values)) {
    values.push(value);
    origins.push(origin);
  } else {
    into[target] = [value];
    into.$.of[target] = [origin];
  }
}
