import { LITTLE_ENDIAN, viewOf } from "./byte-order.ts";

/** The kernel's connector of process events: linux/connector.h and linux/cn_proc.h behind netlink headers. */

const NETLINK_HEADER = 16;
const CONNECTOR_HEADER = 20;
const NLMSG_DONE = 3;
const CN_IDX_PROC = 1;
const CN_VAL_PROC = 1;
const PROC_CN_MCAST_LISTEN = 1;

/** The multicast group of process events, as a bit of sockaddr_nl. */
export const PROCESS_GROUP = 1 << (CN_IDX_PROC - 1);

const WHAT_ACKNOWLEDGEMENT = 0;
const WHAT_FORK = 0x0000_0001;
const WHAT_EXEC = 0x0000_0002;
const WHAT_NAME = 0x0000_0200;
const WHAT_EXIT = 0x8000_0000;

const NAME_SIZE = 16;
/** what, cpu, timestamp: what follows differs. */
const EVENT_HEADER = 16;

/** Events of processes; threads are left out. */
export type ProcessMessage =
  /** The answer to the subscription: 0 or an errno. */
  | { readonly type: "acknowledgement"; readonly errno: number }
  | { readonly type: "fork"; readonly parent: number; readonly child: number }
  /** It runs another program. */
  | { readonly type: "exec"; readonly pid: number }
  | { readonly type: "name"; readonly pid: number; readonly name: string }
  | { readonly type: "exit"; readonly pid: number };

/** The message that subscribes to the events. */
export function writeProcessListen(): Uint8Array {
  const bytes = new Uint8Array(NETLINK_HEADER + CONNECTOR_HEADER + 4);
  const view = viewOf(bytes);
  view.setUint32(0, bytes.length, LITTLE_ENDIAN);
  view.setUint16(4, NLMSG_DONE, LITTLE_ENDIAN);
  view.setUint32(NETLINK_HEADER, CN_IDX_PROC, LITTLE_ENDIAN);
  view.setUint32(NETLINK_HEADER + 4, CN_VAL_PROC, LITTLE_ENDIAN);
  view.setUint16(NETLINK_HEADER + 16, 4, LITTLE_ENDIAN);
  view.setUint32(NETLINK_HEADER + CONNECTOR_HEADER, PROC_CN_MCAST_LISTEN, LITTLE_ENDIAN);
  return bytes;
}

/** The event of one datagram; undefined for what is none of those, or of a thread. */
export function readProcessMessage(datagram: Uint8Array): ProcessMessage | undefined {
  const at = NETLINK_HEADER + CONNECTOR_HEADER;
  if (datagram.length < at + EVENT_HEADER + 8) return undefined;
  const view = viewOf(datagram);
  if (view.getUint32(NETLINK_HEADER, LITTLE_ENDIAN) !== CN_IDX_PROC) return undefined;
  const word = (index: number) => view.getUint32(at + EVENT_HEADER + 4 * index, LITTLE_ENDIAN);
  const has = (words: number) => datagram.length >= at + EVENT_HEADER + 4 * words;
  const what = view.getUint32(at, LITTLE_ENDIAN);
  if (what === WHAT_ACKNOWLEDGEMENT) return { type: "acknowledgement", errno: word(0) };
  if (what === WHAT_FORK) {
    if (!has(4) || word(2) !== word(3)) return undefined; // pid and tgid differ: a thread
    return { type: "fork", parent: word(1), child: word(3) };
  }
  const [pid, process] = [word(0), word(1)];
  if (what === WHAT_EXEC) return { type: "exec", pid: process };
  if (pid !== process) return undefined;
  if (what === WHAT_EXIT) return { type: "exit", pid };
  if (what !== WHAT_NAME || !has(2 + NAME_SIZE / 4)) return undefined;
  const start = at + EVENT_HEADER + 8;
  return { type: "name", pid, name: textOf(datagram.subarray(start, start + NAME_SIZE)) };
}

/** Text up to its NUL: names are bytes, as a rule UTF-8. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
