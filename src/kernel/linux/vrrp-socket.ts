import { findAncillary } from "../../../native/ancillary.ts";
import { type MessageBatch, type MessageFields, READABLE, Socket } from "../../../native/socket.ts";
import { realtimeMicros } from "../../../native/timer.ts";
import { ipToBytes } from "../../values/ip.ts";
import { LITTLE_ENDIAN, viewOf } from "../../wire/byte-order.ts";
import { IPV4_HEADER } from "../../wire/ipv4.ts";
import { IPPROTO_VRRP } from "../../wire/vrrp-packet.ts";
import { check, kernelError } from "../errors.ts";
import type { KernelError, OutgoingPacket, ReceivedPacket, VrrpSocket, VrrpSocketOptions } from "../ports.ts";
import { RecentAddresses } from "./recent-addresses.ts";
import { AF_INET, AF_INET6, inetAddress } from "./sockaddr.ts";
import * as option from "./socket-options.ts";

/** RFC 9568 §5.1.1.3, §5.1.2.3. */
const TTL = 255;
/** Precedence "internetwork control", as routing protocols send. */
const TRAFFIC_CLASS = 0xc0;
const PRIORITY = 7; // TC_PRIO_CONTROL
const MSG_TRUNC = 0x20;

/** ip_mreqn: group, no local address, interface index. */
function membership(group: string | undefined, ifindex: number): Uint8Array {
  const bytes = new Uint8Array(12);
  bytes.set(ipToBytes(group ?? "0.0.0.0") ?? [], 0);
  viewOf(bytes).setInt32(8, ifindex, LITTLE_ENDIAN);
  return bytes;
}

/** ipv6_mreq: group, interface index. */
function membership6(group: string, ifindex: number): Uint8Array {
  const bytes = new Uint8Array(20);
  bytes.set(ipToBytes(group) ?? [], 0);
  viewOf(bytes).setInt32(16, ifindex, LITTLE_ENDIAN);
  return bytes;
}

/** No packet that matters has waited longer, microseconds; what seems to, came before somebody set the clock. */
const OLDEST = 1_000_000;

/** How long ago the kernel stamped a packet, microseconds. */
function ageOf(control: DataView): number {
  const at = findAncillary(control, option.SOL_SOCKET, option.SO_TIMESTAMPNS_NEW, 16);
  if (at < 0) return 0;
  const stamp = integerAt(control, at) * 1e6 + Math.floor(integerAt(control, at + 8) / 1e3);
  const age = realtimeMicros() - stamp;
  return age > 0 && age <= OLDEST ? age : 0;
}

/** A 64-bit integer that is less than 2 to the power of 53. */
function integerAt(view: DataView, at: number): number {
  const low = view.getUint32(LITTLE_ENDIAN ? at : at + 4, LITTLE_ENDIAN);
  return view.getInt32(LITTLE_ENDIAN ? at + 4 : at, LITTLE_ENDIAN) * 2 ** 32 + low;
}

type Setting = readonly [level: number, name: number, value: number | Uint8Array];

/** Our packets bring their own header: TTL, source, and with AH the identification are ours to say. */
function settings4({ group, ifindex }: VrrpSocketOptions): Setting[] {
  const level = option.IPPROTO_IP;
  const common: Setting[] = [
    [level, option.IP_HDRINCL, 1],
    [level, option.IP_MULTICAST_ALL, 0],
  ];
  if (group === undefined) return common;
  return [
    ...common,
    [level, option.IP_MULTICAST_LOOP, 0],
    [level, option.IP_MULTICAST_IF, membership(undefined, ifindex)],
    [level, option.IP_ADD_MEMBERSHIP, membership(group, ifindex)],
  ];
}

function settings6({ group, ifindex, hops = TTL }: VrrpSocketOptions): Setting[] {
  const level = option.IPPROTO_IPV6;
  const common: Setting[] = [
    [level, option.IPV6_UNICAST_HOPS, hops],
    [level, option.IPV6_TCLASS, TRAFFIC_CLASS],
    [level, option.IPV6_RECVPKTINFO, 1],
    [level, option.IPV6_RECVHOPLIMIT, 1],
    [level, option.IPV6_MULTICAST_ALL, 0],
  ];
  if (group === undefined) return common;
  return [
    ...common,
    [level, option.IPV6_MULTICAST_HOPS, TTL],
    [level, option.IPV6_MULTICAST_LOOP, 0],
    [level, option.IPV6_MULTICAST_IF, ifindex],
    [level, option.IPV6_ADD_MEMBERSHIP, membership6(group, ifindex)],
  ];
}

/** One raw socket for VRRP on one interface, both ways. Throws KernelError. */
export class LinuxVrrpSocket implements VrrpSocket {
  readonly #socket: Socket;
  readonly #options: VrrpSocketOptions;
  readonly #batch: () => MessageBatch;
  readonly #addresses = new Map<string, Uint8Array>();
  readonly #datas: Uint8Array[] = [];
  readonly #destinations: Uint8Array[] = [];
  /** Of received packets. */
  readonly #recent = new RecentAddresses();
  readonly #packet: { -readonly [Field in keyof ReceivedPacket]-?: ReceivedPacket[Field] };
  #closed = false;

