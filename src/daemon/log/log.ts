import { pino } from "pino";

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
 * A synchronous log to the given sinks: pino knows the levels, and a hook takes each entry before pino makes the JSON
 * of it that nobody reads.
 */
export function createLog(sinks: readonly LogSink[], detail: boolean): Log {
  const write = ([entry]: readonly unknown[], _: unknown, level: LogLevel) => {
    const message = String(entry);
    for (const line of message.includes("\n") ? message.split("\n") : [message]) {
      const safe = escapeControls(line);
      for (const sink of sinks) sink.write(level, safe);
    }
  };
  const logger = pino({ level: detail ? "debug" : "info", hooks: { logMethod: write } });
  return {
    error: (message) => logger.error(message),
    warn: (message) => logger.warn(message),
    info: (message) => logger.info(message),
    debug: (message) => logger.debug(message),
  };
}
