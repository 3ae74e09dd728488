import { arrayType, textType } from "./json-types.ts";
import type { Kind } from "./kind.ts";

const CHECKS = ["readable", "match", "wildcard_match", "brace_match"];

/** What is checked of included files: names, which `+` and `-` before them add and remove; none for all of them. */
export const includeChecks: Kind<readonly string[]> = {
  name: "[+|-]readable | match | wildcard_match | brace_match",
  json: arrayType(textType),
  words: [0, Number.POSITIVE_INFINITY],
  parse: (words) =>
    // The source stage, which acts on them, has reported the others.
    words.map(({ text }) => text).filter((text) => CHECKS.includes(text.replace(/^[+-]/, ""))),
  format: (value) => value,
};
