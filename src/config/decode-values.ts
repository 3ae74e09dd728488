import type { Statement } from "../../grammar/tree.ts";
import { parseBoolean } from "../schema/kinds.ts";
import type { FlagRow, LeafRow, ListRow } from "../schema/row.ts";
import type { Reading } from "./reading.ts";
import { append, type Draft, type ShapedRow } from "./shape.ts";
import { itemOutsideBlock, notBoolean, wordOfBareFlag } from "./statement-faults.ts";

/** Reads the statements that are values: leaves, flags and lists. */
export class ValueDecoder {
  private readonly reading: Reading;

  constructor(reading: Reading) {
    this.reading = reading;
  }

  leaf(statement: Statement, shaped: ShapedRow, row: LeafRow<unknown>, into: Draft): void {
    this.reading.refuseBlock(statement);
    const words = this.reading.argumentsOf(statement, row.kind, 1, row.moreWords);
    const value = words && row.kind.parse(words, this.reading.complainAt(statement.origin));
    const { target } = shaped;
    if (value === undefined) {
      // As in keepalived the default stands then, which is not the same as a keyword that nobody wrote.
      if (row.default !== undefined && !row.repeat && !row.firstWins)
        into.$.of[target] ??= this.reading.placed(statement.origin);
      return;
    }
    if (row.repeat) {
      append(into, target, value, this.reading.placed(statement.origin));
    } else if (this.reading.counts(shaped, statement, into)) {
      into[target] = value;
      into.$.of[target] = this.reading.placed(statement.origin);
    }
  }

  flag(statement: Statement, shaped: ShapedRow, row: FlagRow, into: Draft): void {
    this.reading.refuseBlock(statement);
    const [, argument] = statement.words;
    let value = row.sets;
    if (argument && row.bare)
      this.reading.report(wordOfBareFlag(argument.text, shaped.keyword), argument.origin);
    else if (argument) {
      const given = parseBoolean(argument.text);
      if (given === undefined) {
        this.reading.report(notBoolean(argument.text), argument.origin);
        return;
      }
      value = given === row.sets;
    }
    if (this.reading.counts(shaped, statement, into)) {
      into[shaped.target] = value;
      into.$.of[shaped.target] = this.reading.placed(statement.origin);
    }
  }

  list(statement: Statement, shaped: ShapedRow, row: ListRow<unknown>, into: Draft): void {
    const inline = statement.words.slice(1);
    const { block = [], opening, shift = 0 } = statement;
    if (row.firstWins && !this.reading.counts(shaped, statement, into)) return;
    if (inline.length > 0 && row.inline)
      this.item({ words: inline, origin: statement.origin }, shaped.target, row, into);
    else if (inline[0])
      this.reading.report(itemOutsideBlock(inline[0].text, shaped.keyword), inline[0].origin);
    else if (!statement.block) this.reading.missingBlock(statement);
    else if (block.length === 0 && !opening && row.nonEmpty) {
      this.reading.report(
        { code: "empty-list", severity: "warning", summary: `${shaped.keyword} is empty` },
        statement.origin,
        this.reading.blockEnd(statement.end),
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
    this.reading.shift += shift;
    for (const item of items) this.item(item, target, row, into);
    this.reading.shift -= shift;
  }

  /** A line of a list; where items are single words, all of its words. */
  item(statement: Statement, target: string, row: ListRow<unknown>, into: Draft): void {
    if (statement.block && statement.words.length > 0) this.reading.refuseBlock(statement);
    if (statement.words.length === 0) return;
    const complain = this.reading.complainAt(statement.origin);
    if (row.kind.words[1] === 1) {
      for (const word of statement.words) {
        const value = row.kind.parse([word], complain);
        if (value !== undefined) append(into, target, value, this.reading.placed(word.origin));
      }
      return;
    }
    const words = this.reading.argumentsOf(statement, row.kind, 0);
    const value = words && row.kind.parse(words, complain);
    if (value !== undefined) append(into, target, value, this.reading.placed(statement.origin));
  }
}
