import { pino, symbols } from "pino";

/** What the daemon says. Messages are one line of English; control characters in them are escaped by the sinks. */
export interface Log {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  /** Details that only `-D` asks for. */
  debug(message: string): void;
}

/** pino's numbers: 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
export type LogLevel = number;

/** Where lines end up. write() never throws and never waits: a line that a sink cannot take now is lost. */
export interface LogSink {
  write(level: LogLevel, message: string): void;
}

/** What a child needs to log as its parent does. Survives structured clone. */
export interface LogSettings {
  /** Human lines on standard error (`-l`). */
  readonly console: boolean;
  /** Syslog facility number (3 daemon, 1 user, 16–23 local), or undefined for no syslog. */
  readonly facility?: number;
  /** Debug lines too (`-D`). */
  readonly detail: boolean;
}

/** Backslash, x and two digits for what would break a line or a terminal: peers and files choose some of the text. */
function escapeControls(text: string): string {
  return text.replace(
    /[\x00-\x1f\x7f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/**
 * pino, with a destination that writes each entry to every sink before the call returns. pino tells a destination
 * that asks for metadata the level and message of the entry; no JSON is parsed back.
 */
class SinkDestination {
  readonly [symbols.needsMetadataGsym] = true;
  /** Set by pino before each write. */
  lastLevel = 30;
  lastMsg = "";
  readonly #sinks: readonly LogSink[];

  constructor(sinks: readonly LogSink[]) {
    this.#sinks = sinks;
  }

  write(_entry: string): void {
    const { lastMsg } = this;
    for (const line of lastMsg.includes("\n") ? lastMsg.split("\n") : [lastMsg]) {
      const safe = escapeControls(line);
      for (const sink of this.#sinks) sink.write(this.lastLevel, safe);
    }
  }
}

/** A synchronous log to the given sinks. */
export function createLog(sinks: readonly LogSink[], detail: boolean): Log {
  const options = { base: null, timestamp: false, level: detail ? "debug" : "info" } as const;
  const logger = pino(options, new SinkDestination(sinks));
  return {
    error: (message) => logger.error(message),
    warn: (message) => logger.warn(message),
    info: (message) => logger.info(message),
    debug: (message) => logger.debug(message),
  };
}
