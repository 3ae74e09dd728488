import type { Edit, Fix } from "./diagnostic.ts";

/** A text with fixes applied. */
export interface FixedText {
  readonly text: string;
  readonly applied: readonly Fix[];
}

interface Place {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

function sameEdit(a: Place, b: Place): boolean {
  return a.from === b.from && a.to === b.to && a.text === b.text;
}

/** Two edits that cannot both be made: they share characters, or start at one place. */
function collide(a: Place, b: Place): boolean {
  return a.from === b.from || (a.from < b.to && b.from < a.to);
}

/**
 * Applies the fixes of one file to its text. A fix whose edits overlap those of an earlier one is left out, for the
 * next round; one that makes the same edits counts as applied.
 */
export function applyFixes(text: string, fixes: readonly Fix[]): FixedText {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const offset = (line: number, column: number): number => (starts[line - 1] ?? text.length) + column - 1;
  const placeOf = ({ range, text: written }: Edit): Place => ({
    from: offset(range.line, range.column),
    to: offset(range.endLine, range.endColumn),
    text: written,
  });
  const places: Place[] = [];
  const applied: Fix[] = [];
  for (const fix of fixes) {
    const wanted = fix.edits.map(placeOf).filter((one) => !places.some((other) => sameEdit(one, other)));
    if (wanted.some((one) => places.some((other) => collide(one, other)))) continue;
    places.push(...wanted);
    applied.push(fix);
  }
  let result = text;
  for (const { from, to, text: written } of places.sort((a, b) => b.from - a.from)) {
    result = result.slice(0, from) + written + result.slice(to);
  }
  return { text: result, applied };
}
