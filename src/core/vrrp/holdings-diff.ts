import type { Route, Rule } from "../../config/config.ts";

/** What makes a route or a rule another one to the kernel: all but who cares about its loss. */
function kernelKey({ no_track: _, track_group: __, ...rest }: Route | Rule): string {
  return JSON.stringify(rest, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/**
 * What it takes to get from one list to another. `added` has those, too, of which only is new who cares about them:
 * what is there already is not touched.
 */
export function diffHeld<T extends Route | Rule>(
  before: readonly T[],
  after: readonly T[],
): { readonly removed: T[]; readonly added: T[] } {
  const had = new Map(before.map((one) => [kernelKey(one), one]));
  const has = new Set(after.map(kernelKey));
  return {
    removed: before.filter((one) => !has.has(kernelKey(one))),
    added: after.filter((one) => {
      const old = had.get(kernelKey(one));
      return old === undefined || old.no_track !== one.no_track;
    }),
  };
}
