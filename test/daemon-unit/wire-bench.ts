import { createVrrpRouter } from "../../src/core/vrrp/router.ts";
import { VrrpDriver } from "../../src/daemon/driver/vrrp.ts";
import { VrrpReader } from "../../src/daemon/driver/vrrp-reader.ts";
import { emptied } from "../../src/daemon/parts.ts";
import { createMemoryKernel, type MemoryKernel } from "../../src/kernel/memory/kernel.ts";
import { MemoryNetwork, type Transmission } from "../../src/kernel/memory/network.ts";
import { VirtualClock } from "../../src/kernel/memory/virtual-clock.ts";
import type { PacketPort } from "../../src/kernel/ports.ts";
import { diff } from "../../src/plan/diff.ts";
import { bytesToIp } from "../../src/values/ip.ts";
import { arpOfFrame } from "../../src/wire/arp.ts";
import type { VrrpAdvert } from "../../src/wire/vrrp.ts";
import { buildPacket, isMulticast } from "../../src/wire/vrrp-packet.ts";
import { compileText } from "../plan/compile-text.ts";
import { keptLog, noScripts } from "./drive.ts";

const RT_SCOPE_LINK = 253;

/** An advert on the wire. */
export interface SeenAdvert {
  /** Microseconds since the daemon started. */
  readonly at: number;
  readonly advert: VrrpAdvert;
  readonly source: string;
  readonly destination: string;
  readonly hops: number;
  /** The octets of its packet. */
  readonly data: Uint8Array;
}

/** A gratuitous ARP or unsolicited neighbour advertisement on the wire. */
export interface SeenAnnouncement {
  readonly at: number;
  readonly address: string;
  readonly segment: string;
}

/** What a neighbour may say otherwise than by default: version 2, VRID 51, priority 200, 1 s, from 192.0.2.2. */
export interface Said extends Partial<VrrpAdvert> {
  readonly source?: string;
  readonly destination?: string;
  readonly hops?: number;
}

/** An instance on eth0 with 192.0.2.100, priority 100 and VRID 51, that more lines make another. */
export function vrrp(lines = "", addresses = "192.0.2.100/24", name = "VI", id = 51): string {
  const defaults = ["interface eth0", `virtual_router_id ${id}`, "priority 100"].filter(
    (line) => !new RegExp(`^\\s*${line.split(" ")[0]} `, "m").test(lines),
  );
  const list = addresses === "" ? "" : `virtual_ipaddress {\n${addresses}\n}`;
  return `vrrp_instance ${name} {\n${[...defaults, lines, list].join("\n")}\n}\n`;
}

export const globals = (lines: string): string => `global_defs {\n${lines}\n}\n`;

/** The network that a wire is in, and what was seen on it. */
class Scene {
  readonly clock: VirtualClock;
  readonly kernel: MemoryKernel;
  readonly neighbour: MemoryKernel;
  readonly adverts: SeenAdvert[] = [];
  readonly announced: SeenAnnouncement[] = [];
  /** Memory that sockets were given, bytes. */
  readonly buffers: number[] = [];
  readonly #startedAt: number;
  /** Sources of what the neighbour says. */
  readonly #heard = new Set<string>();

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
    this.clock = new VirtualClock(startedAt);
    const network = new MemoryNetwork({ clock: this.clock });
    const onLan = (...addresses: string[]) => ({ name: "eth0", segment: "lan", addresses });
    const eth1 = { name: "eth1", segment: "wan", addresses: ["198.51.100.1/24"] };
    this.kernel = createMemoryKernel({ network, links: [onLan("192.0.2.1/24"), eth1] });
    this.neighbour = createMemoryKernel({ network, links: [onLan("192.0.2.2/24", "192.0.2.77/24")] });
    const linkLocal = { ifindex: 2, prefixLength: 64, scope: RT_SCOPE_LINK };
    this.kernel.addresses.add({ ...linkLocal, address: "fe80::1" });
    this.neighbour.addresses.add({ ...linkLocal, address: "fe80::2" });
    for (const segment of ["lan", "wan"])
      network.segment(segment).observe((transmission) => this.#see(transmission, segment));
  }

  /** Microseconds since the start. */
  now(): number {
    return this.clock.now() - this.#startedAt;
  }

