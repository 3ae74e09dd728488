import { MessageBatch, Socket } from "../../../native/socket.ts";
import type { Closables } from "../closables.ts";
import { check, kernelError } from "../errors.ts";
import type { PacketPort, VrrpSocket, VrrpSocketOptions } from "../ports.ts";
import { AF_PACKET, packetAddress } from "./sockaddr.ts";
import { SO_SNDBUFFORCE, SOCK_RAW, SOL_SOCKET } from "./socket-options.ts";
import { LinuxVrrpSocket } from "./vrrp-socket.ts";

/** Packets taken per system call, and the most a VRRP message can be: 255 IPv6 addresses and headers. */
const BATCH = 16;
const PACKET_SIZE = 4_352;
const ANCILLARY_SIZE = 96;
const FRAME_MEMORY = 4_194_304;

/** Raw VRRP sockets and link-layer frames. Needs CAP_NET_RAW. */
export class LinuxPackets implements PacketPort {
  readonly #closables: Closables;
  #batch: MessageBatch | undefined;
  #frames: Socket | undefined;

  constructor(closables: Closables) {
    this.#closables = closables;
  }

  openVrrp(options: VrrpSocketOptions): VrrpSocket {
    const socket = new LinuxVrrpSocket(options, () => {
      this.#batch ??= new MessageBatch(BATCH, PACKET_SIZE, ANCILLARY_SIZE);
      return this.#batch;
    });
    const { close } = this.#closables.add(() => socket.close());
    return {
      send: (packets) => socket.send(packets),
      onPacket: (callback) => socket.onPacket(callback),
      setReceiveBuffer: (bytes) => socket.setReceiveBuffer(bytes),
      close,
    };
  }

  sendFrames(ifindex: number, frames: readonly Uint8Array[]): void {
    const operation = `send frames on interface ${ifindex}`;
    const socket = this.#frameSocket(operation);
    const address = packetAddress(ifindex);
    for (let next = 0; next < frames.length; ) {
      const rest = frames.slice(next);
      next += check(socket.sendBatch(rest, new Array<Uint8Array>(rest.length).fill(address)), operation);
    }
  }

  #frameSocket(operation: string): Socket {
    if (this.#frames) return this.#frames;
    const socket = Socket.open(AF_PACKET, SOCK_RAW, 0); // protocol 0: receives nothing
    if (typeof socket === "number") throw kernelError(operation, socket);
    // Room for the announcements of a master of hundreds of addresses; without the privilege the default has to do.
    socket.setOption(SOL_SOCKET, SO_SNDBUFFORCE, FRAME_MEMORY);
    this.#frames = socket;
    this.#closables.add(() => {
      socket.close();
      this.#frames = undefined;
    });
    return socket;
  }
}
