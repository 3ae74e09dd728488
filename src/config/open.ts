import { type Meta, originIn } from "../schema/row.ts";
import type { Config } from "./config.ts";
import type { ReportFault } from "./faults.ts";

/** `Meta` of a block that checks may still repair. Its origins may be shared: `forgetOrigin` changes them. */
export interface OpenMeta extends Meta {
  of: Meta["of"];
}

/** A block or configuration that checks may still repair; `Config` once they are done. */
export type Open<T> = T extends { readonly $: Meta }
  ? { -readonly [K in keyof T]: K extends "$" ? OpenMeta : Open<T[K]> }
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
  readonly $: OpenMeta;
}

/** Where a keyword was written; of item `index` for lists; the block's own place when it was not. */
export function originOfKeyword({ $ }: { readonly $: Meta }, keyword: string, index = 0): number {
  return originIn($, keyword, index) ?? $.at;
}

/** The same, 0 when it was not written. */
export function writtenAt({ $ }: { readonly $: Meta }, keyword: string): number {
  return originIn($, keyword, 0) ?? 0;
}

/** Forgets where a keyword was written: then nobody has. */
export function forgetOrigin({ $ }: Block, keyword: string): void {
  const { [keyword]: _, ...others } = $.of;
  $.of = others;
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
  const { of } = block.$;
  const origins = of[keyword];
  const shorter: readonly unknown[] = items.filter((_, index) => !gone.has(index));
  block[keyword] = shorter as B[K]; // of the same items, only fewer
  if (typeof origins === "object")
    block.$.of = { ...of, [keyword]: origins.filter((_, index) => !gone.has(index)) };
}
