import { familyOf, ipToBytes } from "../../values/ip.ts";
import { internetChecksum } from "../../wire/checksum.ts";
import { ERRNO } from "../../wire/errno.ts";
import type { Closables } from "../closables.ts";
import { kernelError } from "../errors.ts";
import type { PacketPort, ReceivedPacket, VrrpSocket, VrrpSocketOptions } from "../ports.ts";
import type { MemoryAddresses } from "./addresses.ts";
import type { Faults } from "./faults.ts";
import type { MemoryLinks } from "./links.ts";
import type { Transmission } from "./network.ts";

const IPPROTO_VRRP = 112;
const TTL = 255;
const TRAFFIC_CLASS = 0xc0;
const IPV4_HEADER = 20;

/** An IPv4 packet around a VRRP message, as a raw socket would hand it up. */
function ipv4Packet(payload: Uint8Array, source: string, destination: string): Uint8Array {
  const packet = new Uint8Array(IPV4_HEADER + payload.length);
  packet.set([0x45, TRAFFIC_CLASS, packet.length >> 8, packet.length & 0xff, 0, 0, 0, 0, TTL, IPPROTO_VRRP]);
  packet.set(ipToBytes(source) ?? [], 12);
  packet.set(ipToBytes(destination) ?? [], 16);
  const checksum = internetChecksum(packet.subarray(0, IPV4_HEADER));
  packet[10] = checksum >> 8;
  packet[11] = checksum & 0xff;
  packet.set(payload, IPV4_HEADER);
  return packet;
}

function isMulticast(address: string): boolean {
  if (familyOf(address) === 6) return address.startsWith("ff");
  const first = Number(address.split(".")[0]);
  return first >= 224 && first < 240;
}

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
      send: (payload, destinations) => this.#send(options, payload, destinations),
      onPacket: (callback) => {
        socket.callback = callback;
      },
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
    const { packet } = transmission;
    for (const socket of [...this.#sockets]) {
      if (!this.#sockets.has(socket) || !this.#accepts(socket.options, ifindex, packet)) continue;
      socket.callback?.({ ...packet, data: packet.data.slice(), ifindex });
    }
  }

  #send(options: VrrpSocketOptions, payload: Uint8Array, destinations: readonly string[]): void {
    const { links, addresses, faults } = this.#context;
    faults.meet("packets.send");
    const operation = `send VRRP on ${options.interfaceName}`;
    const { ifindex, family } = options;
    if (!links.at(ifindex)) throw kernelError(operation, ERRNO.ENODEV);
    if (!links.isUp(ifindex)) throw kernelError(operation, ERRNO.ENETUNREACH);
    const source = options.source ?? addresses.primary(ifindex, family);
    if (source === undefined) throw kernelError(operation, ERRNO.EADDRNOTAVAIL);
    for (const destination of destinations) {
      const data = family === 4 ? ipv4Packet(payload, source, destination) : payload.slice();
      this.#put(ifindex, { kind: "vrrp", packet: { data, source, destination, hops: TTL } });
    }
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
