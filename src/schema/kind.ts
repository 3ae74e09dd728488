import type { Word } from "../../grammar/tree.ts";

/** Reports a fault of one word (or of the whole statement when no word is given); the decoder adds the place. */
export type Complain = (fault: Fault, word?: Word) => void;

export interface Fault {
  readonly code: string;
  /** error when absent. */
  readonly severity?: "error" | "warning" | "note";
  readonly summary: string;
  readonly detail?: string;
  readonly suggestions?: readonly string[];
}

/**
 * How words become a value and back. `parse` sees exactly the words that belong to the value (the decoder has checked
 * their number against `words`), complains about each fault, and returns undefined when no value can be made.
 */
export interface Kind<T> {
  /** For people: "integer 1–255", "seconds", "IP address". */
  readonly name: string;
  /** Fewest and most words it takes; Infinity for "the rest of the line". */
  readonly words: readonly [fewest: number, most: number];
  /** The words follow the rule of scripts: backslash escapes, and quotes inside quotes (grammar/escaped-words.ts). */
  readonly escaped?: boolean;
  parse(words: readonly Word[], complain: Complain): T | undefined;
  /** The words that parse back to the value, unquoted; dump quotes what needs it. */
  format(value: T): readonly string[];
  /** What the value is as JSON, in the words of JSON Schema; anything when absent. */
  readonly json?: JsonType;
  /** The value as JSON shows it, where that is not the value itself: times in seconds. */
  toJson?(value: T): unknown;
  /** The value that `toJson` made; for kinds that have it. */
  fromJson?(json: unknown): T;
}

/** The part of JSON Schema that values need (src/schema/json-types.ts makes them). */
export interface JsonType {
  readonly type?: "string" | "integer" | "number" | "boolean" | "array" | "object";
  readonly enum?: readonly string[];
  readonly const?: string | number | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly items?: JsonType;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonType>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly anyOf?: readonly JsonType[];
}
