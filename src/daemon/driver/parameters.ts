import { KernelError, type SysctlPort } from "../../kernel/ports.ts";
import type { Log } from "../log/log.ts";

/** Kernel parameters that are changed for a while, and what they were before. */
export class Parameters {
  readonly #sysctl: SysctlPort;
  readonly #log: Log;
  readonly #originals = new Map<string, string>();
  /** What parameters were before an earlier run changed them, until it is settled which of them this one changes. */
  readonly #inherited = new Map<string, string>();

  constructor(sysctl: SysctlPort, log: Log) {
    this.#sysctl = sysctl;
    this.#log = log;
  }

  read(path: string): string | undefined {
    return this.#sysctl.read(path);
  }

  /** What a parameter was before it was changed, by this run or the one before; what it is, where it was not. */
  original(path: string): string | undefined {
    return this.#originals.get(path) ?? this.#inherited.get(path) ?? this.#sysctl.read(path);
  }

  /** What is changed now, with what it was before. */
  get originals(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#originals);
  }

  /** Takes over what an earlier run, which was killed, has changed. `settle` puts back what this one does not change. */
  inherit(originals: Readonly<Record<string, string>>): void {
    for (const [path, original] of Object.entries(originals)) this.#inherited.set(path, original);
  }

  settle(): void {
    for (const [path, original] of this.#inherited) {
      if (!this.#originals.has(path) && this.#sysctl.read(path) !== undefined) this.#write(path, original);
    }
    this.#inherited.clear();
  }

  /**
   * Sets a parameter, and remembers what it was the first time. `standard`: what it is taken to have been, where a
   * daemon that was killed and left no word may have changed it already.
   */
  set(path: string, value: string, standard?: string): void {
    const original = this.#inherited.get(path) ?? standard ?? this.#sysctl.read(path);
    if (original === undefined) return; // a kernel without it does not need it
    if (!this.#originals.has(path)) this.#originals.set(path, original);
    this.#write(path, value);
  }

  /** Sets a parameter of something that will be gone when we are done with it. */
  setForGood(path: string, value: string): void {
    if (this.#sysctl.read(path) !== undefined) this.#write(path, value);
  }

  /** Puts back what was there before. */
  restore(path: string): void {
    const original = this.#originals.get(path);
    this.#originals.delete(path);
    if (original !== undefined && this.#sysctl.read(path) !== undefined) this.#write(path, original);
  }

  /** The parameters below this path are gone, with whatever they were. */
  forget(prefix: string): void {
    for (const path of [...this.#originals.keys()]) if (path.startsWith(prefix)) this.#originals.delete(path);
  }

  #write(path: string, value: string): void {
    if (this.#sysctl.read(path) === value) return;
    try {
      this.#sysctl.write(path, value);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#log.warn(`Cannot set ${path} to ${value}: ${error.code}`);
    }
  }
}
