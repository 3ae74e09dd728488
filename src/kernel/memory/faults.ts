import { kernelError } from "../errors.ts";
import type { KernelError } from "../ports.ts";

/** Where a memory kernel can be told to fail. */
export type FaultPoint =
  | "links.list"
  | "links.create"
  | "firewall.apply"
  | "addresses.list"
  | "addresses.add"
  | "addresses.delete"
  | "routes.add"
  | "routes.delete"
  | "rules.add"
  | "rules.delete"
  | "processes.monitor"
  | "ipvs.list"
  | "ipvs.apply"
  | "packets.openVrrp"
  | "packets.send"
  | "packets.setReceiveBuffer"
  | "packets.sendFrames"
  | "streams.connect"
  | "datagrams.connect";

/** Failures to come, by operation. Each injected fault is used up by the operations that meet it. */
export class Faults {
  readonly #pending = new Map<FaultPoint, { errno: number; times: number }>();

  /** The next `times` operations at `point` are refused with this errno. */
  inject(point: FaultPoint, errno: number, times = 1): void {
    this.#pending.set(point, { errno, times });
  }

  clear(): void {
    this.#pending.clear();
  }

  /** The refusal that is due at `point`, used up by asking. */
  take(point: FaultPoint): KernelError | undefined {
    const fault = this.#pending.get(point);
    if (!fault) return undefined;
    if (--fault.times <= 0) this.#pending.delete(point);
    return kernelError(point, fault.errno);
  }

  /** Throws the refusal that is due at `point`. */
  meet(point: FaultPoint): void {
    const refusal = this.take(point);
    if (refusal) throw refusal;
  }
}
