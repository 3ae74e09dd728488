import type { JsonType } from "./kind.ts";

export const textType: JsonType = { type: "string" };
export const booleanType: JsonType = { type: "boolean" };
/** What stands alone and means true; left out otherwise. */
export const markType: JsonType = { const: true };
export const interfaceType: JsonType = { type: "string", maxLength: 15 };

/** An integer within bounds, both included. */
export function integerType(minimum: number, maximum: number): JsonType {
  return { type: "integer", minimum, maximum };
}

/** Seconds with decimals, or what else is measured; bounds included. */
export function numberType(minimum: number, maximum: number): JsonType {
  return { type: "number", minimum, maximum };
}

/** One of a few words. */
export function choiceType(choices: readonly string[]): JsonType {
  return { type: "string", enum: choices };
}

/** An array; both numbers of items included. */
export function arrayType(items: JsonType, fewest = 0, most = Number.POSITIVE_INFINITY): JsonType {
  return {
    type: "array",
    items,
    ...(fewest > 0 && { minItems: fewest }),
    ...(Number.isFinite(most) && { maxItems: most }),
  };
}

/** An object of these properties and no others; those in `optional` may be absent. */
export function objectType(
  required: Readonly<Record<string, JsonType>>,
  optional: Readonly<Record<string, JsonType>> = {},
): JsonType {
  return {
    type: "object",
    properties: { ...required, ...optional },
    ...(Object.keys(required).length > 0 && { required: Object.keys(required) }),
    additionalProperties: false,
  };
}
