import { interfaceIndex } from "../../../native/interface.ts";
import { Socket } from "../../../native/socket.ts";
import { familyOf } from "../../values/ip.ts";
import { ERRNO } from "../../wire/errno.ts";
import { check, kernelError } from "../errors.ts";
import type { StreamTarget } from "../ports.ts";
import { familyNumber, inetAddress } from "./sockaddr.ts";
import * as option from "./socket-options.ts";

/** A socket type and protocol, and what has to be set before it is connected. */
export interface SocketKind {
  readonly type: number;
  readonly protocol: number;
  readonly prepare?: (socket: Socket) => void;
}

/** Opens a socket, bound and marked as the target says, and connects it without waiting. Throws KernelError. */
export function openConnected(target: StreamTarget, kind: SocketKind, operation: string): Socket {
  const socket = Socket.open(familyNumber(target.address), kind.type, kind.protocol);
  if (typeof socket === "number") throw kernelError(operation, socket);
  try {
    kind.prepare?.(socket);
    bindTo(socket, target, operation);
    const peer = inetAddress(target.address, target.port, scopeOf(target.bindInterface));
    const connecting = socket.connect(peer);
    if (connecting !== -ERRNO.EINPROGRESS) check(connecting, operation);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

function bindTo(socket: Socket, target: StreamTarget, operation: string): void {
  const { bindAddress, bindPort = 0, bindInterface, fwmark } = target;
  const set = (level: number, name: number, value: number | Uint8Array) =>
    check(socket.setOption(level, name, value), operation);
  if (bindInterface !== undefined) {
    set(option.SOL_SOCKET, option.SO_BINDTODEVICE, option.deviceName(bindInterface));
  }
  if (fwmark !== undefined) set(option.SOL_SOCKET, option.SO_MARK, fwmark);
  if (bindAddress === undefined && bindPort === 0) return;
  // Without a port of its own the connection takes one that is free towards this peer, not free altogether.
  if (bindPort === 0) set(option.IPPROTO_IP, option.IP_BIND_ADDRESS_NO_PORT, 1);
  else set(option.SOL_SOCKET, option.SO_REUSEADDR, 1);
  const any = familyOf(target.address) === 4 ? "0.0.0.0" : "::";
  check(socket.bind(inetAddress(bindAddress ?? any, bindPort, scopeOf(bindInterface))), operation);
}

function scopeOf(name: string | undefined): number {
  return name === undefined ? 0 : Math.max(0, interfaceIndex(name));
}
