import { type Micros, SECOND } from "../../values/time.ts";

/** Seconds with all six decimals: `5.000000`. */
export function decimals(duration: Micros): string {
  return (duration / SECOND).toFixed(6);
}

/** Whole seconds. */
export function whole(duration: Micros): number {
  return Math.floor(duration / SECOND);
}

/** Seconds, with three decimals where they are not whole: `5`, `0.500`. */
export function shortSeconds(duration: Micros): string {
  return duration % SECOND === 0 ? String(duration / SECOND) : (duration / SECOND).toFixed(3);
}

export const trueFalse = (on: boolean): string => (on ? "true" : "false");
export const yesNo = (on: boolean): string => (on ? "yes" : "no");
export const onOff = (on: boolean): string => (on ? "on" : "off");
export const upperOnOff = (on: boolean): string => (on ? "ON" : "OFF");
export const enabled = (on: boolean): string => (on ? "enabled" : "disabled");
export const bit = (on: boolean): number => (on ? 1 : 0);

/** A weight with its direction: `-5 reverse`. */
export function weightText({
  weight,
  reverse,
}: {
  readonly weight: number;
  readonly reverse: boolean;
}): string {
  return reverse ? `${weight} reverse` : String(weight);
}

/** `[ADDRESS]:PORT`, or with a protocol between them. */
export function endpoint(address: string, port: number, protocol?: string): string {
  return protocol === undefined ? `[${address}]:${port}` : `[${address}]:${protocol}:${port}`;
}
