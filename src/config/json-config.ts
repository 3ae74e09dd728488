import type { Kind } from "../schema/kind.ts";
import { root } from "../schema/root.ts";
import type { AnyBlockSchema, AnyRow } from "../schema/row.ts";
import type { Config } from "./config.ts";
import { type AnyBlock, dumpConf } from "./dump-conf.ts";
import { jsonMismatch, leafType } from "./json-mismatch.ts";

/** Written, somewhere: what dumpConf shows. */
const WRITTEN = 1;

/** What of JSON cannot be a configuration, by its path in it. */
class JsonProblem extends Error {}

function fail(where: string, what: string): never {
  throw new JsonProblem(`${where}: ${what}`);
}

function entriesOf(json: unknown, where: string): readonly (readonly [string, unknown])[] {
  if (typeof json !== "object" || json === null || Array.isArray(json)) fail(where, "this is not an object");
  return Object.entries(json);
}

function itemsOf(json: unknown, where: string): readonly unknown[] {
  return Array.isArray(json) ? json : fail(where, "this is not an array");
}

/** The value of a kind, from what its `toJson` made of it. */
function fromJsonValue(kind: Kind<unknown>, json: unknown, where: string): unknown {
  if (kind.fromJson) return kind.fromJson(json);
  if (!kind.toJson) return json;
  const words = String(json)
    .split(" ")
    .map((text) => ({ text, quoted: false, origin: 0 }));
  return kind.parse(words, ({ severity = "error", summary }) => {
    if (severity === "error") fail(where, summary);
  });
}

/** The value, if the words that it makes make it again. */
function checked(kind: Kind<unknown>, json: unknown, where: string, type = kind.json ?? {}): unknown {
  const wrong = jsonMismatch(type, json);
  if (wrong) fail(`${where}${wrong.path}`, `this ${wrong.what}`);
  let value: unknown;
  try {
    value = fromJsonValue(kind, json, where);
    const words = kind.format(value);
    if (words.every((word) => typeof word === "string" && !/[\n"]/.test(word))) return value;
  } catch (error) {
    if (error instanceof JsonProblem) throw error;
  }
  return fail(where, `this is not: ${kind.name}`);
}

function rowValue(row: AnyRow, json: unknown, where: string): unknown {
  switch (row.shape) {
    case "flag":
      return typeof json === "boolean" ? json : fail(where, "this is not true or false");
    case "leaf":
      return row.repeat
        ? itemsOf(json, where).map((one, index) => checked(row.kind, one, `${where}[${index}]`))
        : checked(row.kind, json, where, leafType(row));
    case "list":
      return itemsOf(json, where).map((one, index) => checked(row.kind, one, `${where}[${index}]`));
    case "block":
      return row.repeat
        ? itemsOf(json, where).map((one, index) => blockOf(row.schema, one, `${where}[${index}]`))
        : blockOf(row.schema, json, where);
  }
}

function blockOf(schema: AnyBlockSchema, json: unknown, where: string): AnyBlock {
  const block: Record<string, unknown> = {};
  const of: Record<string, number> = {};
  for (const [property, value] of entriesOf(json, where)) {
    const at = where === "" ? property : `${where}.${property}`;
    const header = schema.header[property];
    const row = schema.rows[property];
    if (header) block[property] = checked(header, value, at);
    else if (row) {
      block[property] = rowValue(row, value, at);
      of[property] = WRITTEN;
    } else fail(at, "there is no such keyword");
  }
  for (const [property, kind] of Object.entries(schema.header)) {
    if (kind.words[0] > 0 && block[property] === undefined) fail(where, `${property} is missing`);
  }
  return { ...block, $: { at: WRITTEN, of } };
}

/**
 * The text of a configuration that `dumpJson` printed, or somebody wrote by the JSON Schema. It is still to be
 * compiled: only its form is checked here. A `problem` says where the JSON has none.
 */
export function confFromJson(json: string): { readonly text: string } | { readonly problem: string } {
  try {
    const config = blockOf(root, JSON.parse(json), "");
    return { text: dumpConf(config as unknown as Config, { secrets: true }) }; // made by the rows that type the Config
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
