import type { JsonType, Kind } from "../schema/kind.ts";
import { root } from "../schema/root.ts";
import type { AnyBlockSchema, AnyRow } from "../schema/row.ts";
import { leafType } from "./json-mismatch.ts";
import { MASK } from "./text.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

/** Blocks that several others have inside them are described once each, by the name of their keyword and path. */
class Definitions {
  readonly all: Record<string, JsonSchema> = {};
  private readonly names = new Map<AnyBlockSchema, string>();

  reference(schema: AnyBlockSchema): JsonSchema {
    let name = this.names.get(schema);
    if (name === undefined) {
      name = schema.keyword;
      for (let count = 2; name in this.all; count++) name = `${schema.keyword}_${count}`;
      this.names.set(schema, name);
      this.all[name] = {}; // taken, while the blocks inside it look for names
      this.all[name] = this.blockSchema(schema);
    }
    return { $ref: `#/$defs/${name}` };
  }

  blockSchema(schema: AnyBlockSchema): JsonSchema {
    const header = Object.entries(schema.header);
    const rows = Object.entries(schema.rows).filter(([, row]) => row.replacedBy === undefined);
    return {
      type: "object",
      properties: Object.fromEntries([
        ...header.map(([property, kind]) => [property, typeOf(kind)] as const),
        ...rows.map(([keyword, row]) => [keyword, this.row(row)] as const),
      ]),
      required: header.flatMap(([property, kind]) => (kind.words[0] > 0 ? [property] : [])),
      additionalProperties: false,
    };
  }

  private row(row: AnyRow): JsonSchema {
    const facts = { description: row.doc };
    switch (row.shape) {
      case "flag":
        return { ...facts, type: "boolean", default: row.default };
      case "leaf": {
        const one = { title: row.kind.name, ...leafType(row) };
        const value = row.repeat ? { type: "array", items: one } : one;
        if (row.secret) return { ...facts, anyOf: [value, { const: MASK }] };
        if (row.repeat) return { ...facts, ...value };
        const { toJson = (value: unknown) => value } = row.kind;
        const known = row.default === undefined ? {} : { default: toJson(row.default) };
        return { ...facts, ...value, ...known };
      }
      case "list":
        return { ...facts, type: "array", items: typeOf(row.kind) };
      case "block": {
        const inner = this.reference(row.schema);
        return row.repeat ? { ...facts, type: "array", items: inner } : { ...facts, ...inner };
      }
    }
  }
}

function typeOf(kind: Kind<unknown>): JsonType & { readonly title: string } {
  return { title: kind.name, ...kind.json };
}

/** The JSON Schema (2020-12) of `dumpJson`, made from the rows. */
export function jsonSchema(): JsonSchema {
  const definitions = new Definitions();
  const top = definitions.blockSchema(root);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "keepalived.conf as holdfast dump --format json prints it",
    ...top,
    $defs: definitions.all,
  };
}
