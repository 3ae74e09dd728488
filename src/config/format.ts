import type { SourceHost } from "../source/host.ts";
import { MemoryHost } from "../source/memory-host.ts";
import { OverlayHost } from "../source/overlay-host.ts";
import type { SourceOptions } from "../source/read-source.ts";
import { joinBraces, layOut } from "./format-layout.ts";
import { type FormatProblem, FormatReader } from "./format-lines.ts";
import { sameStatements } from "./same-statements.ts";

export type { FormatProblem } from "./format-lines.ts";

/** The text in its usual form, or why it is better left alone. */
export type Formatted = { readonly text: string } | { readonly problem: FormatProblem };

/** Conditions whose ids are tried to see that the meaning stays. */
const MOST_IDS = 16;

function arrange(text: string, split: boolean): Formatted {
  const reader = new FormatReader(text, split);
  reader.read();
  if (reader.problem) return { problem: reader.problem };
  const result = layOut(split ? joinBraces(reader.lines) : reader.lines, reader.loose);
  return "text" in result ? result : { problem: result };
}

/** The ids of the text's conditions, so that each alternative is compared. */
function idsOf(text: string): readonly (string | undefined)[] {
  const ids = new Set([...text.matchAll(/^\s*@\^?(\S+)/gm)].map(([, id]) => id));
  return [undefined, ...[...ids].slice(0, MOST_IDS)];
}

/**
 * Formats one file of a host: four spaces a level, each statement and closing brace on a line of its own, `{` at the
 * end of its line, one space between words and before comments, no white space at line ends, single blank lines,
 * newlines without carriage returns, no byte order mark. Comments, includes, definitions, conditions and repetitions
 * stay as written, and so does the inside of a line with single quotes or backslashes.
 *
 * The result is read again and has to hold the same statements; where single statements a line change them, lines are
 * only indented, and where that does, too, the text is refused. Formatting the result again changes nothing.
 */
export function formatFile(host: SourceHost, path: string, options: SourceOptions = {}): Formatted {
  const content = host.read(path);
  if ("problem" in content) return { problem: { line: 0, reason: content.problem } };
  const { text } = content;
  const identity = host.identity(path);
  for (const split of [true, false]) {
    const result = arrange(text, split);
    if ("problem" in result) return result;
    const again = arrange(result.text, split);
    const stable = "text" in again && again.text === result.text;
    const changed = new OverlayHost(host, new Map([[identity, result.text]]));
    const same = idsOf(text).every((id) =>
      sameStatements(host, changed, path, { ...options, ...(id === undefined ? {} : { id }) }),
    );
    if (stable && same) return result;
  }
  return { problem: { line: 1, reason: "another form might change what the file means" } };
}

/** `formatFile` of a text, which cannot see what the text includes. */
export function format(text: string): Formatted {
  const path = "/text.conf";
  return formatFile(new MemoryHost({ [path]: text }), path);
}
