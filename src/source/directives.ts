import { LineScanner } from "../../grammar/scanner.ts";
import { type MappedText, sliceMapped } from "./mapped-text.ts";

/** `@id ` and `@^id ` at the start of a line. */
export const CONDITION = /^@(\^?)(\S*)\s*/;
/** `$NAME=`, which must start the line and have no space before the `=`. */
export const DEFINITION = /^\$([A-Za-z_]\w*)=/;
/** The include family; the rest of the line is the pattern. */
export const INCLUDE = /^include([abmrw]?)\s+(?=\S)/;
/** `~SEQ(…)`, `~SEQx(…)`, `~LST(…)`. */
export const REPETITION = /^~(SEQx?|LST)\(([^)]*)\)\s*/;
/** A line that is one use and nothing else: only there can a definition of several lines be used. */
export const WHOLE_USE = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})$/;
/** A line that goes on in the next one. */
export const CONTINUED = /\\\s*$/;
/** A physical line that starts a definition, conditional or not. */
export const STARTS_DEFINITION = /^\s*(?:@\S*\s+)?\$[A-Za-z_]\w*=/;

const DIRECTIVE = /^\s*(?:[@~]|\$[A-Za-z_]\w*=|include[abmrw]?\s)/;
const NEEDS_WORK = /^\s*[@~]|\$[A-Za-z_{]|(?:^|[{}])\s*(?:include|@|~)|\\\s*$|\0/;

/** Cheap test: can the line hold anything that this stage acts on? */
export function mayNeedWork(text: string): boolean {
  return NEEDS_WORK.test(text);
}

/** Without its comment. */
export function withoutComment(mapped: MappedText): MappedText {
  const scanner = new LineScanner();
  scanner.reset(mapped.text, true);
  let end = 0;
  while (scanner.next() !== undefined) end = scanner.end;
  return sliceMapped(mapped, 0, end);
}

/**
 * Where a directive starts after a brace, as in `vrrp_instance V { include v.conf`; undefined when there is none.
 * The braces of a definition's value or of an include pattern belong to it and are not looked at.
 */
export function directiveAfterBrace(text: string): number | undefined {
  const scanner = new LineScanner();
  scanner.reset(text, false);
  for (let kind = scanner.next(); kind !== undefined; kind = scanner.next()) {
    if (kind !== "word" && DIRECTIVE.test(text.slice(scanner.end))) return scanner.end;
  }
  return undefined;
}

/** How often a repetition may repeat: beyond any use, below what exhausts memory. */
const MOST_REPETITIONS = 1_000_000;

function integer(text: string): number | undefined {
  const trimmed = text.trim();
  return /^[+-]?(?:\d+|0x[0-9a-f]+)$/i.test(trimmed)
    ? trimmed.startsWith("-")
      ? -Number(trimmed.slice(1))
      : Number(trimmed.replace(/^\+/, ""))
    : undefined;
}

/** The variables of a repetition and, for each round, their values. */
export interface Rounds {
  readonly names: readonly string[];
  readonly rounds: readonly (readonly string[])[];
}

/** `~SEQ(var[, start[, step]], end)`. Undefined when it is written wrongly. */
function sequenceRounds(args: readonly string[], hexadecimal: boolean): Rounds | undefined {
  const [name = "", ...numbers] = args.map((arg) => arg.trim());
  const values = numbers.map(integer);
  const end = values.at(-1);
  if (!/^[A-Za-z_]\w*$/.test(name) || values.length > 3 || end === undefined) return undefined;
  const start = values.length > 1 ? values[0] : end < 0 ? -1 : 1;
  if (start === undefined) return undefined;
  const step = values.length > 2 ? values[1] : end >= start ? 1 : -1;
  if (step === undefined || step === 0 || Math.abs((end - start) / step) > MOST_REPETITIONS) return undefined;
  const rounds: string[][] = [];
  for (let value = start; step > 0 ? value <= end : value >= end; value += step) {
    rounds.push([value.toString(hexadecimal ? 16 : 10)]);
  }
  return { names: [name], rounds };
}

/** Parts at commas outside braces. */
function atCommas(text: string): readonly string[] {
  return text.match(/(?:\{[^}]*\}|[^,{])+/g)?.map((part) => part.trim()) ?? [];
}

/** `~LST(var, value…)` and `~LST({var, var}, {value, value}…)`. Undefined when it is written wrongly. */
function listRounds(text: string): Rounds | undefined {
  const [head = "", ...values] = atCommas(text);
  const group = (part: string): readonly string[] =>
    part.startsWith("{")
      ? part
          .slice(1, -1)
          .split(",")
          .map((inner) => inner.trim())
      : [part];
  const names = group(head);
  const rounds = values.map(group);
  const valid = names.every((name) => /^[A-Za-z_]\w*$/.test(name)) && rounds.length > 0;
  return valid && rounds.every((round) => round.length === names.length) ? { names, rounds } : undefined;
}

/** What a `~SEQ` or `~LST` asks for; undefined when it is written wrongly. */
export function roundsOf(kind: string, args: string): Rounds | undefined {
  return kind === "LST" ? listRounds(args) : sequenceRounds(args.split(","), kind === "SEQx");
}
