import { bytesToIp, ipToBytes } from "../values/ip.ts";
import type { InterfaceAddress } from "./ports.ts";

/** An address cut to its prefix. */
export function network(address: string, prefixLength: number): string {
  const bytes = ipToBytes(address) ?? new Uint8Array();
  return bytesToIp(
    bytes.map((byte, index) => {
      const bits = Math.min(8, Math.max(0, prefixLength - 8 * index));
      return byte & (0xff00 >> bits);
    }),
  );
}

/**
 * The subnet of an address on its interface: the prefix is of the peer's address where there is one. The first IPv4
 * address of a subnet is its primary, the others are secondaries, and go with it unless promote_secondaries is set.
 */
export const subnetOf = ({ ifindex, address, peer, prefixLength }: InterfaceAddress): string =>
  `${ifindex} ${network(peer ?? address, prefixLength)}/${prefixLength}`;
