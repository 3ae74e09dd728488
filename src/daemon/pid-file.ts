import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { lockFile } from "../../native/process.ts";

/** Why a pid file could not be taken. */
export type PidFileRefusal =
  /** Another process holds it. */
  | { readonly taken: false; readonly running: true }
  /** The file cannot be used; `reason` is for people. */
  | { readonly taken: false; readonly running: false; readonly reason: string };

/** A pid file that is ours: locked, holding our text, removed by release(). */
export interface PidFile {
  readonly taken: true;
  readonly path: string;
  /** Removes the file if it is still the one we wrote. Idempotent. */
  release(): void;
}

const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Whether the path still names the open file. */
function isSameFile(path: string, descriptor: number): boolean {
  try {
    const named = lstatSync(path);
    const open = fstatSync(descriptor);
    return named.ino === open.ino && named.dev === open.dev;
  } catch {
    return false;
  }
}

/** Whether an unlocked file names a running keepalived, which locks nothing of ours. */
function namesKeepalived(descriptor: number): boolean {
  const pid = Number.parseInt(readFileSync(descriptor, "latin1").slice(0, 16), 10);
  if (!(pid > 1) || pid === process.pid) return false;
  try {
    return readFileSync(`/proc/${pid}/comm`, "latin1").startsWith("keepalived");
  } catch {
    return false;
  }
}

/** Opens without following a link at the end, and refuses what is no plain file of one name. */
function openPlain(path: string): number {
  const descriptor = openSync(path, FLAGS, 0o644);
  const facts = fstatSync(descriptor);
  if (facts.isFile() && facts.nlink <= 1) return descriptor;
  closeSync(descriptor);
  throw new Error("it is not a plain file with one name");
}

/**
 * Creates or takes over a pid file and locks it for as long as this process lives. A file that a dead daemon left is
 * taken over. Never follows a link at the end of `path`.
 */
export function takePidFile(path: string, pid: number): PidFile | PidFileRefusal {
  let descriptor: number;
  try {
    descriptor = openPlain(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { taken: false, running: false, reason: `cannot use pid file ${path}: ${reason}` };
  }
  if (lockFile(descriptor) < 0 || namesKeepalived(descriptor)) {
    closeSync(descriptor);
    return { taken: false, running: true };
  }
  if (!isSameFile(path, descriptor)) {
    // The daemon that held it removed it between our open and our lock: there is a new one, or none.
    closeSync(descriptor);
    return takePidFile(path, pid);
  }
  fchmodSync(descriptor, 0o644);
  ftruncateSync(descriptor);
  writeSync(descriptor, `${pid}\n`, 0);
  return new HeldPidFile(path, descriptor);
}

class HeldPidFile implements PidFile {
  readonly taken = true;
  readonly path: string;
  #descriptor: number | undefined;

  constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  release(): void {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) return;
    this.#descriptor = undefined;
    try {
      if (isSameFile(this.path, descriptor)) unlinkSync(this.path);
    } catch {
      // Read-only by now: the next start takes the file over.
    }
    closeSync(descriptor);
  }
}
