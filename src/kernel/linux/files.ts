import {
  closeSync,
  constants,
  type FSWatcher,
  openSync,
  readSync,
  statSync,
  watch,
  writeFileSync,
} from "node:fs";
import { basename, dirname, normalize } from "node:path";
import { ERRNO } from "../../wire/errno.ts";
import type { Closables } from "../closables.ts";
import { kernelError } from "../errors.ts";
import type { Closable, FilePort } from "../ports.ts";

/** Only root reads what we write. */
const MODE = 0o600;
const LONGEST = 4_096;

/**
 * One path under watch. inotify watches directories, not paths: while the file's directory is missing, the nearest one
 * above that exists is watched for the next one to appear.
 */
class PathWatch implements Closable {
  readonly #path: string;
  readonly #callback: () => void;
  #watcher: FSWatcher | undefined;
  /** What is watched, and which entry of it matters. */
  #directory = "";
  #identity = "";
  #closed = false;

  constructor(path: string, callback: () => void) {
    this.#path = path;
    this.#callback = callback;
    this.#arm();
  }

  close(): void {
    this.#closed = true;
    this.#watcher?.close();
  }

  #arm(): void {
    for (let below = this.#path, at = dirname(below); ; below = at, at = dirname(below)) {
      if (this.#watchDirectory(at, basename(below)) || at === dirname(at)) return;
    }
  }

  #watchDirectory(directory: string, entry: string): boolean {
    const identity = identityOf(directory);
    if (identity === undefined) return false;
    try {
      const watcher = watch(directory, { persistent: true }, (_event, name) => {
        if (this.#watcher === watcher) this.#changed(name === null || name === entry);
      });
      watcher.on("error", () => this.#watcher === watcher && this.#changed(true));
      this.#watcher = watcher;
      this.#directory = directory;
      this.#identity = identity;
      return true;
    } catch {
      return false; // gone in between, or not ours to look at
    }
  }

  #changed(ours: boolean): void {
    if (this.#closed) return;
    // The directory was deleted or moved, or there is one nearer to the file now.
    const moved = identityOf(this.#directory) !== this.#identity;
    if (moved || (ours && this.#directory !== dirname(this.#path))) {
      this.#watcher?.close();
      this.#arm();
      this.#callback();
    } else if (ours) this.#callback();
  }
}

function identityOf(directory: string): string | undefined {
  const found = statSync(directory, { throwIfNoEntry: false });
  return found?.isDirectory() ? `${found.dev} ${found.ino}` : undefined;
}

/** Files of this machine, watched with inotify. */
export class LinuxFiles implements FilePort {
  readonly #closables: Closables;

  constructor(closables: Closables) {
    this.#closables = closables;
  }

  read(path: string): string | undefined {
    try {
      // Not waiting: a FIFO without a writer would hold us up.
      const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const bytes = new Uint8Array(LONGEST);
        return new TextDecoder().decode(bytes.subarray(0, readSync(file, bytes)));
      } finally {
        closeSync(file);
      }
    } catch {
      return undefined;
    }
  }

  write(path: string, text: string): void {
    try {
      writeFileSync(path, text, { mode: MODE });
    } catch (error) {
      const errno = error instanceof Error && "errno" in error ? Number(error.errno) : ERRNO.EINVAL;
      throw kernelError(`write ${path}`, errno);
    }
  }

  watch(path: string, callback: () => void): Closable {
    const watching = new PathWatch(normalize(path), callback);
    return this.#closables.add(() => watching.close());
  }
}
