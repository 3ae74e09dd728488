import { LITTLE_ENDIAN, viewOf } from "./byte-order.ts";
import { attributeText, type NetlinkWriter, readAttributes } from "./netlink.ts";

/** Metrics of a route (RTA_METRICS): what TCP and the IP layer take from it. */

const RTAX_LOCK = 1;
const RTAX_CC_ALGO = 16;

/** Metrics that are numbers, by their RTAX_* type. Times are in the unit that the comment names. */
const NUMBERS = {
  mtu: 2,
  window: 3,
  /** Eighths of a millisecond. */
  rtt: 4,
  /** Quarters of a millisecond. */
  rttvar: 5,
  ssthresh: 6,
  cwnd: 7,
  advmss: 8,
  reordering: 9,
  hoplimit: 10,
  initcwnd: 11,
  /** RTAX_FEATURE_*: 1 ECN. */
  features: 12,
  /** Milliseconds. */
  rtoMin: 13,
  initrwnd: 14,
  quickack: 15,
  fastopenNoCookie: 17,
} as const;

type NumberName = keyof typeof NUMBERS;

/** The metrics of a route that are set. */
export type RouteMetrics = { readonly [K in NumberName]?: number } & {
  readonly congctl?: string;
  /** Those that the kernel may not change by itself. */
  readonly locked?: readonly (NumberName | "congctl")[];
};

// Entries of a constant table: Object.entries forgets the names of its keys.
const BY_NAME = Object.entries(NUMBERS) as readonly (readonly [NumberName, number])[];

/** Appends what RTA_METRICS holds. */
export function writeMetrics(writer: NetlinkWriter, metrics: RouteMetrics): void {
  for (const [name, type] of BY_NAME) {
    const value = metrics[name];
    if (value !== undefined) writer.u32(type, value);
  }
  if (metrics.congctl !== undefined) writer.text(RTAX_CC_ALGO, metrics.congctl);
  const lock = (metrics.locked ?? []).reduce((bits, name) => bits | (1 << typeOf(name)), 0);
  if (lock !== 0) writer.u32(RTAX_LOCK, lock >>> 0);
}

const typeOf = (name: NumberName | "congctl") => (name === "congctl" ? RTAX_CC_ALGO : NUMBERS[name]);

/** The metrics in an RTA_METRICS; undefined when it has none. */
export function readMetrics(value: Uint8Array | undefined): RouteMetrics | undefined {
  if (!value) return undefined;
  const attributes = readAttributes(value);
  const numberAt = (type: number) => {
    const bytes = attributes.get(type);
    return bytes?.length === 4 ? viewOf(bytes).getUint32(0, LITTLE_ENDIAN) : undefined;
  };
  const metrics: { -readonly [K in keyof RouteMetrics]: RouteMetrics[K] } = {};
  for (const [name, type] of BY_NAME) {
    const number = numberAt(type);
    if (number !== undefined) metrics[name] = number;
  }
  const congctl = attributeText(attributes.get(RTAX_CC_ALGO));
  if (congctl !== undefined) metrics.congctl = congctl;
  const lock = numberAt(RTAX_LOCK) ?? 0;
  const locked = [...BY_NAME.map(([name]) => name), "congctl" as const].filter(
    (name) => (lock & (1 << typeOf(name))) !== 0,
  );
  if (locked.length > 0) metrics.locked = locked;
  return Object.keys(metrics).length === 0 ? undefined : metrics;
}
