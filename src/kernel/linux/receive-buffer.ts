import type { Socket } from "../../../native/socket.ts";
import type { ReceiveBuffer } from "../ports.ts";
import { SO_RCVBUF, SO_RCVBUFFORCE, SOL_SOCKET } from "./socket-options.ts";

/** Gives a socket a receive buffer, as far as the system lets us. */
export function setReceiveBuffer(socket: Socket, { bytes, force }: ReceiveBuffer): void {
  if (force && socket.setOption(SOL_SOCKET, SO_RCVBUFFORCE, bytes) >= 0) return;
  socket.setOption(SOL_SOCKET, SO_RCVBUF, bytes);
}
