/**
 * Routers of the demo where namespaces are forbidden: the VRRP of the daemon, driver and all, on kernels in memory that
 * one network in memory joins. Loaded by in-memory.mjs, which cannot read TypeScript itself.
 */
import { compile, emptyConfig } from "../src/config/compile.ts";
import type { Config } from "../src/config/config.ts";
import { createVrrpSubsystem } from "../src/daemon/driver/vrrp-subsystem.ts";
import { Scripts } from "../src/daemon/scripts/client.ts";
import type { Subsystem } from "../src/daemon/subsystem.ts";
import { createMemoryKernel, type MemoryKernel } from "../src/kernel/memory/kernel.ts";
import { MemoryNetwork } from "../src/kernel/memory/network.ts";
import { diff, forOwner } from "../src/plan/diff.ts";
import { nodeHost } from "../src/source/node-host.ts";
import { formatMac } from "../src/wire/ethernet.ts";

/** A network with one segment, `front`. */
export function createNetwork(): MemoryNetwork {
  return new MemoryNetwork();
}

/** One router of the pair, running. */
export class Router {
  /** What it logged. */
  readonly lines: string[] = [];
  readonly #id: string;
  readonly #kernel: MemoryKernel;
  readonly #subsystem: Subsystem;
  #config: Config = emptyConfig();

  /** `id` is what @id lines are compared with; `number` its place in 10.80.0.0/24. */
  constructor(network: MemoryNetwork, id: string, number: number, file: string) {
    this.#id = id;
    this.#kernel = createMemoryKernel({
      network,
      links: [{ name: "front", segment: "front", addresses: [`10.80.0.${number}/24`] }],
    });
    const say = (message: string) => this.lines.push(message);
    const log = { error: say, warn: say, info: say, debug: () => {} };
    this.#subsystem = createVrrpSubsystem(this.#kernel, new Scripts(log), log, { keepOnStop: false });
    this.#subsystem.start(this.#planTo(file));
  }

  /** Carries out what `holdfast diff` prints for the two files. */
  reload(file: string): void {
    this.#subsystem.apply(this.#planTo(file));
  }

  /** The power goes: nothing is said, and nothing is heard any more. */
  kill(): void {
    this.#kernel.close();
  }

  stop(): void {
    this.#subsystem.stop(forOwner(diff(this.#config, emptyConfig()), "vrrp").changes);
    this.#kernel.close();
  }

  /** Whether its kernel has the address. */
  holds(address: string): boolean {
    return this.#kernel.addresses.list().some((entry) => entry.address === address);
  }

  /** Whether frames to the address go to this router, by the ARP packets that the network has seen. */
  isReachedAt(address: string): boolean {
    const link = this.#kernel.links.get("front");
    const neighbour = this.#kernel.network.segment("front").neighbours.get(address);
    return link !== undefined && neighbour === formatMac(link.mac);
  }

  #planTo(file: string) {
    const { config } = compile(nodeHost, file, { id: this.#id });
    const plan = diff(this.#config, config);
    this.#config = config;
    return forOwner(plan, "vrrp").changes;
  }
}
