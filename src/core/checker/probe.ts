import type { CheckTls } from "./contract.ts";

/** What came of a piece of an exchange: it goes on (perhaps after sending something), or the try is over. */
export type ProbeStep =
  | { readonly type: "more"; readonly send?: Uint8Array }
  | { readonly type: "passed"; readonly logs?: readonly string[] }
  | { readonly type: "failed"; readonly message: string; readonly logs?: readonly string[] };

/** What may end a try besides what the peer says. */
export type ConnectionFault =
  | "connect-failed"
  | "connect-timeout"
  | "handshake-failed"
  | "read-timeout"
  | "read-error";

export interface Passed {
  /** The server has now shown all that is asked of it. */
  readonly complete: boolean;
  readonly logs: readonly string[];
  /** The next try comes at once. */
  readonly again?: boolean;
}

/**
 * What one kind of checker says over its connection, one try at a time. The loop around it (check-loop.ts) owns
 * connection, timing, retries and verdict. Calls come in order: connected, then data and ended, or a fault.
 */
export interface Probe {
  /** What the next connection asks of TLS; absent: it is plain. */
  readonly tls?: CheckTls | undefined;
  /** Whether failures are retried before the first verdict, too. */
  readonly retriesAtFirst: boolean;
  /** Whether a server that is assumed down (alpha) and fails is a verdict; otherwise only its first success is. */
  readonly reportsFirstFailure: boolean;
  /**
   * Tries of a server that is down: true, one of every 1 + retry waits delay_loop and the others delay_before_retry,
   * as they do while it is up; false, all wait the longer of the two.
   */
  readonly groupsWhileDown: boolean;
  /** A connection that this machine cannot begin is a failure of the server; otherwise it is no try. */
  readonly blamesServer?: true;
  /** The connection stands: a new exchange begins. Whatever is sent gives the peer connect_timeout anew. */
  connected(): ProbeStep;
  data(bytes: Uint8Array): ProbeStep;
  /** The peer ended the connection in good order. */
  ended(): ProbeStep;
  /**
   * The connection failed, or nothing came in time; which may be all that was asked of the peer. `error`: the name of
   * the kernel's errno, when it refused.
   */
  fault(fault: ConnectionFault, error?: string): ProbeStep;
  /** The try passed; `up` is the verdict so far. */
  passed(up: boolean): Passed;
  /** The try failed; `up` is the verdict now. */
  failed(up: boolean): void;
  /** The line that reports the verdict "up"; undefined: none. */
  readonly success: string | undefined;
  /** The line that reports the verdict "down". `after`: " after 2 retries", or nothing. */
  failure(message: string, after: string): string;
}
