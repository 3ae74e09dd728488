import type { Word } from "../../grammar/tree.ts";
import { markType } from "./json-types.ts";
import type { Complain, JsonType, Kind } from "./kind.ts";

/** One option of a line such as a route: its spellings, and the words behind it. */
export interface OptionSpec<T> {
  /** What follows it; undefined where it stands alone and means true. */
  readonly kind?: Kind<T>;
  readonly aliases?: readonly string[];
  /** Spellings that keepalived calls deprecated. */
  readonly deprecated?: readonly string[];
  /** How many of the words at `from` are its value; the kind's own number when absent. */
  readonly width?: (words: readonly Word[], from: number) => number;
}

/** The values of options: those that were written. */
export type OptionsOf<S> = {
  readonly [K in keyof S]?: S[K] extends OptionSpec<infer T> ? T : never;
};

/** An option with a value. */
export function valued<T>(
  kind: Kind<T>,
  more: Omit<OptionSpec<T>, "kind"> = {},
): OptionSpec<T> & { readonly kind: Kind<T> } {
  return { kind, ...more };
}

/** An option that stands alone. */
export const alone: OptionSpec<true> = {};

interface Known {
  readonly property: string;
  readonly spec: OptionSpec<unknown>;
  readonly deprecated: boolean;
}

/** Reads and writes the options of one sort of line. */
export interface OptionReader<S> {
  /**
   * Reads the option at `index` into `into`: the index behind it and its value, or undefined when no option stands
   * there. A value that is missing or wrong has been complained of.
   */
  read(words: readonly Word[], index: number, into: OptionsOf<S>, complain: Complain): number | undefined;
  format(options: OptionsOf<S>): string[];
  /** What the options are as JSON, by name. */
  readonly json: Readonly<Record<string, JsonType>>;
}

function missing(option: Word, complain: Complain): void {
  complain(
    {
      code: "missing-value",
      summary: `${option.text} needs a value`,
      detail: "keepalived refuses a configuration with this.",
    },
    option,
  );
}

/** The reader of options; prepared once for each sort of line. */
export function optionReader<S extends { readonly [option: string]: object }>(specs: S): OptionReader<S> {
  const known = new Map<string, Known>();
  // Every member of S is an OptionSpec of some type, which only its own kind ever sees.
  const entries = Object.entries(specs) as readonly (readonly [string, OptionSpec<unknown>])[];
  for (const [property, spec] of entries) {
    for (const name of [property, ...(spec.aliases ?? [])]) {
      known.set(name, { property, spec, deprecated: false });
    }
    for (const name of spec.deprecated ?? []) known.set(name, { property, spec, deprecated: true });
  }
  return {
    json: Object.fromEntries(
      entries.map(([property, { kind }]) => [property, kind ? (kind.json ?? {}) : markType]),
    ),
    read(words, index, into, complain) {
      const option = words[index];
      const found = option && known.get(option.text);
      if (!found) return undefined;
      const { property, spec } = found;
      if (found.deprecated) {
        const summary = `"${option.text}" is deprecated; write "${property}"`;
        complain({ code: "deprecated", severity: "warning", summary, suggestions: [property] }, option);
      }
      const values: Record<string, unknown> = into;
      if (!spec.kind) {
        values[property] = true;
        return index + 1;
      }
      const from = index + 1;
      const width = Math.max(spec.kind.words[0], spec.width?.(words, from) ?? spec.kind.words[1]);
      const given = words.slice(from, from + width);
      if (given.length < width) {
        missing(option, complain);
        return words.length;
      }
      const value = spec.kind.parse(given, complain);
      if (value !== undefined) values[property] = value;
      return from + width;
    },
    format(options) {
      const values: Readonly<Record<string, unknown>> = options;
      return entries.flatMap(([property, { kind }]) => {
        const value = values[property];
        if (value === undefined) return [];
        return kind ? [property, ...kind.format(value)] : [property];
      });
    },
  };
}
