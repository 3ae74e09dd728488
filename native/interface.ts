import { addon } from "./addon.ts";
import { requireInteger, requireText } from "./check.ts";

/** The index of an interface in the current network namespace, or -errno (-ENODEV). */
export function interfaceIndex(name: string): number {
  requireText(name, "name");
  return addon().interfaceIndex(name);
}

/** The name of an interface, or -errno (-ENXIO). */
export function interfaceName(index: number): string | number {
  requireInteger(index, "index");
  return addon().interfaceName(index);
}

/**
 * Moves the calling thread into the network namespace that the file names (/run/netns/NAME, /proc/PID/ns/net). Sockets
 * that are open stay where they were made. Call it before anything starts threads: they keep the old one. 0 or -errno.
 */
export function enterNetworkNamespace(path: string): number {
  requireText(path, "path");
  return addon().enterNetworkNamespace(path);
}

/** Moves the calling thread into a network namespace of its own, empty but for a loopback that is down. 0 or -errno. */
export function newNetworkNamespace(): number {
  return addon().newNetworkNamespace();
}
