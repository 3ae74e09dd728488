import { keywordsOf, schemaBlocks } from "./blocks.ts";
import type { AnyRow } from "./row.ts";

function sinceText(since: string): string {
  return since === "old" ? "" : since;
}

function note(row: AnyRow): string {
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
 * with it.
 */
export function compatibilityDocument(): string {
  let [acts, compiled] = [0, 0];
  const sections: string[] = [];
  for (const block of schemaBlocks()) {
    const keywords = keywordsOf(block);
    if (keywords.length === 0) continue; // its lines have none
    const lines = keywords.map(([keyword, row]) => {
      const built = !row.compiledOnly && !block.compiledOnly;
      if (built) acts++;
      else compiled++;
      return [`\`${keyword}\``, sinceText(row.since), built ? "yes" : "compiled", note(row)];
    });
    const title = block.path === "" ? "Top level" : block.path.split("/").join(" › ");
    sections.push(`## ${title}\n\n${markdownTable([["keyword", "since", "built", ""], ...lines])}\n`);
  }
  return `# Compatibility with keepalived.conf

Every keyword that keepalived knows, and what this version of Holdfast does with it. Generated from the schema by
\`node scripts/generate-docs.mjs\`; do not edit.

- **yes**: works. ${acts} keywords.
- **compiled**: read, checked, dumped and compared, but the running daemon does not act on it yet; \`validate\` says so. ${compiled} keywords.

*since* is the first keepalived release with the keyword. Texts that the two judge otherwise, and why, are in
[differences.md](differences.md).

${sections.join("\n")}`;
}
