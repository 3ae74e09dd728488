import type {
  BfdCheck,
  DnsCheck,
  FileCheck,
  MiscCheck,
  PingCheck,
  SmtpCheck,
  UdpCheck,
} from "../../schema/checkers.ts";
import { SECOND } from "../../values/time.ts";
import type { HttpGet, HttpUrl, RealServer, SslGet, TcpCheck, VirtualServer } from "../config.ts";
import {
  deeper,
  each,
  items,
  type Layout,
  line,
  linesOf,
  owner,
  quoted,
  type Scope,
  value,
  when,
} from "./layout.ts";
import { decimals, endpoint, upperOnOff, weightText, yesNo } from "./numbers.ts";
import { realServerName, virtualServerName } from "./servers.ts";

/** A checker where it stands. */
interface Placed<C> {
  readonly check: C;
  readonly virtual: VirtualServer;
  readonly real: RealServer;
}

/** What all checkers with a timer of their own have. */
type Scheduled = Pick<
  TcpCheck,
  "alpha" | "delay_loop" | "warmup" | "retry" | "delay_before_retry" | "log_all_failures" | "$"
>;

const named = <C>(): Layout<Placed<C>> => [
  line(({ virtual, real }) => `${virtualServerName(virtual)} -> ${realServerName(virtual, real)}`),
];

/** Unsigned 64 and 32 bits of -1: what keepalived prints of times and counts that a checker does not have. */
const NO_TIME = "18446744073709551615 us";
const NO_COUNT = 4_294_967_295;

function schedule<C extends Scheduled>(defaultDelay: number): Layout<Placed<C>> {
  return [
    value("Alpha", ({ check }) => yesNo(check.alpha)),
    value("Delay loop", ({ check }) => `${check.delay_loop} us`),
    value("Warmup", ({ check }) => `${check.warmup ?? check.delay_loop} us`),
    value("Retries", ({ check }) => check.retry),
    value("Delay before retry", ({ check }) =>
      check.retry === 0 ? undefined : `${check.delay_before_retry ?? check.delay_loop} us`,
    ),
    value("Default delay before retry", () => `${defaultDelay} us`),
    value("Log all failures", ({ check }) =>
      yesNo(check.$.of.log_all_failures !== undefined && check.log_all_failures),
    ),
  ];
}

const connection: Layout<Placed<TcpCheck>> = [
  (placed, scope) => ["Connection", ...linesOf([deeper(2, connectionLines)], placed, scope)],
];
const connectionLines: Layout<Placed<TcpCheck>> = [
  value("Dest", ({ check, virtual, real }) => {
    // The port of a real server behind a firewall mark does not count.
    const port = virtual.service.type === "fwmark" ? 0 : real.server.port;
    return endpoint(check.connect_ip ?? real.server.address, check.connect_port ?? port);
  }),
  value("Bind to", ({ check }) => check.bindto && endpoint(check.bindto, check.bind_port ?? 0)),
  value("Bind i/f", ({ check }) => check.bind_if),
  value("Mark", ({ check }) => check.fwmark),
  value("Timeout", ({ check }) => decimals(check.connect_timeout)),
];

function method<C>(name: string): Layout<Placed<C>> {
  return [value("Keepalive method", () => name)];
}

const setUnset = (label: string, on: boolean): string => `${label} ${on ? "set" : "unset"}`;

const urlLayout: Layout<HttpUrl & { readonly tls_compliant?: boolean }> = [
  value("Checked url", (url) => url.path),
  deeper(2, [
    value("digest", (url) => url.digest),
    line((url) => setUnset("tls_compliant", url.tls_compliant === true)),
    items("HTTP Status Code(s)", (url) =>
      (url.status_code ?? [[200, 299]]).map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)),
    ),
    value("Virtual host", (url) => url.virtualhost),
    value("Regex", (url) => url.regex && `"${url.regex}"`),
    when((url) => url.regex !== undefined && url.regex_no_match, "Regex no match"),
    line(({ regex_min_offset: min, regex_max_offset: max }) =>
      min === 0 && max === undefined ? undefined : `Regex min offset = ${min}, max_offset = ${max ?? 0}`,
    ),
    line((url) => url.regex && ["Regex options:", ...(url.regex_options ?? [])].join(" ")),
  ]),
];

function web<C extends HttpGet | SslGet>(name: string): Layout<Placed<C>> {
  return [
    value("Keepalive method", ({ check }) => `${name}, http protocol ${check.http_protocol}`),
    value("Virtualhost", ({ check }) =>
      check.$.of.virtualhost === undefined ? undefined : check.virtualhost,
    ),
    line(({ check }) => setUnset("Enable SNI", check.enable_sni)),
    line(({ check }) => setUnset("Fast recovery", check.fast_recovery)),
    line(({ check }) =>
      "tls_compliant" in check ? setUnset("tls_compliant", check.tls_compliant) : undefined,
    ),
    each(({ check }) => check.url, urlLayout),
  ];
}

const tcp: Layout<Placed<TcpCheck>> = [...schedule(SECOND), ...connection, ...method("TCP_CHECK")];
const ping: Layout<Placed<PingCheck>> = [...schedule(SECOND), ...connection, ...method("PING_CHECK")];
const WEB_DELAY = 3 * SECOND;
const http: Layout<Placed<HttpGet>> = [...schedule(WEB_DELAY), ...connection, ...web<HttpGet>("HTTP_GET")];
const ssl: Layout<Placed<SslGet>> = [...schedule(WEB_DELAY), ...connection, ...web<SslGet>("SSL_GET")];

