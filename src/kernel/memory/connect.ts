import { ERRNO } from "../../wire/errno.ts";
import type { Closables } from "../closables.ts";
import { kernelError } from "../errors.ts";
import type { StreamEvent, StreamTarget } from "../ports.ts";
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

/** How a connection in memory is told of, until it is closed or has failed. */
export interface Ear {
  readonly open: boolean;
  tell(event: StreamEvent): void;
  fail(errno: number): void;
  close(): void;
}

/** A connection's ear, released with its kernel. `operation` names it in errors. */
export function listen(
  { closables }: ConnectContext,
  operation: string,
  callback: (event: StreamEvent) => void,
): Ear {
  let open = true;
  const { close } = closables.add(() => {
    open = false;
  });
  const tell = (event: StreamEvent): void => {
    if (!open) return;
    if (event.type === "failed") close();
    callback(event);
  };
  return {
    get open() {
      return open;
    },
    tell,
    fail: (errno) => tell({ type: "failed", error: kernelError(operation, errno) }),
    close,
  };
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
