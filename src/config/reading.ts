import { hasOpenQuote } from "../../grammar/escaped-words.ts";
import type { Origin, Statement, Word } from "../../grammar/tree.ts";
import type { Complain, Kind } from "../schema/kind.ts";
import type { RowFacts } from "../schema/row.ts";
import type { ReportFault } from "./faults.ts";
import type { Draft, ShapedRow } from "./shape.ts";
import {
  extraWord,
  givenTwice,
  missingBlock,
  missingValue,
  openQuote,
  surplusWord,
  unexpectedBlock,
} from "./statement-faults.ts";

/** How words are read again by the rule of scripts, the grammar's `escapedWords`; undefined when a quote has no end. */
export type Rescan = (statement: Statement) => readonly Word[] | undefined;

/** Where decoding is in the text, and what it has met there: what values and blocks have in common. */
export class Reading {
  /** Blocks around that are left out anyway: what is wrong in them changes nothing more. */
  leftOut = 0;
  /** What is to be added to the origins of the statements that are being decoded. */
  shift = 0;
  /** How much has been reported. */
  reported = 0;
  /** How many scripts have been decoded. */
  scripts = 0;

  /** Reports what is wrong with a statement that is being decoded. */
  readonly report: ReportFault;
  private readonly rescan: Rescan;
  private readonly complain: Complain = (fault, word) => this.report(fault, word?.origin ?? this.at);
  private at: Origin = 0;

  constructor(report: ReportFault, rescan: Rescan) {
    this.report = (fault, origin, related) => {
      this.reported++;
      report(this.leftOut > 0 ? { ...fault, severity: "warning" } : fault, this.placed(origin), related);
    };
    this.rescan = rescan;
  }

  /** Where the statements that are being decoded have what has this origin in them. */
  placed(origin: Origin): Origin {
    return origin + this.shift;
  }

  /** One for all statements: where a kind complains about no word in particular, `this.at` is meant. */
  complainAt(origin: Origin): Complain {
    this.at = origin;
    return this.complain;
  }

  /** The words of a value: none missing, superfluous ones reported and cut off. Undefined when some are missing. */
  argumentsOf(
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
  counts({ keyword, target, row }: ShapedRow, statement: Statement, into: Draft): boolean {
    const origins = into.$.of[target];
    const earlier = typeof origins === "object" ? origins[0] : origins;
    if (earlier === undefined) return true;
    this.report(givenTwice(keyword, row.firstWins === true, row.countsRepeats === true), statement.origin, [
      { origin: earlier, message: "given here first" },
    ]);
    return row.firstWins !== true;
  }

  refuseBlock(statement: Statement): void {
    if (statement.block) this.report(unexpectedBlock(statement.words[0]?.text), statement.origin);
  }

  missingBlock(statement: Statement): void {
    this.report(missingBlock(statement.words[0]?.text), statement.origin);
  }

  /** Where a block ends that lacks something, which is where keepalived notices. */
  blockEnd(end: Origin | undefined): { readonly origin: Origin; readonly message: string }[] {
    return end === undefined ? [] : [{ origin: this.placed(end), message: "the block ends here" }];
  }
}
