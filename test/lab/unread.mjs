/** For servers whose next word is for a client that has read the last one: the kernel knows, elsewhere on this machine. */
import { readFileSync } from "node:fs";

/** Milliseconds until a client that has not read yet is looked at again. */
const AGAIN = 50;

const hex = (number, digits) => number.toString(16).toUpperCase().padStart(digits, "0");

/** One end of a connection of IPv4 as /proc/net/tcp writes it, on a machine of little-endian order. */
function endOf(address = "", port = 0) {
  const bytes = address.replace("::ffff:", "").split(".").map(Number).reverse();
  return `${bytes.map((byte) => hex(byte, 2)).join("")}:${hex(port, 4)}`;
}

function hasUnread(socket, tables) {
  const client = endOf(socket.remoteAddress, socket.remotePort);
  const server = endOf(socket.localAddress, socket.localPort);
  return tables.some((path) =>
    readFileSync(path, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .some(
        ([, own, peer, , queues = ""]) => own === client && peer === server && !queues.endsWith(":00000000"),
      ),
  );
}

/** Calls `then` once the client has read everything. `tables`: paths of /proc/net/tcp where clients are. */
export function onceRead(socket, tables, then) {
  if (!socket.destroyed && hasUnread(socket, tables)) setTimeout(onceRead, AGAIN, socket, tables, then);
  else then();
}
