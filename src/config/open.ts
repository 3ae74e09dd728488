import type { Meta } from "../schema/row.ts";
import type { Config } from "./config.ts";
import type { ReportFault } from "./faults.ts";
import type { DraftMeta } from "./shape.ts";

/** A block or configuration that checks may still repair; `Config` once they are done. */
export type Open<T> = T extends { readonly $: Meta }
  ? { -readonly [K in keyof T]: K extends "$" ? DraftMeta : Open<T[K]> }
  : T extends readonly { readonly $: Meta }[]
    ? readonly Open<T[number]>[]
    : T;

export type OpenConfig = Open<Config>;

/**
 * Looks at one rule that spans keywords or blocks, reports what breaks it and repairs it the way keepalived does: the
 * value is changed or the object left out, so that what runs never holds a contradiction.
 */
export type Check = (config: OpenConfig, report: ReportFault) => void;

interface Block {
  $: DraftMeta;
}

/** Where a keyword was written; of item `index` for lists; the block's own place when it was not. */
export function originOfKeyword(block: { readonly $: Meta }, keyword: string, index = 0): number {
  const origin = block.$.of[keyword];
  return (typeof origin === "object" ? origin[index] : origin) ?? block.$.at;
}

/** The same, 0 when it was not written. */
export function writtenAt(block: { readonly $: Meta }, keyword: string): number {
  const origin = block.$.of[keyword];
  return (typeof origin === "object" ? origin[0] : origin) ?? 0;
}

/** Leaves out the items of a list for which `keep` is false, with their origins. */
export function keepItems<K extends string, B extends Block & { [P in K]: readonly unknown[] }>(
  block: B,
  keyword: K,
  keep: (item: B[K][number], origin: number) => boolean,
): void {
  const items: readonly B[K][number][] = block[keyword];
  if (items.length === 0) return;
  const dropped: number[] = [];
  for (let index = 0; index < items.length; index++) {
    if (!keep(items[index], originOfKeyword(block, keyword, index))) dropped.push(index);
  }
  if (dropped.length === 0) return;
  const gone = new Set(dropped);
  const origins = block.$.of[keyword];
  const shorter: readonly unknown[] = items.filter((_, index) => !gone.has(index));
  block[keyword] = shorter as B[K]; // of the same items, only fewer
  if (typeof origins === "object") block.$.of[keyword] = origins.filter((_, index) => !gone.has(index));
}
