import type { JsonType } from "../schema/kind.ts";
import type { LeafRow } from "../schema/row.ts";

/** What of a JSON value is not as its type says, and where, from the value on: `.port`, `[0].weight`, or nothing. */
export interface JsonMismatch {
  readonly path: string;
  /** "is not an integer from 1 to 255" */
  readonly what: string;
}

function mismatch(what: string, path = ""): JsonMismatch {
  return { path, what };
}

function numberMismatch(
  { type, minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY }: JsonType,
  json: unknown,
): JsonMismatch | undefined {
  const isNumber = type === "integer" ? Number.isInteger(json) : Number.isFinite(json);
  if (isNumber && Number(json) >= minimum && Number(json) <= maximum) return undefined;
  const name = type === "integer" ? "an integer" : "a number";
  return mismatch(`is not ${name} from ${minimum} to ${maximum}`);
}

function textMismatch({ enum: choices, maxLength }: JsonType, json: unknown): JsonMismatch | undefined {
  if (typeof json !== "string") return mismatch("is not a text");
  if (choices && !choices.includes(json)) return mismatch(`is not one of ${choices.join(", ")}`);
  return maxLength !== undefined && json.length > maxLength
    ? mismatch(`is longer than ${maxLength} characters`)
    : undefined;
}

function arrayMismatch(type: JsonType, json: unknown): JsonMismatch | undefined {
  if (!Array.isArray(json)) return mismatch("is not an array");
  const { items = {}, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = type;
  if (json.length < minItems || json.length > maxItems) {
    return mismatch(`has ${json.length} items, not ${minItems} to ${maxItems}`);
  }
  for (const [index, item] of json.entries()) {
    const found = jsonMismatch(items, item);
    if (found) return mismatch(found.what, `[${index}]${found.path}`);
  }
  return undefined;
}

function objectMismatch(
  { properties = {}, required = [] }: JsonType,
  json: unknown,
): JsonMismatch | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return mismatch("is not an object");
  const values: Readonly<Record<string, unknown>> = { ...json };
  const absent = required.find((property) => !(property in values));
  if (absent !== undefined) return mismatch("is missing", `.${absent}`);
  for (const [property, value] of Object.entries(values)) {
    const type = Object.hasOwn(properties, property) ? properties[property] : undefined;
    if (!type) return mismatch("is not known", `.${property}`);
    const found = jsonMismatch(type, value);
    if (found) return mismatch(found.what, `.${property}${found.path}`);
  }
  return undefined;
}

function anyMismatch(types: readonly JsonType[], json: unknown): JsonMismatch | undefined {
  const found: JsonMismatch[] = [];
  for (const type of types) {
    const one = jsonMismatch(type, json);
    if (!one) return undefined;
    found.push(one);
  }
  // That of the alternative that fits furthest says most.
  return found.reduce((best, one) => (one.path.length > best.path.length ? one : best));
}

/** The type of one value of a row: its kind's, and the default where that is a number which cannot be written. */
export function leafType({ kind, repeat, default: value }: LeafRow<unknown>): JsonType {
  const { json = {}, toJson = (one: unknown) => one } = kind;
  if (repeat || typeof value !== "number") return json;
  const shown = Number(toJson(value));
  return jsonMismatch(json, shown) ? { anyOf: [json, { const: shown }] } : json;
}

/** The first place where a JSON value is not of a type. */
export function jsonMismatch(type: JsonType, json: unknown): JsonMismatch | undefined {
  if (type.anyOf) return anyMismatch(type.anyOf, json);
  if (type.const !== undefined) {
    return json === type.const ? undefined : mismatch(`is not ${JSON.stringify(type.const)}`);
  }
  switch (type.type) {
    case "integer":
    case "number":
      return numberMismatch(type, json);
    case "string":
      return textMismatch(type, json);
    case "boolean":
      return typeof json === "boolean" ? undefined : mismatch("is not true or false");
    case "array":
      return arrayMismatch(type, json);
    case "object":
      return objectMismatch(type, json);
    case undefined:
      return undefined;
  }
}
