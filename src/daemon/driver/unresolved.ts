import type { IprouteNames } from "../iproute-names.ts";

/** What turns names of the configuration into the kernel's numbers. */
export interface Host {
  readonly names: IprouteNames;
  /** undefined when there is no such interface. */
  ifindex(name: string): number | undefined;
}

/** A name that means nothing on this machine, now. */
export class Unresolved extends Error {}

/** The value, or throws Unresolved with the reason. */
export function required<T>(value: T | undefined, reason: string): T {
  if (value === undefined) throw new Unresolved(reason);
  return value;
}
