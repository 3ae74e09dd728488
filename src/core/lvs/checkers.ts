import type {
  BfdCheck as BfdCheckBlock,
  DnsCheck,
  FileCheck as FileCheckBlock,
  HttpGet,
  HttpUrl,
  MiscCheck as MiscCheckBlock,
  PingCheck,
  RealServer,
  SmtpCheck,
  SslGet,
  TcpCheck,
  UdpCheck,
} from "../../config/config.ts";
import { BfdCheck } from "../checker/bfd-check.ts";
import type { Checker, CheckOptions } from "../checker/check-loop.ts";
import type { CheckTarget, CheckTiming, HttpExpectation } from "../checker/contract.ts";
import { createDnsCheck } from "../checker/dns-check.ts";
import { FileCheck } from "../checker/file-check.ts";
import { createHttpCheck, DEFAULT_STATUS } from "../checker/http-check.ts";
import { MiscCheck } from "../checker/misc-check.ts";
import type { PatternCompiler } from "../checker/pattern.ts";
import { createPingCheck } from "../checker/ping-check.ts";
import type { RegexExpectation } from "../checker/regex-scan.ts";
import { createSmtpCheck, DEFAULT_HELO } from "../checker/smtp-check.ts";
import { createTcpCheck } from "../checker/tcp-check.ts";
import { createUdpCheck } from "../checker/udp-check.ts";
import type { Observed } from "./observed.ts";

/** One checker of a real server, as configured. */
export type CheckerSpec =
  | { readonly kind: "TCP_CHECK"; readonly config: TcpCheck }
  | { readonly kind: "HTTP_GET"; readonly config: HttpGet }
  | { readonly kind: "SSL_GET"; readonly config: SslGet }
  | { readonly kind: "SMTP_CHECK"; readonly config: SmtpHost; readonly helo: string | undefined }
  | { readonly kind: "DNS_CHECK"; readonly config: DnsCheck }
  | { readonly kind: "UDP_CHECK"; readonly config: UdpCheck }
  | { readonly kind: "PING_CHECK"; readonly config: PingCheck }
  | { readonly kind: "MISC_CHECK"; readonly config: MiscCheckBlock }
  | FollowingSpec;

/** A checker that follows what others observe. */
type FollowingSpec =
  | { readonly kind: "FILE_CHECK"; readonly config: FileCheckBlock }
  | { readonly kind: "BFD_CHECK"; readonly config: BfdCheckBlock };

type Connecting = Exclude<CheckerSpec, FollowingSpec | { readonly kind: "MISC_CHECK" }>;

/** A connection of an SMTP_CHECK: the block itself, or one of its `host` blocks. */
type SmtpHost = SmtpCheck | SmtpCheck["host"][number];

/** What a checker is told by the server around it. */
export interface CheckerContext extends Omit<CheckOptions, "logAllFailures"> {
  readonly virtualServer: string;
  readonly patterns: PatternCompiler;
  readonly observed: Observed;
  /** What its predecessor said that the server weighs. */
  readonly weight?: number | undefined;
}

/** Port of a check whose server has none: that of a firewall mark, for one. */
const WEB_PORTS: Partial<Record<CheckerSpec["kind"], number>> = { HTTP_GET: 80, SSL_GET: 443 };

/** The checkers of a real server. An HTTP_GET or SSL_GET without URL is none, as keepalived ignores it. */
export function checkerSpecs(real: RealServer): CheckerSpec[] {
  const specs: CheckerSpec[] = [];
  for (const config of real.TCP_CHECK) specs.push({ kind: "TCP_CHECK", config });
  for (const config of real.HTTP_GET) if (config.url.length > 0) specs.push({ kind: "HTTP_GET", config });
  for (const config of real.SSL_GET) if (config.url.length > 0) specs.push({ kind: "SSL_GET", config });
  for (const block of real.SMTP_CHECK)
    for (const config of smtpHosts(block)) specs.push({ kind: "SMTP_CHECK", config, helo: block.helo_name });
  for (const config of real.DNS_CHECK) specs.push({ kind: "DNS_CHECK", config });
  for (const config of real.UDP_CHECK) specs.push({ kind: "UDP_CHECK", config });
  for (const config of real.PING_CHECK) specs.push({ kind: "PING_CHECK", config });
  for (const config of real.MISC_CHECK) specs.push({ kind: "MISC_CHECK", config });
  for (const config of real.FILE_CHECK) specs.push({ kind: "FILE_CHECK", config });
  for (const config of real.BFD_CHECK) specs.push({ kind: "BFD_CHECK", config });
  return specs;
}

