import type { Fault, Kind } from "../schema/kind.ts";

/*
 * What can be wrong with a statement by the row of its keyword, whatever its value is.
 */

/** A keyword that stands in a block, and counts in `place` only. */
export function misplacedKeyword(keyword: string, place: string): Fault {
  return {
    code: "misplaced-keyword",
    summary: `${keyword} is ignored here: it stands ${place}`,
    detail: "keepalived reports and ignores it here, too.",
  };
}

/** A keyword that has been replaced, or that has nothing in its place: then `advice` says what to do. */
export function deprecatedKeyword(keyword: string, advice?: string, replacement?: string): Fault {
  return {
    code: "deprecated",
    severity: "warning",
    summary: `${keyword} is deprecated`,
    detail: advice ?? `Write ${replacement} instead.`,
    ...(replacement === undefined ? {} : { suggestions: [replacement] }),
  };
}

export function notImplemented(keyword: string): Fault {
  return {
    code: "not-implemented",
    severity: "warning",
    summary: `${keyword} is understood but has no effect yet`,
    detail: "Holdfast keeps and dumps its value; the running daemon does not act on it.",
  };
}

export function missingValue(keyword: string, { name }: Kind<unknown>): Fault {
  return {
    code: "missing-value",
    summary: `${keyword} needs a value`,
    detail: `What follows it is: ${name}. keepalived refuses a configuration with this.`,
  };
}

/** A script whose quotes do not match. */
export function openQuote(): Fault {
  return {
    code: "unterminated-quote",
    summary: "the quotes of this command do not match; it is left out",
    detail:
      'Single quotes count, too, and a backslash protects a quote: see "Quoted strings" of keepalived.conf(5).',
  };
}

/** A word behind a value of a kind. */
export function extraWord(word: string, { name }: Kind<unknown>): Fault {
  return {
    code: "extra-words",
    severity: "warning",
    summary: `'${word}' is ignored`,
    detail: `What stands here is: ${name}.`,
  };
}

export function wordOfBareFlag(word: string, keyword: string): Fault {
  return {
    code: "extra-words",
    severity: "warning",
    summary: `'${word}' is ignored: ${keyword} takes no value`,
    detail: "The keyword holds by standing here, even with 'off' behind it.",
  };
}

export function notBoolean(word: string): Fault {
  return { code: "invalid-choice", summary: `'${word}' is not one of on, off, true, false, yes, no` };
}

export function itemOutsideBlock(item: string, keyword: string): Fault {
  return {
    code: "extra-words",
    summary: `'${item}' is ignored: the items of ${keyword} stand in a block`,
    detail: `Write ${keyword} { … }, one item a line.`,
  };
}

export function wordBeforeBrace(word: string, keyword: string): Fault {
  return {
    code: "extra-words",
    severity: "warning",
    summary: `'${word}' is ignored: nothing more can stand between ${keyword} and its {`,
  };
}

/** A word behind a value that keepalived wants to stand alone. */
export function surplusWord(word: string, keyword: string, spoils: boolean): Fault {
  return {
    code: "surplus-words",
    severity: spoils ? "error" : "warning",
    summary: spoils ? `${keyword} is ignored: '${word}' stands behind its value` : `'${word}' is ignored`,
    detail: "keepalived reports it, too.",
  };
}

/** A second statement of a keyword that has one value. */
export function givenTwice(keyword: string, firstWins: boolean, counts: boolean): Fault {
  return {
    code: firstWins ? "duplicate-keyword" : counts ? "overwritten-keyword" : "repeated-keyword",
    severity: "warning",
    summary: `${keyword} is given twice`,
    detail: firstWins ? "The first counts; this one is ignored." : "The last counts.",
  };
}

export function unexpectedBlock(keyword = ""): Fault {
  return {
    code: "unexpected-block",
    summary: `${keyword} takes no block`,
    detail: "What stands between the braces is ignored.",
  };
}

export function missingBlock(keyword = ""): Fault {
  return {
    code: "missing-block",
    summary: `${keyword} needs a block`,
    detail: "A { must follow, on this line or the next.",
  };
}
