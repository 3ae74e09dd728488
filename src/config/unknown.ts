import type { Word } from "../../grammar/tree.ts";
import { suggest } from "../diagnostics/suggest.ts";
import { blocksKnowing, knownKeywords } from "../schema/known-keywords.ts";
import type { ReportFault } from "./faults.ts";
import type { Shape } from "./shape.ts";

/** How many blocks a misplaced keyword is traced to. */
const MOST_PLACES = 3;

/** The name of a block path for people. */
function blockName(path: string): string {
  return path === "" ? "the top level" : path.split("/").join(" > ");
}

function whereItBelongs(keyword: string): string | undefined {
  const places = blocksKnowing(keyword);
  if (places.length === 0) return undefined;
  const named = places.slice(0, MOST_PLACES).map(blockName).join(", ");
  return `${keyword} belongs in ${named}${places.length > MOST_PLACES ? " and others" : ""}.`;
}

/** Reports a keyword that the rows of the block do not have: known to keepalived, or to nobody. */
export function reportUnknown(keyword: Word, shape: Shape, path: string, report: ReportFault): void {
  const known = knownKeywords().get(path);
  const since = known?.get(keyword.text);
  if (since !== undefined) {
    report(
      {
        code: "not-implemented",
        severity: "warning",
        summary: `${keyword.text} is not implemented yet`,
        detail: `keepalived knows it${since === "old" ? "" : ` since ${since}`}; Holdfast ignores it and what its block holds.`,
      },
      keyword.origin,
    );
    return;
  }
  const names = new Set([...shape.rows.keys(), ...(known?.keys() ?? [])]);
  const suggestions = suggest(keyword.text, names);
  const elsewhere = whereItBelongs(keyword.text);
  report(
    {
      code: "unknown-keyword",
      summary: `unknown keyword '${keyword.text}' ${path === "" ? "at the top level" : `in ${path.split("/").at(-1)}`}`,
      detail: elsewhere ?? "keepalived reports and ignores it, and so does Holdfast, with its block.",
      ...(suggestions.length > 0 ? { suggestions } : {}),
    },
    keyword.origin,
  );
}
