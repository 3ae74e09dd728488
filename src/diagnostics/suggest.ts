/**
 * Edits from `a` to `b`: insert, delete, replace, swap of neighbours (optimal string alignment); `limit + 1` when
 * there are more than `limit`.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    let best = row;
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (beforePrevious[column - 2] ?? 0) + 1);
      }
      current.push(cost);
      best = Math.min(best, cost);
    }
    if (best > limit) return limit + 1;
    beforePrevious = previous;
    previous = current;
  }
  return Math.min(previous[b.length] ?? 0, limit + 1);
}

/**
 * The names that `written` was probably meant to be, best first, at most `most`. A third of the letters may be
 * wrong; other case, `-` for `_` and a shared beginning of a longer name count less.
 */
export function suggest(written: string, names: Iterable<string>, most = 3): readonly string[] {
  const fold = (name: string): string => name.toLowerCase().replaceAll("-", "_");
  const wanted = fold(written);
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const found: { name: string; distance: number }[] = [];
  for (const name of new Set(names)) {
    if (name === written) continue;
    const folded = fold(name);
    const distance = editDistance(wanted, folded, limit);
    if (distance <= limit && distance < Math.max(wanted.length, folded.length)) {
      found.push({ name, distance });
    } else if (wanted.length >= 4 && folded.startsWith(`${wanted}_`)) {
      found.push({ name, distance: limit });
    }
  }
  found.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return found.slice(0, most).map(({ name }) => name);
}