/** Whether a checker observes nothing itself. */
export function isFollowing(spec: CheckerSpec): spec is FollowingSpec {
  return spec.kind === "FILE_CHECK" || spec.kind === "BFD_CHECK";
}

/** Whether it is of this kind and follows a file, or a session, of this name. */
export function follows(spec: CheckerSpec, kind: FollowingSpec["kind"], name: string): boolean {
  if (!isFollowing(spec) || spec.kind !== kind) return false;
  return name === (spec.kind === "FILE_CHECK" ? spec.config.track_file : spec.config.name);
}

/** What is assumed of a server that its checker has not checked. */
export function isAssumedUp({ config }: CheckerSpec): boolean {
  return !("alpha" in config && config.alpha);
}

/** Each host is a checker; the block itself is one when it says where to or how to connect, or has no host. */
function smtpHosts(block: SmtpCheck): readonly SmtpHost[] {
  const { connect_ip, connect_port, bindto, bind_port, bind_if, fwmark } = block;
  const options = [connect_ip, connect_port, bindto, bind_port, bind_if, fwmark, block.$.of.connect_timeout];
  const isOwn = block.host.length === 0 || options.some((option) => option !== undefined);
  return isOwn ? [block, ...block.host] : block.host;
}

/** A text that is equal for specs that check the same in the same way. */
export function fingerprint(spec: CheckerSpec): string {
  return JSON.stringify(spec, withoutOrigins);
}

/** Where a value was written makes it no other value. */
function withoutOrigins(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("$" in value)) return value;
  const { $: _origins, ...rest } = value;
  return rest;
}

/** Blocks of the same text are one object, and so are their times: tens of thousands of servers often have one block. */
const timings = new WeakMap<object, CheckTiming>();

function timingOf(config: Exclude<CheckerSpec, FollowingSpec>["config"]): CheckTiming {
  const known = timings.get(config);
  if (known !== undefined) return known;
  const timing: CheckTiming = {
    delayLoop: config.delay_loop,
    connectTimeout: "connect_timeout" in config ? config.connect_timeout : config.delay_loop,
    retry: config.retry,
    delayBeforeRetry: config.delay_before_retry ?? config.delay_loop,
    firstDelay: config.warmup ?? config.delay_loop,
  };
  timings.set(config, timing);
  return timing;
}

/** A checker of a real server as a machine. */
export function createChecker(spec: CheckerSpec, real: RealServer, context: CheckerContext): Checker {
  if (isFollowing(spec)) return createFollowing(spec, context);
  const { config } = spec;
  const timing = timingOf(spec.config);
  const options = { ...context, logAllFailures: config.log_all_failures };
  if (spec.kind === "MISC_CHECK") {
    const { misc_path, misc_timeout, misc_dynamic, user } = spec.config;
    const command = user === undefined ? misc_path : { ...misc_path, ...user };
    const timeout = misc_timeout ?? config.delay_loop;
    return new MiscCheck(timing, { ...options, command, timeout, dynamic: misc_dynamic });
  }
  return createConnecting(spec, targetOf(spec, real), timing, options);
}

function createFollowing(spec: FollowingSpec, { service, observed, ...state }: CheckerContext): Checker {
  if (spec.kind === "FILE_CHECK") {
    const { track_file: file, weight } = spec.config;
    const { weight: factor, reverse } = weight ?? { weight: 1, reverse: false };
    return new FileCheck({ service, file, weight: factor, reverse, value: observed.files.get(file) ?? 0 });
  }
  const { name: session } = spec.config;
  const known = observed.sessions.get(session);
  const { up, hasRun = false } = known === undefined ? state : { up: known, hasRun: true };
  return new BfdCheck({ service, session, up, hasRun });
}

