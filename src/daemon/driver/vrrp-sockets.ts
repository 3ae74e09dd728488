import type { VrrpEffect } from "../../core/vrrp/contract.ts";
import { KernelError, type OutgoingPacket, type PacketPort, type VrrpSocket } from "../../kernel/ports.ts";
import { IPPROTO_AH } from "../../wire/authentication-header.ts";
import type { VrrpAdvert } from "../../wire/vrrp.ts";
import {
  buildPacket,
  IPPROTO_VRRP,
  isMulticast,
  type PacketPath,
  sealPacket,
} from "../../wire/vrrp-packet.ts";
import { type Received, VrrpReader } from "./vrrp-reader.ts";

type Open = Extract<VrrpEffect, { readonly type: "open" }>;
type SendAdvert = Extract<VrrpEffect, { readonly type: "send-advert" }>;

/** Instances with equal options share one socket. */
interface Shared {
  readonly key: string;
  readonly socket: VrrpSocket;
  readonly open: Open;
  /** Receive buffer that each instance asks for, bytes: together they get the sum. */
  readonly instances: Map<string, number>;
  /** What goes out with the next flush. */
  readonly pending: Prepared[];
  count: number;
}

/** One advert for one destination: its bytes stay, and are filled anew where they change from advert to advert. */
interface Prepared extends OutgoingPacket {
  readonly path: PacketPath;
  queued: boolean;
}

/** What makes sockets different: an IPv4 packet carries its own source, a bound socket hears only what is for it. */
const keyOf = ({ family, ifindex, authenticated, group, source, hops }: Open): string =>
  [
    ...[family, ifindex, authenticated ? IPPROTO_AH : IPPROTO_VRRP, group ?? ""],
    ...[boundTo({ family, group, source }) ?? "", family === 6 ? (hops ?? "") : ""],
  ].join(" ");

/** The address that a socket is bound to. A bound IPv4 socket would hear no group. */
function boundTo({ family, group, source }: Pick<Open, "family" | "group" | "source">): string | undefined {
  return family === 6 || group === undefined ? source : undefined;
}

/** Sockets that hear the same packets. */
function hearTheSame(a: Open, b: Open): boolean {
  return (
    a.family === b.family &&
    a.ifindex === b.ifindex &&
    a.authenticated === b.authenticated &&
    a.group === b.group &&
    (a.group !== undefined || a.source === b.source)
  );
}

/**
 * The raw sockets of all instances. The kernel gives every packet of an interface to each raw socket on it, so
 * instances share a socket where they can, and of several that hear the same only the first is listened to.
 */
export class VrrpSockets {
  readonly #packets: PacketPort;
  readonly #receive: (received: Received, age?: number) => void;
  readonly #refused: (open: Open, error: KernelError | undefined) => void;
  readonly #shared = new Map<string, Shared>();
  readonly #ofInstance = new Map<string, Shared>();
  /** Packets of each advert: a machine gives the same object until something changes. */
  readonly #prepared = new WeakMap<VrrpAdvert, Prepared[]>();
  /** Sockets with something pending. */
  readonly #dirty: Shared[] = [];

  /** `refused` is told how each flush of a socket ended: with the kernel's refusal, or undefined. */
  constructor(
    packets: PacketPort,
    receive: (received: Received, age?: number) => void,
    refused: (open: Open, error: KernelError | undefined) => void,
  ) {
    this.#packets = packets;
    this.#receive = receive;
    this.#refused = refused;
  }

  /** Opens, or reopens with other options. Throws KernelError; the instance then has no socket. */
  open(open: Open): void {
    const key = keyOf(open);
    if (this.#ofInstance.get(open.instance)?.key !== key) this.close(open.instance);
    const shared = this.#shared.get(key) ?? this.#create(key, open);
    shared.instances.set(open.instance, open.receiveBuffer ?? 0);
    this.#ofInstance.set(open.instance, shared);
    let total = 0;
    for (const bytes of shared.instances.values()) total += bytes;
    if (total > 0) shared.socket.setReceiveBuffer(total);
  }

  close(instance: string): void {
    const shared = this.#ofInstance.get(instance);
    if (shared === undefined) return;
    this.#ofInstance.delete(instance);
    shared.instances.delete(instance);
    if (shared.instances.size > 0) return;
    this.flush();
    this.#shared.delete(shared.key);
    shared.socket.close();
  }

  /** Has one advert sent with the next flush; does nothing for an instance whose socket could not be opened. */
  send(effect: SendAdvert): void {
    const { advert, seal } = effect;
    const shared = this.#ofInstance.get(effect.instance);
    if (shared === undefined) return;
    const packets = this.#prepared.get(advert) ?? this.#prepare(effect);
    if (seal !== undefined) {
      // The bytes of the last one must be gone before they are filled anew.
      if (packets.some(({ queued }) => queued)) this.flush();
      for (const { data, path } of packets) sealPacket(data, advert, path, seal);
    }
    if (shared.count === 0) this.#dirty.push(shared);
    for (const packet of packets) {
      packet.queued = true;
      shared.pending[shared.count++] = packet;
    }
  }

  /** Sends everything that is pending, one system call for each socket. */
  flush(): void {
    for (const shared of this.#dirty) {
      const { pending, socket, open } = shared;
      if (pending.length !== shared.count) pending.length = shared.count;
      shared.count = 0;
      for (const packet of pending) packet.queued = false;
      try {
        socket.send(pending);
        this.#refused(open, undefined);
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        this.#refused(open, error);
      }
    }
    this.#dirty.length = 0;
  }

  #prepare({ advert, source, destinations, hops, seal }: SendAdvert): readonly Prepared[] {
    const made = destinations.map((destination) => {
      const path = { source, destination, hops: hops ?? 255 };
      return { data: buildPacket(advert, path, seal?.type), destination, path, queued: false };
    });
    this.#prepared.set(advert, made);
    return made;
  }

  #create(key: string, open: Open): Shared {
    const { family, ifindex, group, hops } = open;
    const source = boundTo(open);
    const socket = this.#packets.openVrrp({
      family,
      ifindex,
      interfaceName: open.interface,
      ...(group !== undefined && { group }),
      ...(source !== undefined && { source }),
      ...(open.authenticated && { protocol: IPPROTO_AH }),
      ...(hops !== undefined && { hops }),
    });
    const shared: Shared = { key, socket, open, instances: new Map(), pending: [], count: 0 };
    this.#shared.set(key, shared);
    const reader = new VrrpReader(family);
    socket.onPacket((packet) => {
      if (!this.#listensTo(shared, packet.destination)) return;
      const received = reader.read(packet);
      if (received !== undefined) this.#receive(received, packet.age);
    });
    return shared;
  }

  /** Multicast sockets hear unicast packets too and the other way round: each takes its own, and only once. */
  #listensTo(shared: Shared, destination: string): boolean {
    const { group } = shared.open;
    if (isMulticast(destination) ? destination !== group : group !== undefined) return false;
    for (const other of this.#shared.values())
      if (hearTheSame(other.open, shared.open)) return other === shared;
    return false;
  }
}
