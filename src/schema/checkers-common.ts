import { integer, interfaceName, ipAddressMaybePrefix, seconds } from "./kinds.ts";
import { flag, leaf } from "./row.ts";

/** A time that cannot be 0. */
export const timer = seconds(0.000_001, 4_294_967);
export const connectTimeout = seconds(0.000_001, 4_294.967_295);
export const timerOrZero = seconds(0, 4_294_967);
const port = integer(1, 65_535);
export const unsigned = integer(0, 4_294_967_295);

/** When a checker checks, without connection: set by its real server, or that one's virtual server, when not here. */
const scheduleRows = {
  alpha: flag({ inherits: "^", doc: "Down until the first check succeeds.", since: "1.1.16" }),
  retry: leaf(unsigned, {
    inherits: "^",
    doc: "Further tries before a server is down.",
    since: "1.1.8",
  }),
  delay_before_retry: leaf(timerOrZero, { inherits: "^", doc: "Time between those tries.", since: "0.5.3" }),
  warmup: leaf(timerOrZero, {
    inherits: "^",
    doc: "Longest random delay of the first check; delay_loop by default.",
    since: "1.2.13",
  }),
  delay_loop: leaf(timer, {
    default: 60_000_000,
    inherits: "^",
    doc: "Time between checks.",
    since: "0.5.3",
  }),
};

/** The same with the time to connect. */
export const inheritedRows = {
  alpha: scheduleRows.alpha,
  connect_timeout: leaf(connectTimeout, {
    default: 5_000_000,
    inherits: "^",
    doc: "Time to connect, and to answer.",
    since: "0.5.3",
  }),
  retry: scheduleRows.retry,
  delay_before_retry: scheduleRows.delay_before_retry,
  warmup: scheduleRows.warmup,
  delay_loop: scheduleRows.delay_loop,
};

const logAllFailures = flag({
  inherits: "global_defs.checker_log_all_failures",
  doc: "Log every failed try, not only the last.",
  since: "2.0.11",
});

const connectionRows = {
  connect_ip: leaf(ipAddressMaybePrefix, {
    doc: "Address to connect to instead of the server's.",
    since: "1.1.8",
  }),
  connect_port: leaf(port, { doc: "Port to connect to instead of the server's.", since: "0.5.8" }),
  bindto: leaf(ipAddressMaybePrefix, { doc: "Source address.", since: "1.1.2" }),
  bind_port: leaf(port, { doc: "Source port.", since: "1.2.13" }),
  bind_if: leaf(interfaceName, { doc: "Interface to leave by.", since: "1.3.7" }),
  fwmark: leaf(unsigned, { doc: "Mark of its packets.", since: "1.2.13" }),
  log_all_failures: logAllFailures,
};

/** Tries of a checker, by default `tries` more ones after `delay` microseconds each; undefined: after delay_loop. */
function retryRows(tries: number, delay: number | undefined) {
  return {
    retry: leaf(unsigned, {
      default: tries,
      inherits: "^",
      doc: "Further tries before a server is down.",
      since: "1.1.8",
    }),
    delay_before_retry: leaf(timerOrZero, {
      ...(delay !== undefined && { default: delay }),
      inherits: "^",
      doc:
        delay === undefined
          ? "Time between those tries; delay_loop by default."
          : "Time between those tries.",
      since: "0.5.3",
    }),
  };
}

/** What every checker has that connects. */
export function checkerRows(tries: number, delay: number | undefined) {
  return { ...connectionRows, ...inheritedRows, ...retryRows(tries, delay) };
}

/** What a checker has that runs a program. */
export function programRows(tries: number, delay: number) {
  return { log_all_failures: logAllFailures, ...scheduleRows, ...retryRows(tries, delay) };
}
