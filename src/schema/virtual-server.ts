import { integer, interfaceName, ipAddress, oneOf, oneOfAnyCase, oneWord, seconds, word } from "./kinds.ts";
import { scriptCommand } from "./kinds-script.ts";
import {
  forwarding,
  granularity,
  persistenceTimeout,
  scheduler,
  serverAddress,
  serviceName,
  statusRanges,
} from "./kinds-server.ts";
import { type BlockOf, blocks, defineBlock, flag, leaf } from "./row.ts";

const timer = seconds(0.000_001, 4_294_967);
const timerOrZero = seconds(0, 4_294_967);
const port = integer(1, 65_535);
const weight = integer(0, 2_147_483_647);

/** Keywords of a checker that its real server, or that one's virtual server, sets for it when it does not. */
const inheritedRows = {
  alpha: flag({ inherits: "^", doc: "Down until the first check succeeds.", since: "1.1.16" }),
  connect_timeout: leaf(timer, {
    default: 5_000_000,
    inherits: "^",
    doc: "Time to connect, and to answer.",
    since: "0.5.3",
  }),
  retry: leaf(integer(0, 4_294_967_295), {
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

const connectionRows = {
  connect_ip: leaf(ipAddress(), { doc: "Address to connect to instead of the server's.", since: "1.1.8" }),
  connect_port: leaf(port, { doc: "Port to connect to instead of the server's.", since: "0.5.8" }),
  bindto: leaf(ipAddress(), { doc: "Source address.", since: "1.1.2" }),
  bind_port: leaf(port, { doc: "Source port.", since: "1.2.13" }),
  bind_if: leaf(interfaceName, { doc: "Interface to leave by.", since: "1.3.7" }),
  fwmark: leaf(integer(0, 4_294_967_295), { doc: "Mark of its packets.", since: "1.2.13" }),
  log_all_failures: flag({
    inherits: "global_defs.checker_log_all_failures",
    doc: "Log every failed try, not only the last.",
    since: "2.0.11",
  }),
};

const tcpCheck = defineBlock({
  keyword: "TCP_CHECK",
  header: {},
  rows: {
    ...connectionRows,
    ...inheritedRows,
    retry: leaf(integer(0, 4_294_967_295), {
      default: 1,
      inherits: "^",
      doc: "Further tries before a server is down.",
      since: "1.1.8",
    }),
    delay_before_retry: leaf(timerOrZero, {
      default: 1_000_000,
      inherits: "^",
      doc: "Time between those tries.",
      since: "0.5.3",
    }),
  },
});

/** MD5 as 32 hexadecimal digits, in lower case. */
const digest = oneWord(
  "MD5 digest",
  (text, complain, at) => {
    if (/^[\da-f]{32}$/i.test(text)) return text.toLowerCase();
    complain(
      { code: "invalid-digest", summary: `'${text}' is not an MD5 digest of 32 hexadecimal digits` },
      at,
    );
    return undefined;
  },
  (value) => value,
);

const httpUrl = defineBlock({
  keyword: "url",
  header: {},
  rows: {
    path: leaf(word, { required: true, doc: "Path to get.", since: "0.5.3" }),
    digest: leaf(digest, { doc: "MD5 of the body, as 32 hexadecimal digits.", since: "0.5.3" }),
    status_code: leaf(statusRanges, {
      doc: "Status codes that are good; 200–299 by default.",
      since: "0.7.6",
    }),
    virtualhost: leaf(word, { doc: "Host to name in the request.", since: "0.5.8" }),
  },
});

const httpGet = defineBlock({
  keyword: "HTTP_GET",
  header: {},
  rows: {
    ...connectionRows,
    ...inheritedRows,
    retry: leaf(integer(0, 4_294_967_295), {
      default: 1,
      inherits: "^",
      doc: "Further tries before a server is down.",
      since: "1.1.8",
    }),
    delay_before_retry: leaf(timerOrZero, {
      default: 3_000_000,
      inherits: "^",
      doc: "Time between those tries.",
      since: "0.5.3",
    }),
    nb_get_retry: leaf(integer(0, 4_294_967_295), {
      doc: "Older name of retry.",
      since: "0.5.3",
      replacedBy: "retry",
    }),
    virtualhost: leaf(word, { inherits: "^", doc: "Host to name in requests.", since: "0.5.8" }),
    http_protocol: leaf(oneOfAnyCase("1.0", "1.0C", "1.0c", "1.1"), {
      default: "1.0",
      doc: "HTTP version of requests.",
      since: "2.0.17",
    }),
    url: blocks(httpUrl, { required: true, doc: "A page to get and what to expect.", since: "0.5.3" }),
  },
});

export const realServer = defineBlock({
  keyword: "real_server",
  header: { server: serverAddress },
  identity: ({ server }) =>
    server.address.includes(":") ? `[${server.address}]:${server.port}` : `${server.address}:${server.port}`,
  rows: {
    weight: leaf(weight, { default: 1, inherits: "^", doc: "Share of connections.", since: "0.5.3" }),
    lvs_method: leaf(forwarding, { inherits: "^", doc: "Forwarding method.", since: "1.1.5" }),
    inhibit_on_failure: flag({
      inherits: "^",
      doc: "Weight 0 instead of removal when checks fail.",
      since: "0.6.8",
    }),
    uthreshold: leaf(integer(0, 4_294_967_295), { default: 0, doc: "Most connections.", since: "1.1.13" }),
    lthreshold: leaf(integer(0, 4_294_967_295), {
      default: 0,
      doc: "Connections below which new ones are taken again.",
      since: "1.1.13",
    }),
    notify_up: leaf(scriptCommand, {
      doc: "Script to run when it comes up.",
      since: "1.0.0",
      firstWins: true,
    }),
    notify_down: leaf(scriptCommand, {
      doc: "Script to run when it goes down.",
      since: "1.0.0",
      firstWins: true,
    }),
    virtualhost: leaf(word, { inherits: "^", doc: "Host to name in HTTP requests.", since: "0.5.8" }),
    smtp_alert: flag({ doc: "Mail on every transition.", since: "0.5.7", compiledOnly: true }),
    ...inheritedRows,
    TCP_CHECK: blocks(tcpCheck, { doc: "Is up when it accepts a connection.", since: "0.5.3" }),
    HTTP_GET: blocks(httpGet, { doc: "Is up when its pages are as expected.", since: "0.5.3" }),
  },
});

export const virtualServer = defineBlock({
  keyword: "virtual_server",
  header: { service: serviceName },
  rows: {
    delay_loop: leaf(timer, { default: 60_000_000, doc: "Time between checks.", since: "0.5.3" }),
    lb_algo: leaf(scheduler, { default: "wlc", doc: "Scheduler.", since: "0.5.3", onChange: "live" }),
    lvs_sched: leaf(scheduler, {
      doc: "Another name of lb_algo.",
      since: "1.1.5",
      replacedBy: "lb_algo",
      synonym: true,
    }),
    lb_kind: leaf(forwarding, { default: "NAT", doc: "Forwarding method.", since: "0.5.3" }),
    lvs_method: leaf(forwarding, {
      doc: "Another name of lb_kind.",
      since: "1.1.5",
      replacedBy: "lb_kind",
      synonym: true,
    }),
    protocol: leaf(oneOfAnyCase("TCP", "UDP", "SCTP"), {
      doc: "Transport protocol of an address service; UDP when absent.",
      since: "0.5.3",
    }),
    ip_family: leaf(oneOf("inet", "inet6"), { doc: "Family of a fwmark service.", since: "1.2.20" }),
    ops: flag({ bare: true, doc: "Schedule each UDP packet by itself.", since: "1.2.8" }),
    persistence_timeout: leaf(persistenceTimeout, {
      doc: "Seconds that a client stays with its server.",
      since: "0.5.3",
    }),
    persistence_granularity: leaf(granularity, {
      doc: "Prefix of clients that count as one.",
      since: "0.5.7",
    }),
    persistence_engine: leaf(word, { doc: "Persistence engine.", since: "1.2.20" }),
    virtualhost: leaf(word, { doc: "Host to name in HTTP requests.", since: "0.5.8" }),
    alpha: flag({ bare: true, doc: "Servers are down until their first check succeeds.", since: "1.1.16" }),
    omega: flag({ bare: true, doc: "Run notify_down and quorum_down on stop.", since: "1.1.16" }),
    quorum: leaf(integer(1, 4_294_967_295), {
      default: 1,
      doc: "Weight of live servers needed.",
      since: "1.1.16",
    }),
    hysteresis: leaf(integer(0, 4_294_967_295), {
      default: 0,
      doc: "Weight around the quorum that changes nothing.",
      since: "1.1.16",
    }),
    quorum_up: leaf(scriptCommand, {
      doc: "Script to run when the quorum is gained.",
      since: "1.1.16",
      firstWins: true,
    }),
    quorum_down: leaf(scriptCommand, {
      doc: "Script to run when the quorum is lost.",
      since: "1.1.16",
      firstWins: true,
    }),
    sorry_server: leaf(serverAddress, { doc: "Server for when the quorum is lost.", since: "0.5.3" }),
    sorry_server_inhibit: flag({ bare: true, doc: "Keep it in the table at weight 0.", since: "1.2.13" }),
    sorry_server_lvs_method: leaf(forwarding, { doc: "Its forwarding method.", since: "1.3.6" }),
    inhibit_on_failure: flag({
      bare: true,
      doc: "Weight 0 instead of removal when checks fail.",
      since: "0.6.8",
    }),
    connect_timeout: leaf(timer, {
      default: 5_000_000,
      doc: "Time to connect, and to answer.",
      since: "0.5.3",
    }),
    retry: leaf(integer(0, 4_294_967_295), { doc: "Further tries before a server is down.", since: "1.1.8" }),
    delay_before_retry: leaf(timerOrZero, { doc: "Time between those tries.", since: "0.5.3" }),
    warmup: leaf(timerOrZero, { doc: "Longest random delay of the first check.", since: "1.2.13" }),
    weight: leaf(integer(1, 2_147_483_647), {
      default: 1,
      doc: "Weight of servers that name none.",
      since: "0.5.3",
    }),
    smtp_alert: flag({ doc: "Mail when the quorum changes.", since: "0.5.7", compiledOnly: true }),
    real_server: blocks(realServer, { doc: "A server of the pool.", since: "0.5.3" }),
  },
  identity: ({ service, protocol, ip_family }) => {
    if (service.type === "group") return `group:${service.group}`;
    if (service.type === "fwmark") return `fwmark:${service.fwmark}${ip_family === "inet6" ? ":inet6" : ""}`;
    const host = service.address.includes(":") ? `[${service.address}]` : service.address;
    return `${host}:${(protocol ?? "UDP").toLowerCase()}:${service.port}`;
  },
});

export type TcpCheck = BlockOf<typeof tcpCheck>;
export type HttpUrl = BlockOf<typeof httpUrl>;
export type HttpGet = BlockOf<typeof httpGet>;
export type RealServer = BlockOf<typeof realServer>;
export type VirtualServer = BlockOf<typeof virtualServer>;
