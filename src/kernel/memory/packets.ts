import { bytesToIp, familyOf } from "../../values/ip.ts";
import { internetChecksum } from "../../wire/checksum.ts";
import { ERRNO } from "../../wire/errno.ts";
import { IPV4_HEADER } from "../../wire/ipv4.ts";
import { IPPROTO_VRRP, isMulticast } from "../../wire/vrrp-packet.ts";
import type { Closables } from "../closables.ts";
import { kernelError } from "../errors.ts";
import type { OutgoingPacket, PacketPort, ReceivedPacket, VrrpSocket, VrrpSocketOptions } from "../ports.ts";
import type { MemoryAddresses } from "./addresses.ts";
import type { Faults } from "./faults.ts";
import type { MemoryLinks } from "./links.ts";
import type { Transmission } from "./network.ts";

const HOPS = 255;
const IDENTIFICATION_AT = 4;

interface OpenSocket {
  readonly options: VrrpSocketOptions;
  callback?: (packet: ReceivedPacket) => void;
}

export interface PacketContext {
  readonly links: MemoryLinks;
  readonly addresses: MemoryAddresses;
  readonly faults: Faults;
  readonly closables: Closables;
  /** Puts something on the segment of a link, if it has one. */
  transmit(ifindex: number, transmission: Transmission): void;
}

/** Raw sockets and frames over the segments of a MemoryNetwork. */
export class MemoryPackets implements PacketPort {
  readonly #context: PacketContext;
  readonly #sockets = new Set<OpenSocket>();
  #identification = 0;

  constructor(context: PacketContext) {
    this.#context = context;
  }

  openVrrp(options: VrrpSocketOptions): VrrpSocket {
    const { links, addresses, faults, closables } = this.#context;
    faults.meet("packets.openVrrp");
    const { interfaceName, source, group, family } = options;
    const operation = `VRRP socket on ${interfaceName}`;
    if (!links.get(interfaceName)) throw kernelError(operation, ERRNO.ENODEV);
    const binds = source !== undefined && (family === 6 || group === undefined);
    if (binds && !addresses.owns(source)) throw kernelError(operation, ERRNO.EADDRNOTAVAIL);
    const socket: OpenSocket = { options };
    this.#sockets.add(socket);
    const { close } = closables.add(() => this.#sockets.delete(socket));
    return {
      send: (packets) => this.#send(options, packets),
      onPacket: (callback) => {
        socket.callback = callback;
      },
      // Nothing waits in memory.
      setReceiveBuffer: () => faults.meet("packets.setReceiveBuffer"),
      close,
    };
  }

  sendFrames(ifindex: number, frames: readonly Uint8Array[]): void {
    const { links, faults } = this.#context;
    faults.meet("packets.sendFrames");
    const operation = `send frames on interface ${ifindex}`;
    if (!links.at(ifindex)) throw kernelError(operation, ERRNO.ENXIO);
    if (!links.isUp(ifindex)) throw kernelError(operation, ERRNO.ENETDOWN);
    for (const frame of frames) this.#put(ifindex, { kind: "frame", frame: frame.slice() });
  }

  /** What arrives on a link. */
  receive(ifindex: number, transmission: Transmission): void {
    if (transmission.kind !== "vrrp" || !this.#context.links.at(ifindex)?.running) return;
    const { packet, protocol } = transmission;
    for (const socket of [...this.#sockets]) {
      if (
        !this.#sockets.has(socket) ||
        (socket.options.protocol ?? IPPROTO_VRRP) !== protocol ||
        !this.#accepts(socket.options, ifindex, packet)
      )
        continue;
      socket.callback?.({ ...packet, data: packet.data.slice(), ifindex });
    }
  }

  #send(options: VrrpSocketOptions, packets: readonly OutgoingPacket[]): void {
    const { links, addresses, faults } = this.#context;
    faults.meet("packets.send");
    const operation = `send VRRP on ${options.interfaceName}`;
    const { ifindex, family, protocol = IPPROTO_VRRP } = options;
    if (!links.at(ifindex)) throw kernelError(operation, ERRNO.ENODEV);
    if (!links.isUp(ifindex)) throw kernelError(operation, ERRNO.ENETUNREACH);
    const primary = addresses.primary(ifindex, family);
    for (const { data: given, destination } of packets) {
      const data = given.slice();
      if (family === 4) this.#completeHeader(data);
      const source = family === 4 ? bytesToIp(data.subarray(12, 16)) : (options.source ?? primary);
      if (source === undefined) throw kernelError(operation, ERRNO.EADDRNOTAVAIL);
      const hops = family === 4 ? (data[8] ?? 0) : isMulticast(destination) ? HOPS : (options.hops ?? HOPS);
      const carried = family === 4 ? (data[9] ?? 0) : protocol;
      this.#put(ifindex, { kind: "vrrp", protocol: carried, packet: { data, source, destination, hops } });
    }
  }

  /** What Linux sets in a header that it is given: total length and checksum, and the identification where it is 0. */
  #completeHeader(packet: Uint8Array): void {
    packet[2] = packet.length >> 8;
    packet[3] = packet.length & 0xff;
    if (packet[IDENTIFICATION_AT] === 0 && packet[IDENTIFICATION_AT + 1] === 0) {
      this.#identification = (this.#identification % 0xffff) + 1;
      packet[IDENTIFICATION_AT] = this.#identification >> 8;
      packet[IDENTIFICATION_AT + 1] = this.#identification & 0xff;
    }
    packet.fill(0, 10, 12);
    const checksum = internetChecksum(packet.subarray(0, IPV4_HEADER));
    packet[10] = checksum >> 8;
    packet[11] = checksum & 0xff;
  }

  /** A link without carrier takes what it is given and loses it. */
  #put(ifindex: number, transmission: Transmission): void {
    if (this.#context.links.at(ifindex)?.running) this.#context.transmit(ifindex, transmission);
  }

  #accepts(options: VrrpSocketOptions, ifindex: number, packet: Omit<ReceivedPacket, "ifindex">): boolean {
    if (options.ifindex !== ifindex || options.family !== familyOf(packet.source)) return false;
    if (isMulticast(packet.destination)) return options.group === packet.destination;
    const bound = options.family === 6 || options.group === undefined ? options.source : undefined;
    return (
      this.#context.addresses.owns(packet.destination) && (bound ?? packet.destination) === packet.destination
    );
  }
}
