import { writeSync } from "node:fs";
import { Socket } from "node:net";
import type { LogSink } from "./log.ts";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
export const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const two = (value: number): string => String(value).padStart(2, "0");

/** Local time of day, `12:47:09`. */
export function clockTime(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** One line as keepalived writes it to a console: `Sun Nov 22 12:47:09 2026: message`. Local time. */
export function consoleLine(date: Date, message: string): string {
  const day = String(date.getDate()).padStart(2, " ");
  const start = `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${day}`;
  return `${start} ${clockTime(date)} ${date.getFullYear()}: ${message}\n`;
}

/** Writes to standard error, waiting for it as any program in a terminal does: for the parent. */
export class ConsoleSink implements LogSink {
  write(_level: number, message: string): void {
    writeAll(consoleLine(new Date(), message));
  }
}

/** Standard error that may be a full pipe, closed, or both: what cannot be written is lost, nothing is thrown. */
export function writeAll(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // Nobody reads; there is nowhere left to say so.
  }
}

/**
 * Writes to the pipe that the parent reads, and never waits for it: no log sink may delay an advert. Lines that do
 * not fit are counted, and the count is written once there is room again.
 */
export class ChildConsoleSink implements LogSink {
  #lost = 0;

  constructor() {
    // Opening the descriptor as a pipe of the loop makes it non-blocking. It is never read nor written through.
    new Socket({ fd: 2, readable: false, writable: true }).on("error", () => {}).unref();
  }

  write(_level: number, message: string): void {
    const report = this.#lost > 0 ? consoleLine(new Date(), `${this.#lost} log lines lost`) : "";
    try {
      writeSync(2, report + consoleLine(new Date(), message));
      this.#lost = 0;
    } catch {
      this.#lost += 1;
    }
  }
}
