import { suggest } from "../../diagnostics/suggest.ts";
import type { ReportFault } from "../faults.ts";

/**
 * Whether a name is defined above the line that uses it, which is where keepalived looks for it. Reports when not.
 * Origins are numbered as the text is read.
 */
export function definedAbove(
  use: { readonly name: string; readonly origin: number; readonly owner: string; readonly block: string },
  definitions: ReadonlyMap<string, number>,
  code: string,
  report: ReportFault,
): boolean {
  const at = definitions.get(use.name);
  if (at !== undefined && (at === 0 || use.origin === 0 || at < use.origin)) return true;
  report(
    {
      code,
      summary: `${use.owner} tracks ${use.name}, and there is no such ${use.block}${at === undefined ? "" : " above"}`,
      detail:
        at === undefined
          ? "It is ignored: nothing watches what it was meant to watch."
          : "It is ignored: keepalived only knows what stands above. Move the definition up.",
      suggestions: at === undefined ? suggest(use.name, definitions.keys()) : [],
    },
    use.origin,
    at === undefined ? [] : [{ origin: at, message: "defined here, too late" }],
  );
  return false;
}
