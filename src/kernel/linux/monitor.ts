import { READABLE, Socket } from "../../../native/socket.ts";
import { ERRNO } from "../../wire/errno.ts";
import { type NetlinkMessage, readMessages } from "../../wire/netlink.ts";
import { check, kernelError } from "../errors.ts";
import type { Closable, ReceiveBuffer } from "../ports.ts";
import { NETLINK_ROUTE } from "./netlink-socket.ts";
import { setReceiveBuffer } from "./receive-buffer.ts";
import { AF_NETLINK, netlinkAddress } from "./sockaddr.ts";
import { SOCK_RAW } from "./socket-options.ts";

const RECEIVE_BUFFER = 65_536;
/** Room for a burst, such as thousands of addresses taken at once. */
const SOCKET_MEMORY: ReceiveBuffer = { bytes: 1_048_576, force: true };
/** Datagrams per call from the loop, so that a storm of notifications leaves room for the rest. */
const BATCH = 64;

/** monitorRoutes with the buffer that its kernel has for monitors. */
export type RouteMonitor = (
  groups: number,
  read: (message: NetlinkMessage) => void,
  overrun: () => void,
) => Closable;

/**
 * A subscription to groups of rtnetlink. `read` gets each message. When the kernel dropped some because we were too
 * slow, those still queued are dropped too, for they may tell of what is no longer so, and `overrun` has to compare
 * everything. Throws KernelError.
 */
export function monitorRoutes(
  groups: number,
  read: (message: NetlinkMessage) => void,
  overrun: () => void,
  receiveBuffer = SOCKET_MEMORY,
): Closable {
  const socket = Socket.open(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  if (typeof socket === "number") throw kernelError("netlink monitor", socket);
  setReceiveBuffer(socket, receiveBuffer);
  check(socket.bind(netlinkAddress(groups)), "netlink monitor");
  const buffer = new Uint8Array(RECEIVE_BUFFER);
  let open = true;
  socket.watch(READABLE, () => {
    for (let i = 0; i < BATCH && open; i++) {
      const length = socket.receive(buffer);
      if (length === -ERRNO.ENOBUFS) {
        discard(socket, buffer);
        overrun();
        return;
      }
      if (length < 0) return; // nothing more
      for (const message of readMessages(buffer.subarray(0, length))) if (open) read(message);
    }
  });
  return {
    close: () => {
      open = false;
      socket.close();
    },
  };
}

/** Empties the queue, further overruns included. */
function discard(socket: Socket, buffer: Uint8Array): void {
  for (;;) {
    const length = socket.receive(buffer);
    if (length < 0 && length !== -ERRNO.ENOBUFS) return;
  }
}
