import type { Word } from "../../grammar/tree.ts";
import { suggest } from "../diagnostics/suggest.ts";
import { blocksKnowing } from "../schema/blocks.ts";
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

/** Reports a keyword that the rows of the block do not have. */
export function reportUnknown(keyword: Word, shape: Shape, path: string, report: ReportFault): void {
  const suggestions = suggest(keyword.text, new Set(shape.rows.keys()));
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
