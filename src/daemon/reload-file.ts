import { closeSync, constants, openSync, unlinkSync } from "node:fs";
import type { Log } from "./log/log.ts";

const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/**
 * reload_file: there, and empty, while the configuration is read, so that nobody changes it meanwhile. Never through
 * a link. Without a path only reads.
 */
export function withReloadFile<T>(path: string | undefined, log: Log, read: () => T): T {
  if (path === undefined) return read();
  try {
    closeSync(openSync(path, FLAGS, 0o644));
  } catch (error) {
    log.warn(`Cannot create reload file ${path}: ${error instanceof Error ? error.message : String(error)}`);
    return read();
  }
  try {
    return read();
  } finally {
    unlinkSync(path);
  }
}
