import type { Word } from "../../grammar/tree.ts";
import type { FileWeight, RegexStack } from "./composite-lvs.ts";
import { arrayType, booleanType, choiceType, integerType, objectType, textType } from "./json-types.ts";
import type { Complain, Kind } from "./kind.ts";
import { boundedInteger, integer, word } from "./kinds.ts";

const MOST = 4_294_967_295;

/** Complaints about what keepalived reads without looking whether it makes sense. */
function mildly(complain: Complain): Complain {
  return (fault, word) =>
    complain(
      {
        ...fault,
        code: "unchecked-value",
        severity: "warning",
        detail: "It is ignored. keepalived takes what it can read of it, without a word.",
      },
      word,
    );
}

/** Where in a body a match may start, in bytes. */
export const regexOffset: Kind<number> = {
  ...integer(0, MOST),
  parse: (words, complain) => integer(0, MOST).parse(words, mildly(complain)),
};

/** A regular expression: one word, with the escapes of scripts. */
export const regex: Kind<string> = { ...word, name: "regular expression", escaped: true };

/** Options of regular expressions, as pcre2api calls them. */
const REGEX_OPTIONS = [
  "allow_empty_class",
  "alt_bsux",
  "alt_circumflex",
  "alt_verbnames",
  "auto_callout",
  "caseless",
  "dollar_endonly",
  "dotall",
  "dupnames",
  "extended",
  "firstline",
  "match_unset_backref",
  "multiline",
  "never_backslash_c",
  "never_ucp",
  "never_utf",
  "no_auto_capture",
  "no_auto_possess",
  "no_dotstar_anchor",
  "no_start_optimize",
  "ucp",
  "ungreedy",
  "use_offset_limit",
  "utf",
];

export const regexOptions: Kind<readonly string[]> = {
  name: "options of pcre2api",
  json: arrayType(choiceType(REGEX_OPTIONS)),
  words: [0, Number.POSITIVE_INFINITY],
  parse(words, complain) {
    const known = words.filter((option) => {
      if (REGEX_OPTIONS.includes(option.text)) return true;
      mildly(complain)(
        { code: "unknown-option", summary: `'${option.text}' is no option of regular expressions` },
        option,
      );
      return false;
    });
    return known.length === 0 ? undefined : known.map(({ text }) => text);
  },
  format: (value) => value,
};

/** `START MAXIMUM`, in bytes. */
export const regexStack: Kind<RegexStack> = {
  name: "bytes maximum",
  json: objectType({ start: integerType(1, 4_294_967_295), maximum: integerType(1, 4_294_967_295) }),
  words: [2, 2],
  parse([first, second], complain) {
    const start = first && boundedInteger(first, 1, MOST, mildly(complain));
    const maximum = second && boundedInteger(second, 1, MOST, mildly(complain));
    if (start === undefined || maximum === undefined) return undefined;
    if (start <= maximum) return { start, maximum };
    mildly(complain)(
      { code: "out-of-range", summary: `the stack starts with ${start} bytes, more than its ${maximum}` },
      first,
    );
    return undefined;
  },
  format: ({ start, maximum }) => [String(start), String(maximum)],
};

/**
 * Bytes in hexadecimal as keepalived reads them: blanks may stand between bytes, and a single digit before one is a
 * byte, too (`Ab12f 3` is ab 12 0f 03). With `x` for four bits of any value. Undefined after a complaint.
 */
function hexBytes(words: readonly Word[], digits: RegExp, complain: Complain): string | undefined {
  const bytes: string[] = [];
  for (const at of words.flatMap((one) => one.text.split(/\s+/).map((text) => ({ ...one, text })))) {
    if (!digits.test(at.text)) {
      complain({ code: "invalid-number", summary: `'${at.text}' is not hexadecimal` }, at);
      return undefined;
    }
    bytes.push(...(at.text.toLowerCase().match(/..?/g) ?? []).map((byte) => byte.padStart(2, "0")));
  }
  return bytes.join("");
}

const ANY = Number.POSITIVE_INFINITY;

/** Bytes to send: hexadecimal digits, two a byte, in lower case. */
export const payload: Kind<string> = {
  name: "hexadecimal bytes",
  json: textType,
  words: [1, ANY],
  parse: (words, complain) => hexBytes(words, /^[\da-f]*$/i, complain),
  format: (value) => [value],
};

/** Bytes to expect, as `payload` with `x` for any digit; "" for any answer. */
export const reply: Kind<string> = {
  name: "[hexadecimal bytes, x for any digit]",
  json: textType,
  words: [0, ANY],
  parse: (words, complain) => hexBytes(words, /^[\da-fx]*$/i, complain),
  format: (value) => (value === "" ? [] : [value]),
};

const GREATEST_FILE_WEIGHT = 2_147_483_647;

/** `NUMBER [reverse]`: what the value of a track file is multiplied with. */
export const fileWeight: Kind<FileWeight> = {
  name: `integer -${GREATEST_FILE_WEIGHT}–${GREATEST_FILE_WEIGHT} [reverse]`,
  json: objectType({
    weight: integerType(-GREATEST_FILE_WEIGHT, GREATEST_FILE_WEIGHT),
    reverse: booleanType,
  }),
  words: [1, 2],
  parse([number, option], complain) {
    const weight = number && boundedInteger(number, -GREATEST_FILE_WEIGHT, GREATEST_FILE_WEIGHT, complain);
    if (option && option.text !== "reverse" && option.text !== "noreverse")
      complain(
        { code: "unknown-option", summary: `'${option.text}' is no option here; only reverse is` },
        option,
      );
    return weight === undefined ? undefined : { weight, reverse: option?.text === "reverse" };
  },
  format: ({ weight, reverse }) => (reverse ? [String(weight), "reverse"] : [String(weight)]),
};
