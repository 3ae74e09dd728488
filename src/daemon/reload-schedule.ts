import { readFileSync, unlinkSync, unwatchFile, watchFile } from "node:fs";
import type { GlobalDefs } from "../config/config.ts";
import type { Log } from "./log/log.ts";

const DAY = 86_400_000;
/** Milliseconds between looks at the file. */
const INTERVAL = 1_000;
/** setTimeout takes no more; a later time is looked at again then. */
const LONGEST_TIMER = 2 ** 31 - 1;
const FORMAT = /^(?:(\d\d|\d{4})-(\d\d)-(\d\d) )?(\d\d):(\d\d):(\d\d)(Z?)$/;

/**
 * The time that the first line of a reload_time_file names, in milliseconds since 1970: `[YY]YY-MM-DD HH:MM:SS`, or
 * `HH:MM:SS` for the next time that it is so late, `Z` at the end for UTC. Undefined for anything else, and for what
 * is past.
 */
export function reloadTime(text: string, now: number): number | undefined {
  const found = FORMAT.exec(text.split("\n")[0] ?? "");
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, zone] = found;
  const isUtc = zone === "Z";
  const today = new Date(now);
  const date =
    year === undefined
      ? isUtc
        ? ([today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()] as const)
        : ([today.getFullYear(), today.getMonth(), today.getDate()] as const)
      : ([Number(year.length === 2 ? `20${year}` : year), Number(month) - 1, Number(day)] as const);
  const time = [Number(hour), Number(minute), Number(second)] as const;
  if (time[0] > 23 || time[1] > 59 || time[2] > 59 || date[1] > 11) return undefined;
  const at = isUtc ? Date.UTC(...date, ...time) : new Date(...date, ...time).getTime();
  if (at > now) return at;
  return year === undefined ? at + DAY : undefined;
}

/** Reloads at the time that reload_time_file says; the file may come, change and go. */
export class ReloadSchedule {
  readonly #log: Log;
  readonly #reload: () => void;
  #path: string | undefined;
  #repeat = false;
  #text: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Log, reload: () => void) {
    this.#log = log;
    this.#reload = reload;
  }

  /** Takes over what a configuration says. */
  configure({ reload_time_file: path, reload_repeat }: GlobalDefs): void {
    this.#repeat = reload_repeat;
    if (path === this.#path) return;
    this.close();
    this.#path = path;
    if (path === undefined) return;
    watchFile(path, { interval: INTERVAL, persistent: false }, () => this.#look());
    this.#look();
  }

  /** Idempotent. */
  close(): void {
    if (this.#path !== undefined) unwatchFile(this.#path);
    clearTimeout(this.#timer);
    this.#path = undefined;
    this.#text = undefined;
  }

  #look(): void {
    const text = this.#path === undefined ? undefined : contentsOf(this.#path);
    if (text === this.#text) return;
    this.#text = text;
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#text === undefined) return;
    const now = Date.now();
    const at = reloadTime(this.#text, now);
    if (at === undefined) {
      this.#log.warn(`${this.#path}: no time to come; no reload is scheduled`);
      return;
    }
    this.#log.info(`Reload scheduled at ${new Date(at).toISOString()}`);
    this.#wait(at);
  }

  #wait(at: number): void {
    const left = at - Date.now();
    this.#timer = setTimeout(
      () => (left > LONGEST_TIMER ? this.#wait(at) : this.#due()),
      Math.min(Math.max(left, 0), LONGEST_TIMER),
    );
    this.#timer.unref();
  }

  #due(): void {
    if (this.#repeat) this.#schedule();
    else if (this.#path !== undefined) removeFile(this.#path);
    this.#reload();
  }
}

function contentsOf(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Whoever wrote it has taken it away.
  }
}
