import { ERRNO } from "../../wire/errno.ts";
import type { Closables } from "../closables.ts";
import type { StreamTarget } from "../ports.ts";
import type { MemoryAddresses } from "./addresses.ts";
import type { Faults } from "./faults.ts";
import type { MemoryLinks } from "./links.ts";
import type { MemoryNetwork } from "./network.ts";

/** What a socket in memory needs of its kernel. */
export interface ConnectContext {
  readonly network: MemoryNetwork;
  readonly links: MemoryLinks;
  readonly addresses: MemoryAddresses;
  readonly faults: Faults;
  readonly closables: Closables;
}

/** The errno with which a socket would fail before a packet is sent; 0 for none. */
export function connectRefusal(
  { links, addresses, faults }: ConnectContext,
  operation: "streams.connect" | "datagrams.connect",
  { bindAddress, bindInterface }: StreamTarget,
): number {
  const fault = faults.take(operation);
  if (fault) return fault.errno;
  if (bindInterface !== undefined && !links.get(bindInterface)) return ERRNO.ENODEV;
  if (bindAddress !== undefined && !addresses.owns(bindAddress)) return ERRNO.EADDRNOTAVAIL;
  return 0;
}
