import { interfaceName } from "../../native/interface.ts";
import type { Closable, Kernel } from "../kernel/ports.ts";
import type { Log } from "./log/log.ts";

/** `-a`: a line for each address that this machine gets or loses, until it is closed. Throws KernelError. */
export function logAddresses({ addresses }: Kernel, log: Log): Closable {
  return addresses.monitor(({ type, address: { address, ifindex } }) => {
    const name = interfaceName(ifindex);
    // It may be gone by now, and its addresses with it.
    const place = typeof name === "string" ? name : `interface ${ifindex}`;
    const what = type === "address" ? "added to" : "removed from";
    log.info(`Netlink reflector reports IP ${address} ${what} ${place}`);
  });
}
