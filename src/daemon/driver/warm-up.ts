import type { VirtualAddress, VrrpInstance } from "../../config/config.ts";
import { createVrrpRouter, type VrrpRouter } from "../../core/vrrp/router.ts";
import { createMemoryKernel, type MemoryKernel } from "../../kernel/memory/kernel.ts";
import { MemoryNetwork } from "../../kernel/memory/network.ts";
import { VirtualClock } from "../../kernel/memory/virtual-clock.ts";
import type { Change } from "../../plan/plan.ts";
import { familyOf } from "../../values/ip.ts";
import type { Log } from "../log/log.ts";
import { Scripts } from "../scripts/client.ts";
import { VrrpDriver } from "./vrrp.ts";

const SECOND = 1_000_000;
/** Takeovers that are played through; after that the code is as fast as it gets. */
const ROUNDS = 60;
/** Instances of a configuration that are played: each way of talking VRRP needs its own code. */
const INSTANCES = 4;
const DEVICE = "eth0";
const LINK_SCOPE = 253;
const SILENT: Log = { error() {}, warn() {}, info() {}, debug() {} };

type InstanceChange = Extract<Change, { readonly object: "vrrp_instance" }>;

/** One of two routers. */
interface Side {
  readonly kernel: MemoryKernel;
  readonly router: VrrpRouter;
  readonly driver: VrrpDriver;
}

/**
 * Plays takeovers of instances like those of a configuration, between two routers in memory under a clock of their own.
 * Code that has run before runs at once: without this the first advert of a new master is milliseconds late.
 */
export class WarmUp {
  readonly #clock = new VirtualClock();
  readonly #preferred: Side;
  readonly #other: Side;
  #round = 0;
  #stopped = false;

  /** `changes`: the first plan of the child. */
  constructor(changes: readonly Change[]) {
    const network = new MemoryNetwork({ clock: this.#clock });
    const played = changes.filter((change) => change.object === "vrrp_instance").slice(0, INSTANCES);
    const side = (self: string, peer: string, priority: number): Side => {
      const addresses = [`192.0.2.${self}/24`];
      const kernel = createMemoryKernel({ network, links: [{ name: DEVICE, segment: "lan", addresses }] });
      const ifindex = kernel.links.get(DEVICE)?.index ?? 0;
      kernel.addresses.add({ ifindex, address: `fe80::${self}`, prefixLength: 64, scope: LINK_SCOPE });
      const router = createVrrpRouter();
      const driver = new VrrpDriver(kernel, router, new Scripts(SILENT), SILENT);
      driver.apply(played.map((change, index) => staged(change, index, { self, peer, priority })));
      return { kernel, router, driver };
    };
    this.#other = side("1", "2", 100);
    this.#preferred = side("2", "1", 200);
  }

  /** How often each instance of the other router took over so far. */
  get takeovers(): number[] {
    return this.#other.router.snapshot().instances.map(({ counters }) => counters.becameMaster);
  }

  /** Plays on, one takeover at a time, whenever there is nothing else to do. */
  start(): void {
    setImmediate(() => {
      if (this.#stopped) return;
      if (this.#round === ROUNDS) this.stop();
      else {
        this.play();
        this.start();
      }
    });
  }

  /** One takeover and back. */
  play(): void {
    this.#round += 1;
    const { kernel } = this.#preferred;
    kernel.setLink(DEVICE, { carrier: this.#round % 2 === 0 });
    this.#clock.advanceBy(5 * SECOND);
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const { driver, kernel } of [this.#preferred, this.#other]) {
      driver.stop([], true);
      kernel.close();
    }
  }
}

/** An instance as it is written, on the stage: no scripts, trackers or links of its own, and peers that are there. */
function staged(
  change: InstanceChange,
  index: number,
  { self, peer, priority }: { readonly self: string; readonly peer: string; readonly priority: number },
): InstanceChange {
  const { after } = change;
  if (after === undefined) return change;
  const addresses = (after.virtual_ipaddress ?? []).slice(0, 2).map(withoutDevice);
  const four = familyOf(addresses[0]?.address ?? "0.0.0.0") === 4;
  const host = (number: string) => (four ? `192.0.2.${number}` : `fe80::${number}`);
  const unicast = (after.unicast_peer ?? []).length > 0;
  const instance: VrrpInstance = {
    ...bare(after),
    virtual_router_id: index + 1,
    priority,
    advert_int: SECOND,
    virtual_ipaddress: addresses,
    unicast_peer: unicast ? [{ address: host(peer) }] : [],
    ...(unicast ? { unicast_src_ip: host(self) } : {}),
  };
  return { ...change, after: instance };
}

function withoutDevice({ dev: _, ...address }: VirtualAddress): VirtualAddress {
  return address;
}

/** What has nothing to do with adverts and addresses is left out. */
function bare(instance: VrrpInstance): VrrpInstance {
  return {
    ...instance,
    state: "BACKUP",
    interface: DEVICE,
    nopreempt: false,
    preempt_delay: 0,
    use_vmac: undefined,
    use_ipvlan: undefined,
    use_vmac_addr: false,
    mcast_src_ip: undefined,
    unicast_src_ip: undefined,
    virtual_ipaddress_excluded: [],
    virtual_routes: [],
    virtual_rules: [],
    track_interface: [],
    track_script: [],
    track_file: [],
    track_process: [],
    track_bfd: [],
    notify: undefined,
    notify_master: undefined,
    notify_backup: undefined,
    notify_fault: undefined,
    notify_stop: undefined,
    notify_deleted: undefined,
    notify_master_rx_lower_pri: undefined,
    smtp_alert: false,
  };
}
