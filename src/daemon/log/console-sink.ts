import { Socket } from "node:net";
import { GatheredLines } from "./gathered-lines.ts";
import type { LogSink } from "./log.ts";
import { StandardError } from "./standard-error.ts";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
export const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Milliseconds that the parent waits for a console that is full. */
const PATIENCE = 100;

const two = (value: number): string => String(value).padStart(2, "0");

/** Local time of day, `12:47:09`. */
export function clockTime(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** What stands before a message on a console. */
function consoleStamp(date: Date): string {
  const day = String(date.getDate()).padStart(2, " ");
  const start = `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${day}`;
  return `${start} ${clockTime(date)} ${date.getFullYear()}: `;
}

/** One line as keepalived writes it to a console: `Sun Nov 22 12:47:09 2026: message`. Local time. */
export function consoleLine(date: Date, message: string): string {
  return `${consoleStamp(date)}${message}\n`;
}

const lostLine = (lost: number): string => consoleLine(new Date(), `${lost} log lines lost`);

class ConsoleSink implements LogSink {
  readonly #out: StandardError;

  constructor(out: StandardError) {
    this.#out = out;
  }

  write(_level: number, message: string): void {
    this.pass(consoleLine(new Date(), message));
  }

  /** Lines that are complete already, newline included. */
  pass(lines: string): void {
    this.#out.write(lines, lostLine);
  }
}

/** The console of the parent, for its own lines and those of its children. */
export const parentConsole = new ConsoleSink(new StandardError(PATIENCE));

/** The console of a child is a pipe that the parent reads. It never waits for it: no log may delay an advert. */
export function childConsole(): LogSink {
  // Opening the descriptor as a pipe of the loop makes it non-blocking. Nothing is written through this.
  new Socket({ fd: 2, readable: false, writable: true }).on("error", () => {}).unref();
  return new GatheredLines(2, consoleStamp, lostLine);
}
