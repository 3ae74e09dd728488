import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  openSync,
  unlinkSync,
} from "node:fs";
import { makeFifo } from "../../../native/process.ts";
import { errnoName } from "../../wire/errno.ts";

/** Both ends, without waiting for another process, never through a link. */
const FLAGS = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW;
const OWNER_ONLY = 0o600;

/** A FIFO that is there, and open, until close(). */
export interface FifoFile {
  readonly path: string;
  /** Lets go of it: readers come to its end once the other writers have, too. Idempotent. */
  close(): void;
  /** Takes the name away again, if it is one that we made. Idempotent. */
  remove(): void;
}

/**
 * Makes a FIFO that only its owner may use, or takes one that is there already as it is, when it is root's, ours, or
 * of the user that it is meant for. Never follows a link, and never touches anything else of that name: in a directory
 * that others may write to, the name may be theirs. The reason, when there is none.
 */
export function takeFifo(path: string, uid: number, gid: number): FifoFile | { readonly problem: string } {
  const made = makeFifo(path, OWNER_ONLY);
  if (made < 0 && errnoName(-made) !== "EEXIST") return { problem: errnoName(-made) };
  let descriptor: number | undefined;
  try {
    const named = lstatSync(path);
    if (!named.isFIFO()) return { problem: "it is no FIFO" };
    descriptor = openSync(path, FLAGS);
    const open = fstatSync(descriptor);
    if (open.ino !== named.ino || open.dev !== named.dev) throw new Error("somebody changes it");
    if (made === 0) {
      fchownSync(descriptor, uid, gid);
      fchmodSync(descriptor, OWNER_ONLY);
    } else if (![0, process.getuid?.(), uid].includes(open.uid)) {
      throw new Error(`it belongs to user ${open.uid}`);
    }
    return new OpenFifo(path, descriptor, made === 0);
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

class OpenFifo implements FifoFile {
  readonly path: string;
  #descriptor: number | undefined;
  readonly #ino: number;
  #made: boolean;

  constructor(path: string, descriptor: number, made: boolean) {
    this.path = path;
    this.#descriptor = descriptor;
    this.#ino = fstatSync(descriptor).ino;
    this.#made = made;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  remove(): void {
    this.close();
    if (!this.#made) return;
    this.#made = false;
    try {
      if (lstatSync(this.path).ino === this.#ino) unlinkSync(this.path);
    } catch {
      // Gone already, or out of reach: nothing of ours is left to remove.
    }
  }
}