const smtp: Layout<Placed<SmtpCheck>> = [
  ...schedule(SECOND),
  ...connection,
  ...method("SMTP_CHECK"),
  value("helo", ({ check }) => check.helo_name ?? "smtpchecker.keepalived.org"),
];

const dns: Layout<Placed<DnsCheck>> = [
  ...schedule(0),
  ...connection,
  ...method("DNS_CHECK"),
  value("Type", ({ check }) => check.type),
  value("Name", ({ check }) => check.name),
];

const bytesOf = (hexadecimal: string): number => hexadecimal.length / 2;

const udp: Layout<Placed<UdpCheck>> = [
  ...schedule(SECOND),
  ...connection,
  ...method("UDP_CHECK"),
  line(({ check: { payload } }) =>
    payload === undefined ? "Payload specified = no" : `Payload len = ${bytesOf(payload)}`,
  ),
  value("Require reply", ({ check }) => yesNo(check.require_reply !== undefined)),
  (placed, scope) =>
    placed.check.require_reply === undefined ? [] : linesOf([deeper(2, replyLines)], placed, scope),
];
const replyLines: Layout<Placed<UdpCheck>> = [
  value("Min reply length", ({ check }) => check.min_reply_length),
  value("Max reply length", ({ check }) => check.max_reply_length),
  value("Reply data len", ({ check }) => bytesOf(check.require_reply ?? "")),
  value("Reply data mask", ({ check }) =>
    check.require_reply ? yesNo(check.require_reply.includes("x")) : undefined,
  ),
];

const misc: Layout<Placed<MiscCheck>> = [
  ...schedule(SECOND),
  ...method("MISC_CHECK"),
  value("script", ({ check }) => quoted(check.misc_path.argv)),
  value("timeout", ({ check }) =>
    check.$.of.misc_timeout === undefined ? 0 : (check.misc_timeout ?? 0) / SECOND,
  ),
  value("dynamic", ({ check }) => yesNo(check.misc_dynamic).toUpperCase()),
  value("uid:gid", ({ check }, scope) =>
    owner(scope, check.user?.user ?? check.misc_path.user, check.user?.group ?? check.misc_path.group),
  ),
];

const bfd: Layout<Placed<BfdCheck>> = [
  value("Alpha", ({ check }) => yesNo(check.alpha)),
  value("Delay loop", () => NO_TIME),
  value("Warmup", () => NO_TIME),
  value("Retries", () => NO_COUNT),
  value("Delay before retry", () => NO_TIME),
  value("Default delay before retry", () => `${SECOND} us`),
  value("Log all failures", () => "no"),
  ...method("BFD_CHECK"),
  value("Name", ({ check }) => check.name),
  line(({ check }) => `Alpha is ${upperOnOff(check.alpha)}`),
];

const file: Layout<Placed<FileCheck>> = [
  value("Log all failures", () => "no"),
  ...method("FILE_CHECK"),
  deeper(2, [value("Tracked file", ({ check }) => check.track_file)]),
];

/** The checkers of one sort, each with the place it stands at. */
type Sort = (
  real: RealServer,
  virtual: VirtualServer,
  scope: Scope,
) => readonly (readonly [number, string[]])[];

function sort<C extends { readonly $: { readonly at: number } }>(
  of: (real: RealServer) => readonly C[],
  layout: Layout<Placed<C>>,
): Sort {
  const whole: Layout<Placed<C>> = [...named<C>(), deeper(2, layout)];
  return (real, virtual, scope) =>
    of(real).map((check) => [check.$.at, linesOf(whole, { check, virtual, real }, scope)] as const);
}

const SORTS: readonly Sort[] = [
  sort((real) => real.TCP_CHECK, tcp),
  sort((real) => real.HTTP_GET, http),
  sort((real) => real.SSL_GET, ssl),
  sort((real) => real.SMTP_CHECK, smtp),
  sort((real) => real.DNS_CHECK, dns),
  sort((real) => real.UDP_CHECK, udp),
  sort((real) => real.PING_CHECK, ping),
  sort((real) => real.MISC_CHECK, misc),
  sort((real) => real.BFD_CHECK, bfd),
];
const FILES = sort((real) => real.FILE_CHECK, file);

/** All checkers: as they were written, those of files behind the others. */
export function checkerLines(scope: Scope): string[] {
  const servers = scope.config.virtual_server.flatMap((virtual) =>
    virtual.real_server.map((real) => ({ virtual, real })),
  );
  const timed = servers.flatMap(({ virtual, real }) =>
    SORTS.flatMap((one) => one(real, virtual, scope))
      .toSorted(([a], [b]) => a - b)
      .flatMap(([, lines]) => lines),
  );
  const ofFiles = servers.flatMap(({ virtual, real }) =>
    FILES(real, virtual, scope).flatMap(([, lines]) => lines),
  );
  return [...timed, ...ofFiles];
}

/** Files that real servers track, for `name` only: `VS -> RS, weight N`. */
export function fileTrackers(name: string, { config }: Scope): string[] {
  const own = config.track_file.find((one) => one.name === name)?.weight ?? { weight: 1, reverse: false };
  return config.virtual_server.flatMap((virtual) =>
    virtual.real_server.flatMap((real) =>
      real.FILE_CHECK.filter((check) => check.track_file === name).map(
        (check) =>
          `${virtualServerName(virtual)} -> ${realServerName(virtual, real)}, weight ${weightText(check.weight ?? own)}`,
      ),
    ),
  );
}
