import type { Word } from "../../grammar/tree.ts";
import { canonicalIp, familyOf } from "../values/ip.ts";
import { formatSeconds, type Micros, parseSeconds, SECOND } from "../values/time.ts";
import {
  arrayType,
  booleanType,
  choiceType,
  integerType,
  interfaceType,
  numberType,
  textType,
} from "./json-types.ts";
import type { Complain, JsonType, Kind } from "./kind.ts";

/** A kind of exactly one word. */
export function oneWord<T>(
  name: string,
  parse: (text: string, complain: Complain, word: Word) => T | undefined,
  format: (value: T) => string,
): Kind<T> {
  return {
    name,
    words: [1, 1],
    parse: (words, complain) => {
      const [word] = words;
      return word ? parse(word.text, complain, word) : undefined;
    },
    format: (value) => [format(value)],
  };
}

/** A kind of exactly one word whose value is text. */
export function oneText(
  name: string,
  parse: (text: string, complain: Complain, word: Word) => string | undefined,
  json: JsonType = textType,
): Kind<string> {
  return { ...oneWord(name, parse, (value) => value), json };
}

/** Any one word. */
export const word: Kind<string> = oneText("word", (text) => text);

/** A kind whose one word may be left out; the keyword alone then means `bare`. */
export function optional<T, const B extends string | number | boolean>(kind: Kind<T>, bare: B): Kind<T | B> {
  return {
    ...kind,
    name: `[${kind.name}]`,
    words: [0, kind.words[1]],
    parse: (given, complain) => (given.length === 0 ? bare : kind.parse(given, complain)),
    // What is not the bare value came from the kind.
    format: (value) => (value === bare ? [] : kind.format(value as T)),
    toJson: (value) => (value === bare || !kind.toJson ? value : kind.toJson(value as T)),
    fromJson: (json) => (json === bare ? bare : kind.fromJson ? kind.fromJson(json) : (json as T)),
    json: { anyOf: [kind.json ?? {}, { const: bare }] },
  };
}

/** Several words that mean nothing but themselves. */
export function words(name: string, fewest: number, most: number): Kind<readonly string[]> {
  return {
    name,
    words: [fewest, most],
    parse: (given) => given.map(({ text }) => text),
    format: (value) => value,
    json: arrayType(textType, fewest, most),
  };
}

/** Longest interface name that the kernel takes (IFNAMSIZ - 1). */
const LONGEST_INTERFACE_NAME = 15;

/** The name of a network interface; it need not exist. */
export const interfaceName: Kind<string> = oneText(
  "interface",
  (text, complain, at) => {
    if (text.length <= LONGEST_INTERFACE_NAME) return text;
    complain(
      {
        code: "invalid-interface",
        summary: `'${text}' is longer than an interface name can be (${LONGEST_INTERFACE_NAME} characters)`,
      },
      at,
    );
    return undefined;
  },
  interfaceType,
);

const INTEGER = /^[+-]?\d+$/;