  /** Sends what another router could send. */
  say({ source = "192.0.2.2", destination = "224.0.0.18", hops = 255, ...more }: Said = {}): void {
    this.#heard.add(source);
    const advert: VrrpAdvert = {
      ...{ version: 2, virtualRouterId: 51, priority: 200, interval: 1_000_000, addresses: ["192.0.2.100"] },
      ...more,
    };
    const group = isMulticast(destination) ? { group: destination } : {};
    const family = source.includes(":") ? 6 : 4;
    const socket = this.neighbour.packets.openVrrp({
      ...{ family, ifindex: 2, interfaceName: "eth0", source },
      ...group,
    });
    socket.send([{ data: buildPacket(advert, { source, destination, hops }), destination }]);
    socket.close();
    this.clock.advanceBy(1);
  }

  /** The kernel's sockets, which tell what memory they were given. */
  watchedPackets(): PacketPort {
    const { packets } = this.kernel;
    return {
      sendFrames: (ifindex, frames) => packets.sendFrames(ifindex, frames),
      openVrrp: (options) => {
        const socket = packets.openVrrp(options);
        return {
          send: (outgoing) => socket.send(outgoing),
          onPacket: (callback) => socket.onPacket(callback),
          setReceiveBuffer: (bytes) => this.buffers.push(bytes),
          close: () => socket.close(),
        };
      },
    };
  }

  #see(transmission: Transmission, segment: string): void {
    const at = this.now();
    if (transmission.kind === "frame") {
      const { frame } = transmission;
      const address = arpOfFrame(frame)?.senderAddress ?? bytesToIp(frame.subarray(14 + 8, 14 + 24));
      this.announced.push({ at, address, segment });
      return;
    }
    const { packet } = transmission;
    const read = new VrrpReader(packet.source.includes(":") ? 6 : 4).read({ ...packet, ifindex: 2 });
    // Also those whose checksum follows an older rule.
    const advert = read?.type === "malformed" ? read.error.odd?.advert : read?.advert;
    if (advert === undefined || this.#heard.has(packet.source)) return;
    const { source, destination, hops } = packet;
    this.adverts.push({ at, advert, source, destination, hops, data: packet.data.slice() });
  }
}

/**
 * The VRRP part of the daemon, from the text of a configuration to frames on a wire, on a kernel in memory: eth0
 * (192.0.2.1) on "lan", eth1 (198.51.100.1) on "wan". A neighbour is on the lan. Virtual time.
 */
export function onWire(text: string, { startedAt = 0 } = {}) {
  const scene = new Scene(startedAt);
  const { clock, kernel, adverts, announced, buffers } = scene;
  const { log, lines } = keptLog();
  const router = createVrrpRouter();
  const driver = new VrrpDriver({ ...kernel, packets: scene.watchedPackets() }, router, noScripts(log), log);
  const { config } = compileText(text, "k.conf");
  driver.configure(config);
  driver.apply(diff(emptied(config), config).changes);
  clock.advanceBy(1);
  const instance = (name = "VI") => {
    const found = router.snapshot().instances.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no instance ${name}`);
    return found;
  };
  return {
    ...{ kernel, lines, adverts, announced, buffers, instance },
    say: (said?: Said) => scene.say(said),
    /** Lets seconds pass. */
    pass: (seconds: number) => clock.advanceBy(Math.round(seconds * 1_000_000)),
    state: (name?: string) => instance(name).state,
    now: () => scene.now(),
    stop: () => driver.stop(diff(config, emptied(config)).changes, false),
  };
}

export type Wire = ReturnType<typeof onWire>;

/** As master of a network where nobody else speaks; 4 s after the start. */
export function master(text: string): Wire {
  const wire = onWire(text);
  wire.pass(4);
  if (wire.state() !== "MASTER") throw new Error(`the instance is ${wire.state()}`);
  return wire;
}

/** The latest advert. */
export function last(wire: Wire): SeenAdvert {
  const seen = wire.adverts.at(-1);
  if (seen === undefined) throw new Error("no advert was sent");
  return seen;
}

/** When an address was announced: seconds after the first advert. */
export function announcements(wire: Wire, address = "192.0.2.100", segment = "lan"): number[] {
  const began = wire.adverts[0]?.at ?? 0;
  const seen = wire.announced.filter((each) => each.address === address && each.segment === segment);
  return seen.map(({ at }) => (at - began) / 1_000_000);
}

/** A keyword for all instances, and the same for one. */
export function either(global: string, own: string): [what: string, text: string][] {
  return [
    ["of global_defs", globals(global) + vrrp()],
    ["of the instance", vrrp(own)],
  ];
}
