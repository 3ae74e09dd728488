import type { ScriptCommand, StatusRanges } from "../../config/config.ts";
import type { Micros } from "../../values/time.ts";
import type { RegexExpectation } from "./regex-scan.ts";

/** What a checker connects to and from; the driver hands it to the stream port. */
export interface CheckTarget {
  /** icmp: echo; the port does not count. */
  readonly transport: "tcp" | "udp" | "icmp";
  readonly address: string;
  readonly port: number;
  readonly bindAddress?: string;
  readonly bindPort?: number;
  readonly bindInterface?: string;
  readonly fwmark?: number;
  /** The connection is one below TLS, with the credentials of the SSL block. */
  readonly tls?: CheckTls;
}

/** What a check asks of TLS. */
export interface CheckTls {
  /** Server name indication (RFC 6066 §3); none unless given. */
  readonly serverName?: string;
  /** tls_compliant: close with close_notify (RFC 8446 §6.1). */
  readonly closeNotify: boolean;
}

/** Timing of a checker, all in microseconds; defaults and inheritance resolved. */
export interface CheckTiming {
  readonly delayLoop: Micros;
  readonly connectTimeout: Micros;
  /** Further tries after the first failure, while up. */
  readonly retry: number;
  readonly delayBeforeRetry: Micros;
  /** Longest delay of the first check; the checker draws the actual one. */
  readonly firstDelay: Micros;
}

export interface HttpExpectation {
  readonly path: string;
  readonly virtualhost?: string;
  readonly status: StatusRanges;
  /** Lower-case hexadecimal MD5 of the body. */
  readonly digest?: string;
  readonly regex?: RegexExpectation;
  /** SSL_GET: how this URL is asked for. */
  readonly tls?: CheckTls;
}

/** Events of one checker. Bytes are only valid during the call. */
export type CheckEvent =
  | { readonly type: "start" }
  | { readonly type: "timer" }
  | { readonly type: "connected" }
  | { readonly type: "data"; readonly bytes: Uint8Array }
  | { readonly type: "ended" }
  /** `error` is the errno; EPROTO is that of TLS. */
  | { readonly type: "failed"; readonly error: string }
  /** What a track file holds is another number now. */
  | { readonly type: "number"; readonly value: number }
  /** A BFD session is up, or down. */
  | { readonly type: "session"; readonly up: boolean }
  /** The program ended; status undefined when no exit of its own did, and `how` for people: "exited with status 1". */
  | { readonly type: "exited"; readonly status: number | undefined; readonly how: string };

/** Effects of one checker: one connection, or one run, at a time; `close` ends it whatever its state. */
export type CheckEffect =
  | { readonly type: "connect"; readonly target: CheckTarget }
  | { readonly type: "send"; readonly bytes: Uint8Array }
  /** Starts a program; `exited` answers, after `timeout` microseconds at the latest. */
  | { readonly type: "run"; readonly command: ScriptCommand; readonly timeout: Micros }
  | { readonly type: "close" }
  /** The checker's `weight` is another one now. */
  | { readonly type: "weight" }
  /** The verdict changed (or is the first one). */
  | { readonly type: "verdict"; readonly up: boolean; readonly reason: string }
  | { readonly type: "log"; readonly level: "info" | "warn"; readonly message: string };
