import type { VirtualAddress } from "../../config/config.ts";
import { type Kernel, KernelError, type Link } from "../../kernel/ports.ts";
import { familyOf } from "../../values/ip.ts";
import { gratuitousArp } from "../../wire/arp.ts";
import { unsolicitedNeighbourAdvert } from "../../wire/ndisc.ts";
import type { Log } from "../log/log.ts";
import type { Interfaces } from "./interfaces.ts";

/** What goes out of one interface. */
interface Batch {
  readonly link: Link;
  readonly frames: Uint8Array[];
  /** Whether it forwards IPv6; looked up when the first advertisement needs it. */
  isRouter: boolean | undefined;
}

/** Tells the segments of virtual addresses where those are now. */
export class VrrpAnnouncements {
  readonly #kernel: Kernel;
  readonly #interfaces: Interfaces;
  readonly #log: Log;

  constructor(kernel: Kernel, interfaces: Interfaces, log: Log) {
    this.#kernel = kernel;
    this.#interfaces = interfaces;
    this.#log = log;
  }

  /**
   * One gratuitous ARP or unsolicited neighbour advertisement for each address, those of one interface in one batch.
   * `on` is the interface of the instance, for addresses that name none.
   */
  send(addresses: readonly VirtualAddress[], on: string): void {
    const batches = new Map<number, Batch>();
    for (const { address, dev } of addresses) {
      const link = this.#interfaces.named(dev ?? on);
      if (link === undefined || link.mac.length !== 6) continue;
      const batch = batches.get(link.index) ?? { link, frames: [], isRouter: undefined };
      batches.set(link.index, batch);
      batch.frames.push(this.#frame(batch, address));
    }
    for (const { link, frames } of batches.values()) {
      try {
        this.#kernel.packets.sendFrames(link.index, frames);
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        this.#log.warn(`Cannot announce addresses on ${link.name}: ${error.code}`);
      }
    }
  }

  #frame(batch: Batch, address: string): Uint8Array {
    const { name, mac } = batch.link;
    if (familyOf(address) === 4) {
      this.#log.debug(`Sending gratuitous ARP on ${name} for ${address}`);
      return gratuitousArp(mac, address);
    }
    this.#log.debug(`Sending unsolicited Neighbour Advert on ${name} for ${address}`);
    batch.isRouter ??= this.#kernel.sysctl.read(`net/ipv6/conf/${name}/forwarding`) === "1";
    return unsolicitedNeighbourAdvert(mac, address, batch.isRouter);
  }
}
