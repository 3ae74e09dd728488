import { ERRNO } from "../../wire/errno.ts";
import { kernelError } from "../errors.ts";
import type { Closable, FilePort } from "../ports.ts";

/** Files in memory; every directory is there. */
export class MemoryFiles implements FilePort {
  readonly #later: (callback: () => void) => void;
  readonly #files = new Map<string, string>();
  readonly #watches = new Map<() => void, string>();

  constructor(later: (callback: () => void) => void) {
    this.#later = later;
  }

  read(path: string): string | undefined {
    return this.#files.get(path);
  }

  write(path: string, text: string): void {
    if (path.endsWith("/")) throw kernelError(`write ${path}`, ERRNO.EINVAL);
    this.#files.set(path, text);
    this.#tell(path);
  }

  /** Nothing happens when there is no such file. */
  remove(path: string): void {
    if (this.#files.delete(path)) this.#tell(path);
  }

  watch(path: string, callback: () => void): Closable {
    const watching = () => callback();
    this.#watches.set(watching, path);
    return { close: () => this.#watches.delete(watching) };
  }

  #tell(changed: string): void {
    for (const [callback, path] of this.#watches) {
      if (path === changed) this.#later(() => this.#watches.has(callback) && callback());
    }
  }
}
