import { concatMapped, type MappedText, placeAt, sliceMapped, verbatim } from "./mapped-text.ts";
import { draw } from "./random.ts";
import type { Definition, Scope } from "./scope.ts";

/** Why a use was left as it stands, or what is to be said about one that was replaced. */
export type UseProblem =
  | "undefined"
  | "undefined-braces"
  | "recursive"
  | "several-lines"
  | "not-delimited"
  | "too-many"
  | "parameters"
  | "own-parameters"
  | "random-numbers"
  | "random-order"
  | "environment-name"
  | "not-in-environment";

/** What a name stands for; a problem without definition leaves the use as it stands. */
export interface Meaning {
  readonly definition?: Definition;
  readonly problem?: UseProblem;
}

/** What the built-in definitions know of the surroundings. */
export interface Surroundings {
  /** `${_INSTANCE}`. */
  readonly id?: string;
  /** `${_ENV NAME}`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const LARGEST_RANDOM = 32767;
const PARAMETER = /\$(?:(\d+)|\{(\d+)\})/g;
const UNDEFINED: Meaning = { problem: "undefined" };

function builtIn(name: string, value: string): Definition {
  return { name, file: -1, lines: [verbatim(value, 1)] };
}

/** A body with `$1`, `${2}` … replaced; undefined when it has none. */
function substituted(body: MappedText, values: readonly string[]): MappedText | undefined {
  const parts: MappedText[] = [];
  let from = 0;
  for (const match of body.text.matchAll(PARAMETER)) {
    const value = values[Number(match[1] ?? match[2]) - 1] ?? "";
    const { line, column } = placeAt(body, match.index);
    parts.push(sliceMapped(body, from, match.index));
    parts.push({ text: value, segments: [{ start: 0, line, column, width: match[0].length }] });
    from = match.index + match[0].length;
  }
  if (from === 0) return undefined;
  return concatMapped(...parts, sliceMapped(body, from));
}

/**
 * `${X a b}`: our extension, for definitions that name parameters; keepalived leaves the use in the text. Where the
 * definition has no `$1`, so do we.
 */
function withParameters(definition: Definition, parameters: string): Meaning {
  const values = parameters.trim().split(/\s+/);
  const lines = definition.lines.map((line) => substituted(line, values) ?? line);
  const taken = lines.some((line, index) => line !== definition.lines[index]);
  if (!taken) return { problem: "parameters" };
  return { definition: { ...definition, lines }, problem: "own-parameters" };
}

/**
 * What names mean at one point of the reading. The reader has one that moves along; to work out the places of a
 * line later, another is made for the point where the line was read.
 */
export class Names {
  /** Of the file that is being read; `${_PWD}`. */
  directory: string;
  /** State of the random numbers. */
  random: number;
  private readonly scope: Scope;
  private readonly surroundings: Surroundings;
  private readonly version: number | undefined;

  constructor(scope: Scope, surroundings: Surroundings, directory: string, random: number, version?: number) {
    this.scope = scope;
    this.surroundings = surroundings;
    this.directory = directory;
    this.random = random;
    this.version = version;
  }

  /** The definition of a name that the configuration itself makes. */
  own(name: string): Definition | undefined {
    return this.scope.get(name, this.version);
  }

  /** Looks a name up. `parameters` is what follows the name in braces, with its leading space, or empty. */
  meaning(name: string, parameters: string): Meaning {
    const definition = this.scope.get(name, this.version);
    if (definition) return parameters === "" ? { definition } : withParameters(definition, parameters);
    if (!name.startsWith("_")) return UNDEFINED;
    if (name === "_ENV") return this.fromEnvironment(parameters);
    if (name === "_RANDOM") return this.fromRandom(parameters);
    const value = this.fixed(name);
    if (value === undefined) return UNDEFINED;
    return parameters === "" ? { definition: builtIn(name, value) } : { problem: "parameters" };
  }

  private fixed(name: string): string | undefined {
    if (name === "_HASH") return "#";
    if (name === "_BANG") return "!";
    if (name === "_PWD") return this.directory;
    return name === "_INSTANCE" ? this.surroundings.id : undefined;
  }

  /** One name and nothing after it; a variable that is not there is empty, as keepalived has it. */
  private fromEnvironment(parameters: string): Meaning {
    const name = /^\s+(\S+)$/.exec(parameters)?.[1];
    if (name === undefined) return { problem: "environment-name" };
    const value = this.surroundings.environment?.[name];
    const definition = builtIn("_ENV", value ?? "");
    return value === undefined ? { definition, problem: "not-in-environment" } : { definition };
  }

  /** `[MIN [MAX]]`; a MIN above MAX gives MIN, as keepalived has it. */
  private fromRandom(parameters: string): Meaning {
    const match = /^(?:\s+(\d+)(?:\s+(\d+))?)?$/.exec(parameters);
    if (!match) return { problem: "random-numbers" };
    const smallest = Number(match[1] ?? 0);
    const largest = Number(match[2] ?? LARGEST_RANDOM);
    const { value, state } = draw(this.random, smallest, Math.max(smallest, largest));
    this.random = state;
    const definition = builtIn("_RANDOM", String(value));
    return smallest > largest ? { definition, problem: "random-order" } : { definition };
  }
}
