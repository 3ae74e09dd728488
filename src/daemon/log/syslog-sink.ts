import { Socket } from "../../../native/socket.ts";
import { clockTime, MONTHS } from "./console-sink.ts";
import type { LogLevel, LogSink } from "./log.ts";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;

/** Syslog severities of pino's levels (RFC 3164 §4.1.1). */
function severity(level: LogLevel): number {
  if (level >= 60) return 2;
  if (level >= 50) return 3;
  if (level >= 40) return 4;
  return level >= 30 ? 6 : 7;
}

/** One datagram of the local syslog protocol: `<30>Nov 22 12:47:09 ident[pid]: message`. */
export function syslogLine(
  facility: number,
  level: LogLevel,
  date: Date,
  tag: string,
  message: string,
): string {
  const day = String(date.getDate()).padStart(2, " ");
  const priority = facility * 8 + severity(level);
  return `<${priority}>${MONTHS[date.getMonth()]} ${day} ${clockTime(date)} ${tag}: ${message}`;
}

/** sockaddr_un of a path: family in host order, path, NUL. */
export function unixAddress(path: string): Uint8Array {
  const family = new Uint8Array(new Uint16Array([AF_UNIX]).buffer);
  return Uint8Array.from([...family, ...new TextEncoder().encode(path), 0]);
}

/**
 * Datagrams to the local syslog socket. Non-blocking: a full or absent socket loses the line, and the next line tries
 * to connect again, so a restarted syslogd is found.
 */
export class SyslogSink implements LogSink {
  readonly #facility: number;
  readonly #tag: string;
  readonly #path: string;
  #socket: Socket | undefined;

  /** `ident` as in `ident[pid]:`. */
  constructor(facility: number, ident: string, path = "/dev/log") {
    this.#facility = facility;
    this.#tag = `${ident}[${process.pid}]`;
    this.#path = path;
  }

  write(level: LogLevel, message: string): void {
    const line = syslogLine(this.#facility, level, new Date(), this.#tag, message);
    const bytes = new TextEncoder().encode(line);
    if (this.#send(bytes)) return;
    this.#socket?.close();
    this.#socket = undefined;
    this.#send(bytes);
  }

  #send(bytes: Uint8Array): boolean {
    this.#socket ??= this.#connect();
    return this.#socket !== undefined && this.#socket.send(bytes) >= 0;
  }

  #connect(): Socket | undefined {
    const socket = Socket.open(AF_UNIX, SOCK_DGRAM, 0);
    if (typeof socket === "number") return undefined;
    if (socket.connect(unixAddress(this.#path)) >= 0) return socket;
    socket.close();
    return undefined;
  }
}
