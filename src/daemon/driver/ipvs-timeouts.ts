import { type IpvsPort, KernelError } from "../../kernel/ports.ts";
import type { IpvsTimeouts } from "../../wire/ipvs-types.ts";
import type { Log } from "../log/log.ts";

/** IPVS's timeouts of connections: as configured, and otherwise as they were when the daemon started. */
export class IpvsTimeoutSettings {
  readonly #ipvs: IpvsPort;
  readonly #log: Log;
  #original: IpvsTimeouts | undefined;

  constructor(ipvs: IpvsPort, log: Log) {
    this.#ipvs = ipvs;
    this.#log = log;
  }

  /** What they were before they were changed; undefined when they were not. */
  get original(): IpvsTimeouts | undefined {
    return this.#original;
  }

  /** What they were before an earlier run, which was killed, changed them. */
  inherit(original: IpvsTimeouts): void {
    this.#original = original;
  }

  /** `wanted`, in seconds; those that were set before and are wanted no more go back. */
  set(wanted: Partial<IpvsTimeouts>): void {
    if (this.#original === undefined && Object.keys(wanted).length === 0) return;
    try {
      this.#original ??= this.#ipvs.timeouts();
      this.#ipvs.setTimeouts({ ...this.#original, ...wanted });
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#log.warn(`Cannot set the timeouts of IPVS: ${error.code}`);
    }
  }
}
