import type { Block } from "./block.ts";

/**
 * Lists of blocks and what they were found to be equal to. Parts of blocks are shared (src/config/parts.ts): the same two lists
 * are met again and again.
 */
const knownEqual = new WeakMap<object, object>();

/** Structural equality of decoded values: plain data. Where it was written (`$`) does not count. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return equalLists(a, b);
  }
  return equalObjects(a, b);
}

function equalLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  const shared = a.length > 0 && isPart(a[0]);
  if (shared && knownEqual.get(a) === b) return true;
  for (let index = 0; index < a.length; index++) if (!equalValues(a[index], b[index])) return false;
  if (shared) knownEqual.set(a, b);
  return true;
}

/** Whether it may be a part: a block that was cast itself stands in no other list. */
function isPart(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("$" in value)) return false;
  const { $ } = value as Block; // nothing else has this property
  return $.shift === undefined;
}

const NOTHING: ReadonlySet<string> = new Set();

function equalObjects(a: object, b: object): boolean {
  // Blocks of one schema have the same properties, all of them.
  const both = "$" in a && "$" in b;
  return equalProperties(a, b, NOTHING) && (both || equalProperties(b, a, NOTHING));
}

/**
 * Whether the second has the values that the first has, but for the properties in `except`: whether they are equal, where they
 * are blocks of one schema. A property that is undefined is the same as one that is absent.
 */
export function equalProperties(a: object, b: object, except: ReadonlySet<string>): boolean {
  // Both are plain data.
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  for (const key in left) {
    const one = left[key];
    const other = right[key];
    if (one !== other && key !== "$" && !except.has(key) && !equalValues(one, other)) return false;
  }
  return true;
}
