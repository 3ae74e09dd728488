/** Time inside Holdfast: integer microseconds. A duration or an instant of the monotonic clock, by context. */
export type Micros = number;

export const SECOND: Micros = 1_000_000;

/** Microseconds of a decimal number of seconds ("0.25"), rounded to the nearest; undefined when it is no number. */
export function parseSeconds(text: string): Micros | undefined {
  if (!/^\d+(\.\d*)?$|^\.\d+$/.test(text)) return undefined;
  return Math.round(Number(text) * SECOND);
}

/** Shortest decimal seconds of a duration: 1_000_000 → "1", 250_000 → "0.25". */
export function formatSeconds(duration: Micros): string {
  return String(duration / SECOND);
}
