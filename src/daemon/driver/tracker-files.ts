import { numberOfText } from "../../core/track/number.ts";
import type { VrrpEffect } from "../../core/vrrp/contract.ts";
import { type Closable, type FilePort, KernelError } from "../../kernel/ports.ts";
import type { Log } from "../log/log.ts";

type Watch = Extract<VrrpEffect, { type: "watch-file" }>;

/** An empty file is one that is being written: looked at again before it counts, milliseconds. */
const SECOND_LOOK_MS = 20;

interface Watching extends Closable {
  look: NodeJS.Timeout | undefined;
}

/** Files whose numbers instances track. */
export class TrackerFiles {
  readonly #files: FilePort;
  readonly #log: Log;
  readonly #tell: (file: string, value: number | undefined) => void;
  readonly #watching = new Map<string, Watching>();

  constructor(files: FilePort, log: Log, tell: (file: string, value: number | undefined) => void) {
    this.#files = files;
    this.#log = log;
    this.#tell = tell;
  }

  /** Makes the file where that is asked for, and tells of its number now and whenever it may be another. */
  watch({ file, path, initial }: Watch): void {
    this.unwatch(file);
    if (initial !== undefined && (initial.overwrite || this.#files.read(path) === undefined)) {
      this.#write(path, `${initial.value}\n`);
    }
    const watch = this.#files.watch(path, () => this.#changed(file, path));
    this.#watching.set(file, { look: undefined, close: () => watch.close() });
    this.#read(file, path);
  }

  unwatch(file: string): void {
    const watching = this.#watching.get(file);
    clearTimeout(watching?.look);
    watching?.close();
    this.#watching.delete(file);
  }

  close(): void {
    for (const file of [...this.#watching.keys()]) this.unwatch(file);
  }

  #changed(file: string, path: string): void {
    const watching = this.#watching.get(file);
    if (watching === undefined) return;
    clearTimeout(watching.look);
    watching.look = undefined;
    if (this.#files.read(path) !== "") this.#read(file, path);
    else watching.look = setTimeout(() => this.#read(file, path), SECOND_LOOK_MS);
  }

  /** A file that is not there holds 0. */
  #read(file: string, path: string): void {
    const text = this.#files.read(path) ?? "";
    const value = numberOfText(text);
    if (value === undefined) this.#log.warn(`Invalid number ${text.trim()} read from ${path} - ignoring`);
    this.#tell(file, value);
  }

  #write(path: string, text: string): void {
    try {
      this.#files.write(path, text);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#log.error(`Unable to initialise track file ${path}: ${error.message}`);
    }
  }
}
