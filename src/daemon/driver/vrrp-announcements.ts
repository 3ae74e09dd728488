import type { VirtualAddress } from "../../config/config.ts";
import { type Kernel, KernelError, type Link } from "../../kernel/ports.ts";
import { familyOf } from "../../values/ip.ts";
import { gratuitousArp } from "../../wire/arp.ts";
import { unsolicitedNeighbourAdvert } from "../../wire/ndisc.ts";
import type { Log } from "../log/log.ts";
import type { Interfaces } from "./interfaces.ts";

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
    const batches = new Map<number, { readonly link: Link; readonly frames: Uint8Array[] }>();
    for (const { address, dev } of addresses) {
      const link = this.#interfaces.named(dev ?? on);
      if (link === undefined || link.mac.length !== 6) continue;
      const batch = batches.get(link.index) ?? { link, frames: [] };
      batches.set(link.index, batch);
      batch.frames.push(this.#frame(link, address));
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

  #frame({ name, mac }: Link, address: string): Uint8Array {
    if (familyOf(address) === 4) {
      this.#log.debug(`Sending gratuitous ARP on ${name} for ${address}`);
      return gratuitousArp(mac, address);
    }
    this.#log.debug(`Sending unsolicited Neighbour Advert on ${name} for ${address}`);
    const isRouter = this.#kernel.sysctl.read(`net/ipv6/conf/${name}/forwarding`) === "1";
    return unsolicitedNeighbourAdvert(mac, address, isRouter);
  }
}
