import { KernelError, type SysctlPort } from "../../kernel/ports.ts";
import type { Log } from "../log/log.ts";

/** Kernel parameters that are changed for a while, and what they were before. */
export class Parameters {
  readonly #sysctl: SysctlPort;
  readonly #log: Log;
  readonly #originals = new Map<string, string>();

  constructor(sysctl: SysctlPort, log: Log) {
    this.#sysctl = sysctl;
    this.#log = log;
  }

  read(path: string): string | undefined {
    return this.#sysctl.read(path);
  }

  /**
   * Sets a parameter, and remembers what it was the first time. `original`: what it is taken to have been, where a
   * daemon that was killed may have changed it already.
   */
  set(path: string, value: string, original = this.#sysctl.read(path)): void {
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