  /** `batch`: memory to receive into, shared between sockets: a packet is valid only during its callback. */
  constructor(options: VrrpSocketOptions, batch: () => MessageBatch) {
    const operation = `VRRP socket on ${options.interfaceName}`;
    const { family, protocol = IPPROTO_VRRP } = options;
    const socket = Socket.open(family === 4 ? AF_INET : AF_INET6, option.SOCK_RAW, protocol);
    if (typeof socket === "number") throw kernelError(operation, socket);
    this.#socket = socket;
    this.#options = options;
    this.#batch = batch;
    const { ifindex } = options;
    this.#packet = { data: new Uint8Array(), source: "", destination: "", hops: 0, ifindex, age: 0 };
    try {
      this.#configure(operation);
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  #configure(operation: string): void {
    const { family, interfaceName, group, source, ifindex } = this.#options;
    const device = option.deviceName(interfaceName);
    const settings: Setting[] = [
      [option.SOL_SOCKET, option.SO_BINDTODEVICE, device],
      [option.SOL_SOCKET, option.SO_PRIORITY, PRIORITY],
      ...(family === 4 ? settings4(this.#options) : settings6(this.#options)),
    ];
    // Without it, arrival is when a packet is read.
    this.#socket.setOption(option.SOL_SOCKET, option.SO_TIMESTAMPNS_NEW, 1);
    for (const [level, name, value] of settings) check(this.#socket.setOption(level, name, value), operation);
    // A bound IPv4 raw socket hears nothing sent to a group.
    if (source !== undefined && (family === 6 || group === undefined)) {
      check(this.#socket.bind(inetAddress(source, 0, ifindex)), operation);
    }
  }

  send(packets: readonly OutgoingPacket[]): void {
    const datas = this.#datas;
    const addresses = this.#destinations;
    // Arrays of the same length as last time are filled again, not made: a master sends the same number every time.
    datas.length = packets.length;
    addresses.length = packets.length;
    for (let i = 0; i < packets.length; i++) {
      const packet = packets[i];
      if (packet === undefined) continue;
      datas[i] = packet.data;
      addresses[i] = this.#address(packet.destination);
    }
    const sent = this.#socket.sendBatch(datas, addresses);
    if (sent !== packets.length) this.#sendRest(datas, addresses, sent);
  }

  /** sendmmsg stops at a packet that is refused: the others still go, then the first refusal is thrown. */
  #sendRest(datas: readonly Uint8Array[], addresses: readonly Uint8Array[], first: number): void {
    let refusal: KernelError | undefined;
    let sent = first;
    for (let next = 0; next < datas.length; ) {
      if (sent < 0) refusal ??= kernelError(`send VRRP on ${this.#options.interfaceName}`, sent);
      next += sent < 0 ? 1 : sent;
      if (next < datas.length) sent = this.#socket.sendBatch(datas.slice(next), addresses.slice(next));
    }
    if (refusal) throw refusal;
  }

  onPacket(callback: (packet: ReceivedPacket) => void): void {
    const read = this.#options.family === 4 ? this.#read4 : this.#read6;
    const watched = this.#socket.watch(READABLE, () => {
      const batch = this.#batch();
      const count = this.#socket.receiveBatch(batch); // a pending socket error is fetched, and gone, with this
      for (let i = 0; i < count && !this.#closed; i++) {
        const message = batch.message(i);
        const packet = (message.flags & MSG_TRUNC) === 0 ? read.call(this, message) : undefined;
        if (packet) callback(packet);
      }
    });
    check(watched, `VRRP socket on ${this.#options.interfaceName}`);
  }

  setReceiveBuffer(bytes: number): void {
    const { SOL_SOCKET, SO_RCVBUF, SO_RCVBUFFORCE } = option;
    const wanted = Math.min(bytes, 0x3fff_ffff); // Linux doubles it into an int
    if (this.#socket.setOption(SOL_SOCKET, SO_RCVBUFFORCE, wanted) >= 0) return;
    const operation = `receive buffer of VRRP on ${this.#options.interfaceName}`;
    check(this.#socket.setOption(SOL_SOCKET, SO_RCVBUF, wanted), operation);
  }

  close(): void {
    this.#closed = true;
    this.#socket.close();
  }

  #address(destination: string): Uint8Array {
    let address = this.#addresses.get(destination);
    if (!address) {
      address = inetAddress(destination, 0, this.#options.ifindex);
      this.#addresses.set(destination, address);
    }
    return address;
  }

  /** IPv4 raw sockets deliver the IP header. */
  #read4({ data, control }: MessageFields): ReceivedPacket | undefined {
    if (data.length < IPV4_HEADER) return undefined;
    const packet = this.#packet;
    packet.data = data;
    packet.source = this.#recent.text(data, 12, 4);
    packet.destination = this.#recent.text(data, 16, 4);
    packet.hops = data[8] ?? 0;
    packet.age = ageOf(control);
    return packet;
  }

  /** IPv6 raw sockets do not: destination and hop limit come as ancillary data (RFC 3542 §4). */
  #read6({ data, name, ancillary, control }: MessageFields): ReceivedPacket | undefined {
    if (name.length < 24) return undefined;
    const packet = this.#packet;
    const info = findAncillary(control, option.IPPROTO_IPV6, option.IPV6_PKTINFO, 20);
    const limit = findAncillary(control, option.IPPROTO_IPV6, option.IPV6_HOPLIMIT, 4);
    packet.data = data;
    packet.source = this.#recent.text(name, 8, 16);
    packet.destination = info < 0 ? "::" : this.#recent.text(ancillary, info, 16);
    packet.hops = limit < 0 ? 0 : control.getInt32(limit, LITTLE_ENDIAN);
    packet.age = ageOf(control);
    return packet;
  }
}
