import type { HttpGet, HttpUrl, RealServer, TcpCheck } from "../../config/config.ts";
import type { Micros } from "../../values/time.ts";
import type { Checker, CheckOptions } from "../checker/check-loop.ts";
import type { CheckTarget, CheckTiming, HttpExpectation } from "../checker/contract.ts";
import { createHttpCheck, DEFAULT_STATUS } from "../checker/http-check.ts";
import { createTcpCheck } from "../checker/tcp-check.ts";

/** One checker of a real server, as configured. */
export type CheckerSpec =
  | { readonly kind: "TCP_CHECK"; readonly config: TcpCheck }
  | { readonly kind: "HTTP_GET"; readonly config: HttpGet };

/** What a checker is told by the server around it. */
export interface CheckerContext extends Omit<CheckOptions, "logAllFailures"> {
  readonly virtualServer: string;
}

/** Defaults of retry and delay_before_retry where the configuration names none. */
const RETRY: Record<CheckerSpec["kind"], number> = { TCP_CHECK: 1, HTTP_GET: 1 };
const DELAY_BEFORE_RETRY: Record<CheckerSpec["kind"], Micros> = { TCP_CHECK: 1_000_000, HTTP_GET: 3_000_000 };

/** Port of a check whose server has none: that of a firewall mark, for one. */
const HTTP_PORT = 80;

/** The checkers of a real server. An HTTP_GET without URL is none, as keepalived ignores it. */
export function checkerSpecs(real: RealServer): CheckerSpec[] {
  return [
    ...real.TCP_CHECK.map((config) => ({ kind: "TCP_CHECK", config }) as const),
    ...real.HTTP_GET.filter(({ url }) => url.length > 0).map(
      (config) => ({ kind: "HTTP_GET", config }) as const,
    ),
  ];
}

/** Keywords that say when a checker checks, not what: they change without a new count of failures. */
const TIMING_KEYWORDS: ReadonlySet<string> = new Set([
  "alpha",
  "connect_timeout",
  "delay_before_retry",
  "delay_loop",
  "log_all_failures",
  "retry",
  "warmup",
]);

/** Texts that are equal for specs that check the same (`what`), and do it at the same times (`when`). */
export function fingerprint({ kind, config }: CheckerSpec): { readonly what: string; readonly when: string } {
  const entries = Object.entries(config);
  const text = (isTiming: boolean) =>
    JSON.stringify(
      entries.filter(([keyword]) => TIMING_KEYWORDS.has(keyword) === isTiming),
      withoutOrigins,
    );
  // `$` of the block itself is an entry, that of the blocks inside it a property.
  return { what: `${kind} ${text(false)}`, when: text(true) };
}

/** Where a value was written makes it no other value. */
function withoutOrigins(_: string, value: unknown): unknown {
  if (Array.isArray(value) && value[0] === "$") return undefined;
  if (typeof value !== "object" || value === null || !("$" in value)) return value;
  const { $: _origins, ...rest } = value;
  return rest;
}

/** A checker of a real server as a machine. */
export function createChecker(spec: CheckerSpec, real: RealServer, context: CheckerContext): Checker {
  const { kind, config } = spec;
  const target = targetOf(spec, real);
  const timing: CheckTiming = {
    delayLoop: config.delay_loop,
    connectTimeout: config.connect_timeout,
    retry: config.retry ?? RETRY[kind],
    delayBeforeRetry: config.delay_before_retry ?? DELAY_BEFORE_RETRY[kind],
    firstDelay: config.warmup ?? config.delay_loop,
  };
  const options = { ...context, logAllFailures: config.log_all_failures };
  if (spec.kind === "TCP_CHECK") return createTcpCheck(target, timing, options);
  const { http_protocol: protocol, virtualhost, url } = spec.config;
  return createHttpCheck(
    target,
    timing,
    url.map((one) => expectationOf(one, virtualhost)),
    { ...options, protocol: protocol === "1.0c" ? "1.0C" : protocol },
  );
}

function targetOf({ kind, config }: CheckerSpec, real: RealServer): CheckTarget {
  const port = config.connect_port ?? real.server.port;
  return {
    address: config.connect_ip ?? real.server.address,
    port: port === 0 && kind === "HTTP_GET" ? HTTP_PORT : port,
    ...(config.bindto !== undefined && { bindAddress: config.bindto }),
    ...(config.bind_port !== undefined && { bindPort: config.bind_port }),
    ...(config.bind_if !== undefined && { bindInterface: config.bind_if }),
    ...(config.fwmark !== undefined && { fwmark: config.fwmark }),
  };
}

function expectationOf(url: HttpUrl, virtualhost: string | undefined): HttpExpectation {
  const host = url.virtualhost ?? virtualhost;
  return {
    path: url.path,
    status: url.status_code && url.status_code.length > 0 ? url.status_code : DEFAULT_STATUS,
    ...(host !== undefined && { virtualhost: host }),
    ...(url.digest !== undefined && { digest: url.digest.toLowerCase() }),
  };
}
