import { readdirSync, readFileSync } from "node:fs";
import { POLLIN, READABLE, Socket } from "../../../native/socket.ts";
import { ERRNO } from "../../wire/errno.ts";
import { PROCESS_GROUP, readProcessMessage, writeProcessListen } from "../../wire/process-events.ts";
import type { Closables } from "../closables.ts";
import { kernelError } from "../errors.ts";
import type { Closable, ProcessEvent, ProcessMonitorOptions, ProcessPort } from "../ports.ts";
import { elsewhere, INITIAL_NAMESPACE } from "./namespaces.ts";
import { setReceiveBuffer } from "./receive-buffer.ts";
import { AF_NETLINK, netlinkAddress } from "./sockaddr.ts";
import { SOCK_DGRAM } from "./socket-options.ts";

const NETLINK_CONNECTOR = 11;
/** Larger than any event. */
const RECEIVE_BUFFER = 256;
/** Events per call from the loop. */
const BATCH = 256;
/** The kernel acknowledges while it takes the subscription. */
const ACKNOWLEDGEMENT_MS = 200;

function contents(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // gone, or not ours to look at
  }
}

/** Processes as /proc has them, and the kernel's events of them. */
export class LinuxProcesses implements ProcessPort {
  readonly #closables: Closables;

  constructor(closables: Closables) {
    this.#closables = closables;
  }

  list(): number[] {
    return readdirSync("/proc")
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map(Number)
      .filter((pid) => !isZombie(pid));
  }

  name(pid: number): string | undefined {
    const name = contents(`/proc/${pid}/comm`);
    return name?.endsWith("\n") ? name.slice(0, -1) : name;
  }

  command(pid: number): readonly string[] | undefined {
    const line = contents(`/proc/${pid}/cmdline`);
    if (line === undefined) return undefined;
    return (line.endsWith("\0") ? line.slice(0, -1) : line).split("\0");
  }

  monitor(callback: (event: ProcessEvent) => void, options: ProcessMonitorOptions = {}): Closable {
    const socket = subscribe(options);
    const buffer = new Uint8Array(RECEIVE_BUFFER);
    let open = true;
    socket.watch(READABLE, () => {
      for (let i = 0; i < BATCH && open; i++) {
        const length = socket.receive(buffer);
        if (length === -ERRNO.ENOBUFS) callback({ type: "lost" });
        else if (length < 0)
          return; // nothing more
        else {
          const event = readProcessMessage(buffer.subarray(0, length));
          if (event !== undefined && event.type !== "acknowledgement") callback(event);
        }
      }
    });
    return this.#closables.add(() => {
      open = false;
      socket.close();
    });
  }
}

/** Of a process that has ended and nobody has asked for: the state follows the name, which may hold anything. */
function isZombie(pid: number): boolean {
  const status = contents(`/proc/${pid}/stat`);
  return status === undefined || /\) [ZX] [^)]*$/.test(status);
}

/**
 * The kernel tells its events in the network namespace that it started with, and only to processes of its first user and
 * process namespaces. From another network namespace the socket is opened over there, where we may.
 */
function subscribe(options: ProcessMonitorOptions): Socket {
  const here = tryHere(options);
  if (typeof here !== "number") return here;
  if (here !== -ERRNO.ECONNREFUSED) throw kernelError("process events", here);
  const there = elsewhere(INITIAL_NAMESPACE, () => tryHere(options));
  if (typeof there === "number") throw kernelError("process events", here);
  return there;
}

function tryHere({ receiveBuffer: bytes, force = false }: ProcessMonitorOptions): Socket | number {
  const socket = Socket.open(AF_NETLINK, SOCK_DGRAM, NETLINK_CONNECTOR);
  if (typeof socket === "number") return socket;
  if (bytes !== undefined) setReceiveBuffer(socket, { bytes, force });
  const bound = socket.bind(netlinkAddress(PROCESS_GROUP));
  const sent = bound < 0 ? bound : socket.send(writeProcessListen(), netlinkAddress(0));
  const result = sent < 0 ? sent : acknowledged(socket);
  if (result >= 0) return socket;
  socket.close();
  return result;
}

/** 0, or -errno: -EPERM where the kernel says nothing, as it does to other namespaces. */
function acknowledged(socket: Socket): number {
  const buffer = new Uint8Array(RECEIVE_BUFFER);
  while (socket.wait(POLLIN, ACKNOWLEDGEMENT_MS) > 0) {
    const length = socket.receive(buffer);
    const message = length < 0 ? undefined : readProcessMessage(buffer.subarray(0, length));
    if (message?.type === "acknowledgement") return message.errno === 0 ? 0 : -message.errno;
  }
  return -ERRNO.EPERM;
}
