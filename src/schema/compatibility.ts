import { knownKeywords } from "./known-keywords.ts";
import { root } from "./root.ts";
import type { AnyBlockSchema, AnyRow } from "./row.ts";

/** How far a keyword is built. */
type State = "acts" | "compiled" | "known";

const STATES: Readonly<Record<State, string>> = {
  acts: "yes",
  compiled: "compiled",
  known: "not yet",
};

/** A block of the schema, and whether the runtime acts on what stands in it. */
interface Place {
  readonly schema: AnyBlockSchema;
  readonly compiledOnly: boolean;
}

function placesByPath(
  schema: AnyBlockSchema,
  path: string,
  compiledOnly = false,
  into = new Map<string, Place>(),
): Map<string, Place> {
  into.set(path, { schema, compiledOnly });
  for (const [keyword, row] of Object.entries(schema.rows)) {
    if (row.shape !== "block") continue;
    const inner = path === "" ? keyword : `${path}/${keyword}`;
    placesByPath(row.schema, inner, compiledOnly || row.compiledOnly === true, into);
  }
  return into;
}

function stateOf(row: AnyRow | undefined, place: Place | undefined): State {
  if (!row) return "known";
  return row.compiledOnly || place?.compiledOnly ? "compiled" : "acts";
}

function sinceText(since: string): string {
  return since === "old" ? "" : since;
}

function note(row: AnyRow | undefined): string {
  if (!row) return "";
  if (row.replacedBy === undefined) return row.doc;
  return row.synonym
    ? `${row.doc} The same as \`${row.replacedBy}\`.`
    : `${row.doc} Deprecated: \`${row.replacedBy}\`.`;
}

/** A Markdown table with its columns aligned; the first row is the head. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

/**
 * docs/compatibility.md: every keyword of keepalived.conf with the release that first knew it and what Holdfast does
 * with it, from the rows and the table of known keywords.
 */
export function compatibilityDocument(): string {
  const places = placesByPath(root, "");
  const counts: Record<State, number> = { acts: 0, compiled: 0, known: 0 };
  const sections: string[] = [];
  for (const [path, keywords] of knownKeywords()) {
    const place = places.get(path);
    const rows = place?.schema.rows;
    const lines = [...keywords]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([keyword, since]) => {
        const row = rows && Object.hasOwn(rows, keyword) ? rows[keyword] : undefined;
        const state = stateOf(row, place);
        counts[state]++;
        return [`\`${keyword}\``, sinceText(since), STATES[state], note(row)];
      });
    const title = path === "" ? "Top level" : path.split("/").join(" › ");
    sections.push(`## ${title}\n\n${markdownTable([["keyword", "since", "built", ""], ...lines])}\n`);
  }
  return `# Compatibility with keepalived.conf

Every keyword that keepalived knows, and what this version of Holdfast does with it. Generated from the schema by
\`node scripts/generate-docs.mjs\`; do not edit.

- **yes**: works. ${counts.acts} keywords.
- **compiled**: read, checked, dumped and compared, but the running daemon does not act on it yet; \`validate\` says so. ${counts.compiled} keywords.
- **not yet**: known by name and ignored with a warning, as is what its block holds. ${counts.known} keywords.

*since* is the first keepalived release with the keyword.

${sections.join("\n")}`;
}
