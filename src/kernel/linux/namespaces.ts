import { closeSync, openSync } from "node:fs";
import { enterNetworkNamespace } from "../../../native/interface.ts";
import { kernelError } from "../errors.ts";

/** The network namespace that this machine, or this container, started with. */
export const INITIAL_NAMESPACE = "/proc/1/ns/net";

/**
 * Runs something in another network namespace, by the path of its file; -errno when that cannot be entered. Sockets that
 * it opens stay there. Throws KernelError when there is no way back.
 */
export function elsewhere<T>(path: string, run: () => T): T | number {
  const home = openSync("/proc/thread-self/ns/net", "r");
  try {
    const entered = enterNetworkNamespace(path);
    if (entered < 0) return entered;
    try {
      return run();
    } finally {
      comeBack(home);
    }
  } finally {
    closeSync(home);
  }
}

/** In the wrong namespace nothing that follows would mean what it says. */
function comeBack(home: number): void {
  const left = enterNetworkNamespace(`/proc/self/fd/${home}`);
  if (left < 0) throw kernelError("return to the network namespace", left);
}
