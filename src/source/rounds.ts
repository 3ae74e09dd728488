/** The rounds of a ~SEQ or ~LST: which names it sets, and to what. */
export interface Rounds {
  readonly names: readonly string[];
  readonly count: number;
  /** The values in round `index`, from 0, in the order of the names. */
  values(index: number): readonly string[];
}

/** How often a repetition may repeat: beyond any use, below what exhausts memory. */
const MOST_REPETITIONS = 1_000_000;
const NAME = /^\w+$/;

/** As strtol() with base 0: decimal, 0x hexadecimal, 0 octal. */
function integer(text: string): number | undefined {
  const match = /^([+-]?)(?:(0x[0-9a-f]+)|0([0-7]+)|(0|[1-9]\d*))$/i.exec(text);
  if (!match) return undefined;
  const [, sign, hexadecimal, octal, decimal] = match;
  const value = octal === undefined ? Number(hexadecimal ?? decimal) : Number.parseInt(octal, 8);
  return sign === "-" ? -value : value;
}

/** `~SEQ(var[, start[, step]], end)`. Undefined when it is written wrongly. */
function sequenceRounds(args: readonly string[], hexadecimal: boolean): Rounds | undefined {
  const [name = "", ...numbers] = args.map((arg) => arg.trim());
  const values = numbers.map(integer);
  const end = values.at(-1);
  if (!NAME.test(name) || values.length > 3 || end === undefined) return undefined;
  const start = values.length > 1 ? values[0] : end < 0 ? -1 : 1;
  if (start === undefined) return undefined;
  const step = values.length > 2 ? values[1] : end >= start ? 1 : -1;
  if (step === undefined || step === 0) return undefined;
  const count = Math.floor((end - start) / step) + 1;
  if (count < 1 || count > MOST_REPETITIONS) return undefined;
  if (hexadecimal && (start < 0 || end < 0)) return undefined;
  const base = hexadecimal ? 16 : 10;
  return { names: [name], count, values: (index) => [(start + index * step).toString(base)] };
}

/** Parts at commas outside braces, empty ones too; undefined when the braces do not match. */
function atCommas(text: string): readonly string[] | undefined {
  if (!/^(?:[^{}]|\{[^{}]*\})*$/.test(text)) return undefined;
  const parts = text.split(/,(?![^{]*\})/);
  return parts.map((part) => part.trim());
}

/** What `{a, b}` or `a` names; undefined when it is neither. */
function group(part: string): readonly string[] | undefined {
  const inner = /^\{([^{}]*)\}$/.exec(part)?.[1];
  if (inner === undefined && /[{}]/.test(part)) return undefined;
  const items = inner === undefined ? [part] : inner.split(",").map((item) => item.trim());
  return items.some((item) => /\s/.test(item)) ? undefined : items;
}

/**
 * `~LST(var, value…)` and `~LST({var, var}, {value, value}…)`. A group that is too short leaves the last names empty.
 * Undefined when it is written wrongly.
 */
function listRounds(text: string): Rounds | undefined {
  const [names, ...rounds] = atCommas(text)?.map(group) ?? [];
  if (!names?.every((name) => NAME.test(name)) || rounds.length === 0) return undefined;
  const complete: (readonly string[])[] = [];
  for (const round of rounds) {
    if (!round || round.length > names.length) return undefined;
    complete.push(round);
  }
  return { names, count: complete.length, values: (index) => complete[index] ?? [] };
}

/** What a `~SEQ` or `~LST` asks for; undefined when it is written wrongly. */
export function roundsOf(kind: string, args: string): Rounds | undefined {
  return kind === "LST" ? listRounds(args) : sequenceRounds(args.split(","), kind === "SEQx");
}
