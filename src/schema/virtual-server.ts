import {
  bfdCheck,
  dnsCheck,
  fileCheck,
  miscCheck,
  pingCheck,
  smtpCheck,
  tcpCheck,
  udpCheck,
} from "./checkers.ts";
import { connectTimeout, inheritedRows, timer, timerOrZero } from "./checkers-common.ts";
import { httpGet, sslGet } from "./checkers-http.ts";
import { integer, oneOf, oneOfAnyCase, word } from "./kinds.ts";
import { forwarding } from "./kinds-forwarding.ts";
import { wanted } from "./kinds-options.ts";
import { scriptCommand } from "./kinds-script.ts";
import { granularity, persistenceTimeout, scheduler, serverAddress, serviceName } from "./kinds-server.ts";
import { type BlockOf, blocks, defineBlock, flag, leaf } from "./row.ts";

const weight = integer(0, 2_147_483_647);

/** A checker may do without a further try; services and servers cannot say so. */
const serverRetry = integer(1, 4_294_967_295);

const CHECKED = "Is up when ";

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
    virtualhost: leaf(wanted(word), {
      countsRepeats: true,
      inherits: "^",
      doc: "Host to name in HTTP requests.",
      since: "0.5.8",
    }),
    smtp_alert: flag({ doc: "Mail on every transition.", since: "0.5.7" }),
    ...inheritedRows,
    retry: leaf(serverRetry, {
      inherits: "^",
      doc: "Further tries before a server is down.",
      since: "1.1.8",
    }),
    snmp_name: leaf(word, { doc: "Name in answers to SNMP.", since: "2.2.3", compiledOnly: true }),
    TCP_CHECK: blocks(tcpCheck, { doc: `${CHECKED}it accepts a connection.`, since: "0.5.3" }),
    HTTP_GET: blocks(httpGet, { doc: `${CHECKED}its pages are as expected.`, since: "0.5.3" }),
    SSL_GET: blocks(sslGet, {
      doc: `${CHECKED}its pages over TLS are as expected.`,
      since: "0.5.3",
    }),
    SMTP_CHECK: blocks(smtpCheck, {
      doc: `${CHECKED}it greets and answers HELO.`,
      since: "1.1.8",
    }),
    DNS_CHECK: blocks(dnsCheck, {
      doc: `${CHECKED}it answers a DNS query.`,
      since: "1.3.0",
    }),
    UDP_CHECK: blocks(udpCheck, {
      doc: `${CHECKED}a datagram is not refused, or answered as wanted.`,
      since: "2.1.0",
    }),
    PING_CHECK: blocks(pingCheck, {
      doc: `${CHECKED}it answers an ICMP echo request.`,
      since: "2.1.0",
    }),
    MISC_CHECK: blocks(miscCheck, {
      doc: `${CHECKED}a program says so.`,
      since: "0.5.3",
    }),
    FILE_CHECK: blocks(fileCheck, {
      doc: `${CHECKED}the weight from a track file leaves it up.`,
      since: "2.1.0",
    }),
    BFD_CHECK: blocks(bfdCheck, {
      doc: `${CHECKED}its BFD session is up.`,
      since: "2.0.0",
      compiledOnly: true,
    }),
  },
});

/** Flags of schedulers, by number and by the name of what they mean. */
const schedulerFlagRows = {
  hashed: flag({ bare: true, doc: "Hash the service, as the kernel always does.", since: "1.3.0" }),
  "flag-1": flag({ bare: true, doc: "First flag of the scheduler.", since: "1.3.0" }),
  "flag-2": flag({ bare: true, doc: "Second flag of the scheduler.", since: "1.3.0" }),
  "flag-3": flag({ bare: true, doc: "Third flag of the scheduler.", since: "1.3.0" }),
  "sh-fallback": flag({
    bare: true,
    doc: "With sh: another server instead of one of weight 0.",
    since: "1.3.0",
  }),
  "sh-port": flag({ bare: true, doc: "With sh: the source port counts, too.", since: "1.3.0" }),
  "mh-fallback": flag({
    bare: true,
    doc: "With mh: another server instead of one of weight 0.",
    since: "2.0.20",
  }),
  "mh-port": flag({ bare: true, doc: "With mh: the source port counts, too.", since: "2.0.20" }),
};

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
    lb_kind: leaf(forwarding, { default: { method: "NAT" }, doc: "Forwarding method.", since: "0.5.3" }),
    lvs_method: leaf(forwarding, {
      doc: "Another name of lb_kind.",
      since: "1.1.5",
      replacedBy: "lb_kind",
      synonym: true,
    }),
    ...schedulerFlagRows,
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
    virtualhost: leaf(wanted(word), {
      countsRepeats: true,
      doc: "Host to name in HTTP requests.",
      since: "0.5.8",
    }),
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
    connect_timeout: leaf(connectTimeout, {
      default: 5_000_000,
      doc: "Time to connect, and to answer.",
      since: "0.5.3",
    }),
    retry: leaf(serverRetry, { doc: "Further tries before a server is down.", since: "1.1.8" }),
    delay_before_retry: leaf(timerOrZero, { doc: "Time between those tries.", since: "0.5.3" }),
    warmup: leaf(timerOrZero, { doc: "Longest random delay of the first check.", since: "1.2.13" }),
    weight: leaf(integer(1, 2_147_483_647), {
      default: 1,
      doc: "Weight of servers that name none.",
      since: "0.5.3",
    }),
    ha_suspend: flag({
      bare: true,
      doc: "No checks while no interface has the address of the service.",
      since: "1.0.0",
    }),
    snmp_name: leaf(word, { doc: "Name in answers to SNMP.", since: "2.2.3", compiledOnly: true }),
    smtp_alert: flag({ doc: "Mail when the quorum changes.", since: "0.5.7" }),
    real_server: blocks(realServer, { doc: "A server of the pool.", since: "0.5.3" }),
  },
  identity: ({ service, protocol, ip_family }) => {
    // One of each protocol may serve a group; a group of marks only has none.
    if (service.type === "group")
      return `group:${service.group}${protocol === undefined ? "" : `:${protocol.toLowerCase()}`}`;
    if (service.type === "fwmark") return `fwmark:${service.fwmark}${ip_family === "inet6" ? ":inet6" : ""}`;
    const host = service.address.includes(":") ? `[${service.address}]` : service.address;
    return `${host}:${(protocol ?? "UDP").toLowerCase()}:${service.port}`;
  },
});

export type RealServer = BlockOf<typeof realServer>;
export type VirtualServer = BlockOf<typeof virtualServer>;
