import { type Micros, SECOND } from "../../values/time.ts";

/** `500ms`, as keepalived writes intervals of version 3. */
export const milliseconds = (interval: Micros): string => `${Math.round(interval / 1000)}ms`;

/**
 * Skew time, microseconds: the higher the priority, the sooner a backup takes over. Version 2 counts in parts of a
 * second whatever the interval (RFC 3768 §6.1), version 3 in parts of the master's interval (RFC 9568 §6.1).
 */
export function skewTime(version: 2 | 3, priority: number, masterInterval: Micros): Micros {
  return Math.floor(((256 - priority) * (version === 2 ? SECOND : masterInterval)) / 256);
}

/**
 * Time without adverts after which the master is taken to be down: three intervals, or as many as down_timer_adverts
 * says, and the skew time.
 */
export function masterDownInterval(
  version: 2 | 3,
  priority: number,
  masterInterval: Micros,
  intervals = 3,
): Micros {
  return intervals * masterInterval + skewTime(version, priority, masterInterval);
}
