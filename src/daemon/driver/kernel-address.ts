import type { VirtualAddress } from "../../config/config.ts";
import type { InterfaceAddress } from "../../kernel/ports.ts";
import { bytesToIp, familyOf, ipToBytes } from "../../values/ip.ts";
import { ADDRESS_FLAGS } from "../../wire/rtnetlink-address.ts";
import { VRRP_PROTOCOL } from "./interfaces.ts";

/** An address of the configuration as the kernel keeps it, marked as VRRP's. */
export function kernelAddress(virtual: VirtualAddress, ifindex: number): InterfaceAddress {
  const { address, prefixLength, peer, label, scope } = virtual;
  const broadcast = broadcastOf(virtual);
  const flags = (["home", "mngtmpaddr", "noprefixroute", "autojoin"] as const).reduce(
    (bits, option) => (virtual[option] ? bits | ADDRESS_FLAGS[option] : bits),
    0,
  );
  const preferred = preferredLifetime(virtual);
  return {
    ifindex,
    address,
    // With a peer the prefix would be the peer's, and keepalived takes none there.
    prefixLength: peer === undefined ? prefixLength : longest(address),
    scope: scope ?? 0,
    protocol: VRRP_PROTOCOL,
    ...(broadcast !== undefined && { broadcast }),
    ...(peer !== undefined && { peer }),
    ...(label !== undefined && { label }),
    ...(flags !== 0 && { flags }),
    ...(preferred !== undefined && { preferredLifetime: preferred }),
    ...(virtual.nodad && { detectDuplicates: true }),
  };
}

const longest = (address: string) => (familyOf(address) === 4 ? 32 : 128);

/**
 * `brd +` sets the bits behind the prefix, `brd -` clears them. A prefix that leaves less than two bits has no
 * broadcast address (RFC 3021).
 */
function broadcastOf({ address, prefixLength, broadcast }: VirtualAddress): string | undefined {
  if (broadcast !== "+" && broadcast !== "-") return broadcast;
  const bytes = ipToBytes(address);
  if (bytes?.length !== 4 || prefixLength > 30) return undefined;
  return bytesToIp(
    bytes.map((byte, index) => {
      const host = 0xff >> Math.min(8, Math.max(0, prefixLength - 8 * index));
      return broadcast === "+" ? byte | host : byte & ~host;
    }),
  );
}

/**
 * Seconds for which an IPv6 address is preferred as source. One of a single host is for its service only: it is not,
 * unless the configuration says so. IPv4 does not have it.
 */
function preferredLifetime({ address, prefixLength, preferred_lft }: VirtualAddress): number | undefined {
  if (familyOf(address) === 4 || preferred_lft === "forever") return undefined;
  return preferred_lft ?? (prefixLength === 128 ? 0 : undefined);
}