function createConnecting(
  spec: Connecting,
  target: CheckTarget,
  timing: CheckTiming,
  options: CheckOptions & Pick<CheckerContext, "virtualServer" | "patterns">,
): Checker {
  switch (spec.kind) {
    case "TCP_CHECK":
      return createTcpCheck(target, timing, options);
    case "HTTP_GET":
    case "SSL_GET": {
      const { http_protocol: protocol, fast_recovery: fastRecovery } = spec.config;
      const version = protocol === "1.0c" ? "1.0C" : protocol;
      const more = { protocol: version, fastRecovery } as const;
      const urls = expectationsOf(spec, options.patterns);
      return createHttpCheck(target, timing, urls, { ...options, ...more });
    }
    case "SMTP_CHECK":
      return createSmtpCheck(target, timing, spec.helo ?? DEFAULT_HELO, options);
    case "DNS_CHECK":
      return createDnsCheck(target, timing, spec.config, options);
    case "UDP_CHECK": {
      const { payload, require_reply: reply, min_reply_length, max_reply_length } = spec.config;
      const lengths = { shortest: min_reply_length, longest: max_reply_length };
      const expected = {
        ...lengths,
        ...(payload !== undefined && { payload }),
        ...(reply !== undefined && { reply }),
      };
      return createUdpCheck(target, timing, expected, options);
    }
    case "PING_CHECK":
      return createPingCheck(target, timing, options);
  }
}

const TRANSPORTS: Record<Connecting["kind"], CheckTarget["transport"]> = {
  TCP_CHECK: "tcp",
  HTTP_GET: "tcp",
  SSL_GET: "tcp",
  SMTP_CHECK: "tcp",
  DNS_CHECK: "udp",
  UDP_CHECK: "udp",
  PING_CHECK: "icmp",
};

function targetOf({ kind, config }: Connecting, real: RealServer): CheckTarget {
  const port = config.connect_port ?? real.server.port;
  return {
    transport: TRANSPORTS[kind],
    address: config.connect_ip ?? real.server.address,
    port: port === 0 ? (WEB_PORTS[kind] ?? port) : port,
    ...(config.bindto !== undefined && { bindAddress: config.bindto }),
    ...(config.bind_port !== undefined && { bindPort: config.bind_port }),
    ...(config.bind_if !== undefined && { bindInterface: config.bind_if }),
    ...(config.fwmark !== undefined && { fwmark: config.fwmark }),
  };
}

function expectationsOf(
  spec: Extract<CheckerSpec, { kind: "HTTP_GET" | "SSL_GET" }>,
  patterns: PatternCompiler,
): HttpExpectation[] {
  if (spec.kind === "HTTP_GET")
    return spec.config.url.map((url) => expectationOf(url, spec.config.virtualhost, patterns));
  const { enable_sni, sni_name, tls_compliant, virtualhost, url } = spec.config;
  return url.map((one) => {
    const expectation = expectationOf(one, virtualhost, patterns);
    const serverName = enable_sni ? (sni_name ?? expectation.virtualhost) : undefined;
    const closeNotify = tls_compliant || one.tls_compliant;
    return { ...expectation, tls: { closeNotify, ...(serverName !== undefined && { serverName }) } };
  });
}

function expectationOf(
  url: HttpUrl,
  virtualhost: string | undefined,
  patterns: PatternCompiler,
): HttpExpectation {
  const host = url.virtualhost ?? virtualhost;
  const regex = regexOf(url, patterns);
  return {
    path: url.path,
    status: url.status_code && url.status_code.length > 0 ? url.status_code : DEFAULT_STATUS,
    ...(host !== undefined && { virtualhost: host }),
    ...(url.digest !== undefined && { digest: url.digest.toLowerCase() }),
    ...(regex !== undefined && { regex }),
  };
}

function regexOf(url: HttpUrl, patterns: PatternCompiler): RegexExpectation | undefined {
  if (url.regex === undefined) return undefined;
  const { regex: source, regex_options: options = [], regex_stack: stack } = url;
  const pattern = patterns({ source, options, stack });
  const { regex_no_match: inverted, regex_min_offset: earliest, regex_max_offset: latest } = url;
  return pattern && { pattern, inverted, earliest, latest };
}
