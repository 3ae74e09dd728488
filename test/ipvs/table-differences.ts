/** What differs by intent, by case and step. `docs/differences.md` says why. */
export const KEPT_DIFFERENCES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {};
