import type { Word } from "../../grammar/tree.ts";
import { canonicalIp, familyOf } from "../values/ip.ts";
import { formatSeconds, type Micros, parseSeconds } from "../values/time.ts";
import type { Complain, Kind } from "./kind.ts";

/** A kind of exactly one word. */
function oneWord<T>(
  name: string,
  parse: (text: string, complain: Complain, word: Word) => T | undefined,
  format: (value: T) => string,
): Kind<T> {
  return {
    name,
    words: [1, 1],
    parse: ([word], complain) => (word ? parse(word.text, complain, word) : undefined),
    format: (value) => [format(value)],
  };
}

/** Any one word. */
export const word: Kind<string> = oneWord(
  "word",
  (text) => text,
  (value) => value,
);

/** An integer within bounds, both included. */
export function integer(minimum: number, maximum: number): Kind<number> {
  return oneWord(
    `integer ${minimum}–${maximum}`,
    (text, complain, at) => {
      const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
      if (value >= minimum && value <= maximum) return value;
      const code = Number.isNaN(value) ? "invalid-number" : "out-of-range";
      complain({ code, summary: `'${text}' is not an integer from ${minimum} to ${maximum}` }, at);
      return undefined;
    },
    String,
  );
}

/** Decimal seconds, kept as microseconds; bounds in seconds, both included. */
export function seconds(minimum: number, maximum: number): Kind<Micros> {
  return oneWord(
    `seconds ${minimum}–${maximum}`,
    (text, complain, at) => {
      const value = parseSeconds(text);
      if (value !== undefined && value >= minimum * 1e6 && value <= maximum * 1e6) return value;
      const code = value === undefined ? "invalid-number" : "out-of-range";
      complain({ code, summary: `'${text}' is not a time from ${minimum} to ${maximum} seconds` }, at);
      return undefined;
    },
    formatSeconds,
  );
}

/** One of a few words. */
export function oneOf<const T extends string>(...choices: readonly T[]): Kind<T> {
  return oneWord(
    choices.join(" | "),
    (text, complain, at) => {
      const found = choices.find((choice) => choice === text);
      if (found === undefined)
        complain(
          {
            code: "invalid-choice",
            summary: `'${text}' is not one of ${choices.join(", ")}`,
            suggestions: choices,
          },
          at,
        );
      return found;
    },
    (value) => value,
  );
}

/** One IP address, canonical; of one family when given. */
export function ipAddress(family?: 4 | 6): Kind<string> {
  return oneWord(
    family ? `IPv${family} address` : "IP address",
    (text, complain, at) => {
      const address = canonicalIp(text);
      if (address !== undefined && (family === undefined || familyOf(address) === family)) return address;
      complain(
        { code: "invalid-address", summary: `'${text}' is not an ${family ? `IPv${family}` : "IP"} address` },
        at,
      );
      return undefined;
    },
    (value) => value,
  );
}
