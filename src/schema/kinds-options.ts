import type { Word } from "../../grammar/tree.ts";
import { integerType } from "./json-types.ts";
import type { Complain, Kind } from "./kind.ts";
import { boundedInteger } from "./kinds.ts";

/**
 * A kind whose keyword, standing alone, is an error of that line only: keepalived reports it and runs on, where most
 * keywords without value make it refuse the whole configuration.
 */
export function wanted<T>(kind: Kind<T>): Kind<T> {
  return {
    ...kind,
    words: [0, kind.words[1]],
    parse(words, complain) {
      if (words.length > 0) return kind.parse(words, complain);
      complain({ code: "incomplete-option", summary: `a value is missing: ${kind.name}` });
      return undefined;
    },
  };
}

/** A kind whose keyword, standing alone, keepalived passes over without a word. */
export function tolerated<T>(kind: Kind<T>): Kind<T> {
  return {
    ...kind,
    words: [0, kind.words[1]],
    parse(words, complain) {
      if (words.length > 0) return kind.parse(words, complain);
      complain({
        code: "unchecked-value",
        severity: "warning",
        summary: `a value is missing: ${kind.name}`,
        detail: "The line is ignored. keepalived does the same, without a word.",
      });
      return undefined;
    },
  };
}

/** An integer that keepalived moves into its bounds, with a warning. */
export function clamped(minimum: number, maximum: number): Kind<number> {
  return {
    name: `integer ${minimum}–${maximum}`,
    json: integerType(minimum, maximum),
    words: [1, 1],
    parse([at], complain) {
      const value = at && boundedInteger(at, -2_147_483_648, 2_147_483_647, complain);
      if (!at || value === undefined || (value >= minimum && value <= maximum)) return value;
      const used = value < minimum ? minimum : maximum;
      complain(
        {
          code: "out-of-range",
          severity: "warning",
          summary: `'${at.text}' is not from ${minimum} to ${maximum}; ${used} is used`,
        },
        at,
      );
      return used;
    },
    format: (value) => [String(value)],
  };
}

/** Reads `name value name value …`: each name to what parses its value; undefined after a complaint. */
export type OptionReaders<T> = ReadonlyMap<string, OptionReader<T>>;
type OptionReader<T> = (value: Word, complain: Complain) => Partial<T> | undefined;

/** The options of a line put together. `complete` is false when one of them was not understood. */
export function readOptions<T>(
  words: readonly Word[],
  readers: OptionReaders<T>,
  complain: Complain,
): { readonly options: Partial<T>; readonly complete: boolean } {
  let options: Partial<T> = {};
  let complete = true;
  const names = [...readers.keys()].join(", ");
  for (let at = 0; at < words.length; at++) {
    const name = words[at];
    const reader = name && readers.get(name.text);
    if (!name) break;
    if (!reader) {
      complain(
        { code: "unknown-option", summary: `'${name.text}' is no option here; those are ${names}` },
        name,
      );
      complete = false;
      continue;
    }
    const value = words[++at];
    if (!value) {
      complain({ code: "incomplete-option", summary: `${name.text} needs a value` }, name);
      complete = false;
      continue;
    }
    const read = reader(value, complain);
    if (read) options = { ...options, ...read };
    else complete = false;
  }
  return { options, complete };
}