/** The number that a text of up to nine digits is, which nearly all are; NaN for any other text. */
function shortNumber(text: string): number {
  const { length } = text;
  let value = length > 0 && length < 10 ? 0 : Number.NaN;
  for (let at = 0; at < length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** The integer that a word is, if it is one within bounds; complains otherwise. */
export function boundedInteger(
  at: Word,
  minimum: number,
  maximum: number,
  complain: Complain,
): number | undefined {
  const short = shortNumber(at.text);
  if (short >= minimum && short <= maximum) return short;
  const value = INTEGER.test(at.text) ? Number(at.text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  const code = Number.isNaN(value) ? "invalid-number" : "out-of-range";
  complain({ code, summary: `'${at.text}' is not an integer from ${minimum} to ${maximum}` }, at);
  return undefined;
}

/** An integer within bounds, both included. */
export function integer(minimum: number, maximum: number): Kind<number> {
  return {
    ...oneWord(
      `integer ${minimum}–${maximum}`,
      (_text, complain, at) => boundedInteger(at, minimum, maximum, complain),
      String,
    ),
    json: integerType(minimum, maximum),
  };
}

/** The microseconds of seconds in JSON. */
export function fromSeconds(json: unknown): Micros {
  return Math.round(Number(json) * SECOND);
}

/** A time of one word; bounds in seconds. */
function inSeconds(
  name: string,
  minimum: number,
  maximum: number,
  parse: (text: string, complain: Complain, word: Word) => Micros | undefined,
): Kind<Micros> {
  return {
    ...oneWord(name, parse, formatSeconds),
    toJson: (value) => value / SECOND,
    fromJson: fromSeconds,
    json: numberType(minimum, maximum),
  };
}

const MOST_REPETITIONS = 4_294_967_295;

/** How often something is done, at least once: keepalived makes 1 of 0. */
export const repetitions: Kind<number> = {
  ...integer(1, MOST_REPETITIONS),
  parse([at], complain) {
    const value = at && boundedInteger(at, 0, MOST_REPETITIONS, complain);
    if (value !== 0) return value;
    complain({ code: "out-of-range", severity: "warning", summary: "0 is too few; 1 is used" }, at);
    return 1;
  },
};

/** Decimal seconds, kept as microseconds; bounds in seconds, both included. */
export function seconds(minimum: number, maximum: number): Kind<Micros> {
  return inSeconds(`seconds ${minimum}–${maximum}`, minimum, maximum, (text, complain, at) => {
    const value = parseSeconds(text.replace(/^\+/, ""));
    if (value !== undefined && value >= minimum * SECOND && value <= maximum * SECOND) return value;
    const code = value === undefined && !/^-[\d.]+$/.test(text) ? "invalid-number" : "out-of-range";
    complain({ code, summary: `'${text}' is not a time from ${minimum} to ${maximum} seconds` }, at);
    return undefined;
  });
}

/** Whole seconds, kept as microseconds; bounds in seconds, both included. */
export function wholeSeconds(minimum: number, maximum: number): Kind<Micros> {
  return inSeconds(`whole seconds ${minimum}–${maximum}`, minimum, maximum, (_text, complain, at) => {
    const value = boundedInteger(at, minimum, maximum, complain);
    return value === undefined ? undefined : value * SECOND;
  });
}

/** One of a few words. */
export function oneOf<const T extends string>(...choices: readonly T[]): Kind<T> {
  return choice(choices, (text, candidate) => text === candidate);
}

/** One of a few words, in upper or lower case. */
export function oneOfAnyCase<const T extends string>(...choices: readonly T[]): Kind<T> {
  return choice(choices, (text, candidate) => text.toLowerCase() === candidate.toLowerCase());
}

function choice<const T extends string>(
  choices: readonly T[],
  same: (text: string, choice: T) => boolean,
): Kind<T> {
  const kind = oneWord<T>(
    choices.join(" | "),
    (text, complain, at) => {
      const found = choices.find((candidate) => same(text, candidate));
      if (found === undefined)
        complain(
          {
            code: "invalid-choice",
            summary: `'${text}' is not one of ${choices.join(", ")}`,
            suggestions: choices.filter((candidate) => candidate.toLowerCase() === text.toLowerCase()),
          },
          at,
        );
      return found;
    },
    (value) => value,
  );
  return { ...kind, json: choiceType(choices) };
}

/** The words that flags take, and what they mean. */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["on", true],
  ["true", true],
  ["yes", true],
  ["off", false],
  ["false", false],
  ["no", false],
]);

/** The value of `on|off|true|false|yes|no`, or undefined for any other word. */
export function parseBoolean(text: string): boolean | undefined {
  return BOOLEANS.get(text);
}

/** `on|off|true|false|yes|no`, which must be given; a keyword that may stand alone is a flag. */
export const onOff: Kind<boolean> = {
  ...oneWord<boolean>(
    "on | off",
    (text, complain, at) => {
      const value = parseBoolean(text);
      if (value === undefined)
        complain(
          { code: "invalid-choice", summary: `'${text}' is not one of on, off, true, false, yes, no` },
          at,
        );
      return value;
    },
    (value) => (value ? "on" : "off"),
  ),
  json: booleanType,
};

/** The canonical address that a word is; complains when it is none, or of the wrong family. */
export function address(at: Word, complain: Complain, family?: 4 | 6): string | undefined {
  const canonical = canonicalIp(at.text);
  if (canonical !== undefined && (family === undefined || familyOf(canonical) === family)) return canonical;
  const name = family ? `IPv${family}` : "IP";
  complain({ code: "invalid-address", summary: `'${at.text}' is not an ${name} address` }, at);
  return undefined;
}

/** One IP address, canonical; of one family when given. */
export function ipAddress(family?: 4 | 6): Kind<string> {
  return oneText(family ? `IPv${family} address` : "IP address", (_text, complain, at) =>
    address(at, complain, family),
  );
}

/** A word without the prefix length behind its slash, of whatever form. */
export function withoutPrefix(at: Word): Word {
  return { ...at, text: at.text.replace(/\/\w*$/, "") };
}

/** A multicast group, of one family when given. keepalived lets it carry a prefix length, and ignores that. */
export function multicastGroup(family?: 4 | 6): Kind<string> {
  const groups = { 4: /^2(?:2[4-9]|3\d)\./, 6: /^ff/ };
  const first = family ? groups[family] : new RegExp(`${groups[4].source}|${groups[6].source}`);
  return oneText(family ? `IPv${family} multicast address` : "multicast address", (text, complain, at) => {
    const group = address(withoutPrefix(at), complain, family);
    if (group === undefined || first.test(group)) return group;
    complain({ code: "invalid-address", summary: `'${text}' is not a multicast address` }, at);
    return undefined;
  });
}

/** An IP address that keepalived lets carry a prefix length, which it ignores. */
export const ipAddressMaybePrefix: Kind<string> = oneText("IP address", (_text, complain, at) =>
  address(withoutPrefix(at), complain),
);
