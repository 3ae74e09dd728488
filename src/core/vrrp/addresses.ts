import type { VirtualAddress } from "../../config/config.ts";

/** Equal for two virtual addresses that are the same to the kernel. */
export function addressKey(address: VirtualAddress): string {
  const { prefixLength, dev, broadcast, peer, label, scope } = address;
  const { home, nodad, mngtmpaddr, noprefixroute, autojoin, preferred_lft } = address;
  return JSON.stringify([
    ...[address.address, prefixLength, dev, broadcast, peer, label, scope],
    ...[home, nodad, mngtmpaddr, noprefixroute, autojoin, preferred_lft],
  ]);
}

/** What it takes to get from one set of virtual addresses to another, each in its list's order. */
export function diffAddresses(
  before: readonly VirtualAddress[],
  after: readonly VirtualAddress[],
): { readonly removed: VirtualAddress[]; readonly added: VirtualAddress[] } {
  const had = new Set(before.map(addressKey));
  const has = new Set(after.map(addressKey));
  return {
    removed: before.filter((address) => !has.has(addressKey(address))),
    added: after.filter((address) => !had.has(addressKey(address))),
  };
}
