import type { Word } from "../../grammar/tree.ts";
import { arrayType, integerType } from "./json-types.ts";
import type { Complain, Kind } from "./kind.ts";
import { boundedInteger } from "./kinds.ts";

/** Highest CPU number that Linux can be built for. */
const HIGHEST_CPU = 8191;

/** CPUs by number. */
export const cpuSet: Kind<readonly number[]> = {
  name: "CPU numbers",
  json: arrayType(integerType(0, HIGHEST_CPU)),
  words: [1, Number.POSITIVE_INFINITY],
  parse(words, complain) {
    const numbers = words.map((word) => boundedInteger(word, 0, HIGHEST_CPU, complain));
    const known = numbers.filter((number) => number !== undefined);
    return known.length === 0 ? undefined : known;
  },
  format: (value) => value.map(String),
};

/** Names of permission bits, as in `<sys/stat.h>` without the `S_`. */
const BITS: ReadonlyMap<string, number> = new Map([
  ["IRUSR", 0o400],
  ["IWUSR", 0o200],
  ["IXUSR", 0o100],
  ["IRWXU", 0o700],
  ["IRGRP", 0o040],
  ["IWGRP", 0o020],
  ["IXGRP", 0o010],
  ["IRWXG", 0o070],
  ["IROTH", 0o004],
  ["IWOTH", 0o002],
  ["IXOTH", 0o001],
  ["IRWXO", 0o007],
]);

const MOST_BITS = 0o777;

/** A number as C writes it: octal after 0, hexadecimal after 0x. */
function cNumber(text: string): number | undefined {
  if (/^0x[\da-f]+$/i.test(text)) return Number.parseInt(text, 16);
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8);
  return /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}

function bitsOf(words: readonly Word[], complain: Complain): number | undefined {
  let mask = 0;
  for (const word of words) {
    for (const name of word.text.split("|").filter((part) => part !== "")) {
      const bits = BITS.get(name);
      if (bits === undefined) {
        complain({ code: "invalid-choice", summary: `'${name}' is no permission bit such as IRGRP` }, word);
        return undefined;
      }
      mask |= bits;
    }
  }
  return mask;
}

/** A umask: a number as in C, or permission bits between bars. */
export const umask: Kind<number> = {
  name: "number | bits such as IRWXG|IRWXO",
  json: integerType(0, MOST_BITS),
  words: [1, Number.POSITIVE_INFINITY],
  parse(words, complain) {
    const [first] = words;
    if (!first || !/^\d/.test(first.text)) return bitsOf(words, complain);
    const value = cNumber(first.text);
    if (value !== undefined && value <= MOST_BITS) return value;
    complain({ code: "out-of-range", summary: `'${first.text}' is not a umask from 0 to 0777` }, first);
    return undefined;
  },
  format: (value) => [value === 0 ? "0" : `0${value.toString(8)}`],
};
