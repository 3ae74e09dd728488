import type { MappedText } from "./mapped-text.ts";
import type { ReadingState } from "./reading-state.ts";
import type { Definition } from "./scope.ts";

const USE = /\$\{?([A-Za-z_]\w*)/g;

function textOf({ lines }: Definition): string {
  return lines.map(({ text }) => text).join("\n");
}

/**
 * `shadowed-definition`: a name gets another value before anything used the first. Not across files, nor behind a
 * condition: there the first is a default. `mapped` is the line of the definition, from its `$` on. A use within
 * another definition counts where that one is used, which is why it often comes too late.
 */
export function warnOfShadowing(state: ReadingState, next: Definition, mapped: MappedText): void {
  const earlier = state.scope.unasked(next.name);
  const [line] = earlier?.lines ?? [];
  if (!earlier || !line || earlier.round || earlier.file !== next.file) return;
  if (textOf(earlier) === textOf(next)) return;
  const { name } = next;
  const range = state.sources.rangeOf(state.reading, line, 0, line.text.length);
  state.complain(
    {
      code: "shadowed-definition",
      severity: "warning",
      summary: `$${name} gets another value here before the first one was used`,
      detail:
        "The first value has no effect: a definition counts from its line to the next of the same name, and uses within other definitions are replaced only where those are used. Remove one of them, or give it another name.",
    },
    mapped,
    0,
    name.length + 1,
    [{ range, message: "the value that is never used" }],
  );
}

/** Uses in a line that its condition leaves out count: for another configuration id it would not be. */
export function countUses(state: ReadingState, text: string): void {
  for (const [, name = ""] of text.matchAll(USE)) state.scope.get(name);
}
