import type { PacketPort, ReceivedPacket, VrrpSocket, VrrpSocketOptions } from "../../kernel/ports.ts";
import { decodeIpv4Packet } from "../../wire/ipv4.ts";
import { type AdvertError, decodeAdvert, encodeAdvert, type VrrpAdvert } from "../../wire/vrrp.ts";

/** A packet of protocol 112 that came in, read as far as its bytes go. */
export interface Received {
  readonly advert: VrrpAdvert | AdvertError;
  readonly packet: ReceivedPacket;
}

/** Instances with equal options share one socket. */
interface Shared {
  readonly socket: VrrpSocket;
  readonly options: VrrpSocketOptions;
  readonly instances: Set<string>;
}

const keyOf = (options: VrrpSocketOptions): string =>
  [options.family, options.ifindex, options.group ?? "", options.source ?? ""].join(" ");

/** Sockets that hear the same packets: those that differ only in the source of what they send. */
const hearingOf = (options: VrrpSocketOptions): string =>
  [options.family, options.ifindex, options.group ?? ""].join(" ");

/**
 * The raw sockets of all instances. The kernel gives every packet of an interface to each raw socket on it, so
 * instances share a socket where they can, and of several that hear the same only the first is listened to.
 */
export class VrrpSockets {
  readonly #packets: PacketPort;
  readonly #receive: (received: Received) => void;
  readonly #shared = new Map<string, Shared>();
  readonly #ofInstance = new Map<string, Shared>();
  /** Encoded messages by advert, source and destination: a machine gives the same object until something changes. */
  readonly #encoded = new WeakMap<VrrpAdvert, Map<string, Uint8Array>>();

  constructor(packets: PacketPort, receive: (received: Received) => void) {
    this.#packets = packets;
    this.#receive = receive;
  }

  /** Opens, or reopens with other options. Throws KernelError; the instance then has no socket. */
  open(instance: string, options: VrrpSocketOptions): void {
    const key = keyOf(options);
    if (this.#ofInstance.get(instance) === this.#shared.get(key) && this.#shared.has(key)) return;
    this.close(instance);
    const shared = this.#shared.get(key) ?? this.#create(key, options);
    shared.instances.add(instance);
    this.#ofInstance.set(instance, shared);
  }

  close(instance: string): void {
    const shared = this.#ofInstance.get(instance);
    if (shared === undefined) return;
    this.#ofInstance.delete(instance);
    shared.instances.delete(instance);
    if (shared.instances.size > 0) return;
    this.#shared.delete(keyOf(shared.options));
    shared.socket.close();
  }

  /** Sends one advert. Throws KernelError; does nothing for an instance whose socket could not be opened. */
  send(instance: string, advert: VrrpAdvert, source: string, destinations: readonly string[]): void {
    const socket = this.#ofInstance.get(instance)?.socket;
    if (socket === undefined) return;
    if (advert.version === 2) {
      // The checksum of version 2 covers no addresses: one message for all.
      socket.send(this.#encode(advert, source, destinations[0] ?? source), destinations);
      return;
    }
    for (const destination of destinations) {
      socket.send(this.#encode(advert, source, destination), [destination]);
    }
  }

  #encode(advert: VrrpAdvert, source: string, destination: string): Uint8Array {
    const path = `${source} ${destination}`;
    const messages = this.#encoded.get(advert) ?? new Map<string, Uint8Array>();
    if (messages.size === 0) this.#encoded.set(advert, messages);
    const known = messages.get(path);
    if (known !== undefined) return known;
    const message = encodeAdvert(advert, source, destination);
    messages.set(path, message);
    return message;
  }

  #create(key: string, options: VrrpSocketOptions): Shared {
    const socket = this.#packets.openVrrp(options);
    const shared = { socket, options, instances: new Set<string>() };
    this.#shared.set(key, shared);
    socket.onPacket((packet) => {
      if (this.#listensTo(shared, packet)) this.#read(options.family, packet);
    });
    return shared;
  }

  /** Multicast sockets hear unicast packets too and the other way round: each takes its own, and only once. */
  #listensTo(shared: Shared, packet: ReceivedPacket): boolean {
    const { group, family } = shared.options;
    const multicast =
      family === 4 ? /^2(2[4-9]|3\d)\./.test(packet.destination) : packet.destination.startsWith("ff");
    if (multicast ? packet.destination !== group : group !== undefined && this.#hearsUnicast(shared))
      return false;
    for (const other of this.#shared.values()) {
      if (hearingOf(other.options) === hearingOf(shared.options)) return other === shared;
    }
    return false;
  }

  /** Whether another socket of the interface is there for unicast packets. */
  #hearsUnicast(shared: Shared): boolean {
    const { family, ifindex } = shared.options;
    for (const { options } of this.#shared.values()) {
      if (options.family === family && options.ifindex === ifindex && options.group === undefined)
        return true;
    }
    return false;
  }

  #read(family: 4 | 6, packet: ReceivedPacket): void {
    const payload = family === 4 ? decodeIpv4Packet(packet.data)?.payload : packet.data;
    if (payload === undefined) return;
    const { source, destination } = packet;
    this.#receive({ advert: decodeAdvert(payload, { source, destination, family }), packet });
  }
}
