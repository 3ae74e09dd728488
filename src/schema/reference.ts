import { markdownTable } from "./compatibility.ts";
import { root } from "./root.ts";
import type { AnyBlockSchema, AnyRow } from "./row.ts";

/** The value a keyword takes, for people. */
function valueText(row: AnyRow): string {
  switch (row.shape) {
    case "leaf":
      return row.kind.name;
    case "flag":
      return row.bare ? "" : "[on \\| off]";
    case "list":
      return `{ ${row.kind.name} … }`;
    case "block":
      return "{ … }";
  }
}

function inheritedText(from: string): string {
  return from === "^" ? "of the enclosing block" : `\`${from.split(".").join(" › ")}\``;
}

function defaultText(row: AnyRow): string {
  if (row.required) return "required";
  if (row.shape === "flag") return row.inherits ? inheritedText(row.inherits) : row.default ? "on" : "off";
  if (row.shape !== "leaf") return "";
  const written =
    row.repeat || row.default === undefined ? "" : `\`${row.kind.format(row.default).join(" ")}\``;
  if (row.inherits === undefined) return written;
  return written === "" ? inheritedText(row.inherits) : `${inheritedText(row.inherits)}, else ${written}`;
}

function escaped(text: string): string {
  return text.replaceAll(/(?<!\\)\|/g, "\\|");
}

function section(path: string, schema: AnyBlockSchema): string[] {
  const header = Object.values(schema.header).map((kind) => kind.name);
  const title = path === "" ? "Top level" : path.split("/").join(" › ");
  const head =
    header.length > 0 ? `\`${schema.keyword}\` is followed by: ${escaped(header.join(" "))}.\n\n` : "";
  const rows = Object.entries(schema.rows).map(([keyword, row]) => [
    `\`${keyword}\``,
    escaped(valueText(row)),
    escaped(defaultText(row)),
    escaped(row.doc) + (row.compiledOnly ? " Without effect yet." : ""),
  ]);
  const table = markdownTable([["keyword", "value", "default", ""], ...rows]);
  const inner = Object.entries(schema.rows).flatMap(([keyword, row]) =>
    row.shape === "block" ? section(path === "" ? keyword : `${path}/${keyword}`, row.schema) : [],
  );
  return [`## ${title}\n\n${head}${table}\n`, ...inner];
}

/** docs/keywords.md: the keywords that are built, what they take and what holds without them. */
export function referenceDocument(): string {
  return `# Keywords

What a configuration can say, from the schema by \`node scripts/generate-docs.mjs\`; do not edit. What keepalived knows
beyond this is in [compatibility.md](compatibility.md).

${section("", root).join("\n")}`;
}
