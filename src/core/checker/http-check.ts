import type { StatusRanges } from "../../config/config.ts";
import type { Digest } from "../../wire/block-digest.ts";
import { formatGetRequest, HttpResponseReader, hostOf } from "../../wire/http.ts";
import { Md5 } from "../../wire/md5.ts";
import { type Checker, CheckLoop, type CheckOptions } from "./check-loop.ts";
import type { CheckTarget, CheckTiming, CheckTls, HttpExpectation } from "./contract.ts";
import type { ConnectionFault, Passed, Probe, ProbeStep } from "./probe.ts";
import { RegexScan } from "./regex-scan.ts";

export interface HttpCheckOptions extends CheckOptions {
  /** The virtual server as logs name it: `[10.0.0.1]:tcp:80`. */
  readonly virtualServer: string;
  /** 1.0C: HTTP 1.0 that asks the server to close the connection, as 1.1 does. */
  readonly protocol: "1.0" | "1.0C" | "1.1";
  /** fast_recovery: a pass over all URLs that may bring the server up does not wait between them. */
  readonly fastRecovery?: boolean;
}

/** Codes that are good when status_code is absent. */
export const DEFAULT_STATUS: StatusRanges = [[200, 299]];

const WORDS: Record<ConnectionFault, string> = {
  "connect-failed": "Connection failed",
  "connect-timeout": "Timeout connecting",
  "handshake-failed": "SSL handshake/communication error connecting to",
  "read-timeout": "Timeout HTTP read",
  "read-error": "Read error with",
};

/** One answer: judged as it comes, kept never. */
class HttpExchange {
  /** Something has come, be it not yet an answer. */
  hasBegun = false;
  private readonly expected: HttpExpectation;
  private readonly digest: Digest | undefined;
  private readonly reader: HttpResponseReader;
  private readonly scan: RegexScan | undefined;

  constructor(expected: HttpExpectation) {
    this.expected = expected;
    this.digest = expected.digest === undefined ? undefined : new Md5();
    this.scan = expected.regex && new RegexScan(expected.regex);
    this.reader = new HttpResponseReader((bytes) => this.digest?.update(bytes));
  }

  /** False: no answer to wait for. */
  push(bytes: Uint8Array): boolean {
    this.hasBegun = true;
    if (this.scan) this.search(this.scan, bytes);
    else this.reader.push(bytes);
    return this.reader.state !== "malformed";
  }

  /** In the pieces that keepalived would read. */
  private search(scan: RegexScan, bytes: Uint8Array): void {
    for (let rest = bytes; rest.length > 0; ) {
      const piece = rest.subarray(0, scan.room);
      rest = rest.subarray(piece.length);
      const before = this.reader.bodyBytes;
      this.reader.push(piece);
      if (this.reader.state === "head") scan.hold(piece);
      else if (this.reader.bodyBytes > before) scan.look(piece);
      else scan.forget();
    }
  }

  get isAnswer(): boolean {
    return this.reader.status !== undefined;
  }

  /** What is wrong with the answer, now that the connection has ended; undefined: nothing. */
  fault(): string | undefined {
    const { status } = this.reader;
    if (status === undefined) return "Read, no data received from ";
    if (!this.expected.status.some(([from, to]) => status >= from && status <= to))
      return "HTTP status code error to";
    if (this.digest && this.digest.hex() !== this.expected.digest) return "MD5 digest error to";
    if (this.scan && this.scan.matched === this.expected.regex?.inverted) return "Regex match failed";
    return undefined;
  }

  /** Why the regular expression has not seen all; undefined: it has. */
  get problem(): string | undefined {
    return this.scan?.problem;
  }

  /** Content-Length and the bytes that came, where they differ. */
  mismatch(): { readonly announced: number; readonly received: number } | undefined {
    const { contentLength, bodyBytes } = this.reader;
    if (contentLength === undefined || contentLength === bodyBytes) return undefined;
    return { announced: contentLength, received: bodyBytes };
  }
}

/**
 * HTTP_GET and SSL_GET: one URL a try, in turn. A server that is up stays so while each URL answers; one that is down
 * comes up when all have answered one after the other, beginning with the first. As keepalived, the first success after
 * a failure only starts that pass.
 */
class HttpProbe implements Probe {
  readonly retriesAtFirst = false;
  readonly reportsFirstFailure = false;
  readonly groupsWhileDown = false;
  readonly success: string;
  private readonly target: CheckTarget;
  private readonly urls: readonly HttpExpectation[];
  private readonly options: HttpCheckOptions;
  private readonly retry: number;
  private index = 0;
  /** It failed while down: the next success leads back to the first URL. */
  private restart: boolean;
  /** Nothing has failed yet, and not all URLs have answered. */
  private isFirstPass: boolean;
  private mismatchSaid = false;
  private problemSaid: string | undefined;
  private exchange: HttpExchange | undefined;

  constructor(
    target: CheckTarget,
    retry: number,
    urls: readonly HttpExpectation[],
    options: HttpCheckOptions,
  ) {
    this.target = target;
    this.retry = retry;
    this.urls = urls;
    this.options = options;
    this.restart = !options.up && options.hasRun === true;
    this.isFirstPass = options.hasRun !== true;
    this.success = `Remote Web server ${options.service} succeed on service.`;
  }

  get tls(): CheckTls | undefined {
    return this.urls[this.index]?.tls;
  }

  connected(): ProbeStep {
    const url = this.urls[this.index];
    if (!url) return { type: "passed" };
    this.exchange = new HttpExchange(url);
    const { protocol } = this.options;
    const send = formatGetRequest({
      path: url.path,
      host: url.virtualhost ?? hostOf(this.target.address, this.target.port),
      version: protocol === "1.1" ? "1.1" : "1.0",
      connectionClose: protocol !== "1.0",
    });
    return { type: "more", send };
  }

  data(bytes: Uint8Array): ProbeStep {
    if (this.exchange?.push(bytes) !== false) return { type: "more" };
    return this.failedStep("Malformed response from");
  }

  ended(): ProbeStep {
    if (this.tls && !this.exchange?.isAnswer) return this.failedStep("SSL read error from");
    return this.judge();
  }

  fault(fault: ConnectionFault, error?: string): ProbeStep {
    // keepalived reads from TLS until it cannot, and judges what it has got.
    if (this.tls && fault === "read-error") return this.judge();
    if (fault === "read-timeout" && this.tls) return this.failedStep("Timeout SSL read");
    if (fault === "read-timeout" && !this.exchange?.hasBegun) return this.failedStep("Timeout WEB read");
    if (error === "ENETUNREACH") return this.failedStep("HTTP/SSL_CHECK - network unreachable");
    return this.failedStep(WORDS[fault]);
  }

  private judge(): ProbeStep {
    const fault = this.exchange?.fault();
    const logs = this.problemLog();
    return fault === undefined ? { type: "passed", logs } : { ...this.failedStep(fault), logs };
  }

  failure(_message: string, after: string): string {
    // keepalived begins as if all retries had been made.
    const retries = this.isFirstPass && this.retry > 0 ? ` after ${this.retry} retries` : after;
    return `${this.tls ? "SSL" : "HTTP"}_CHECK on service ${this.options.service} failed${retries}.`;
  }

  passed(up: boolean): Passed {
    const logs = [...this.mismatchLog(), ...(up ? [] : this.successLog())];
    this.exchange = undefined;
    this.index = this.restart ? 0 : this.index + 1;
    const complete = !this.restart && this.index >= this.urls.length;
    this.restart = false;
    if (complete) this.index = 0;
    const again = this.options.fastRecovery === true && !complete && (this.isFirstPass || !up);
    if (complete) this.isFirstPass = false;
    return { complete, logs, again };
  }

  failed(up: boolean): void {
    this.exchange = undefined;
    this.isFirstPass = false;
    // A success in a retry while up goes on with the next URL.
    this.restart = !up;
  }

  private failedStep(words: string): { readonly type: "failed"; readonly message: string } {
    return { type: "failed", message: `${words} server ${this.options.service}.` };
  }

  /** Said when it is another than in the check before. */
  private problemLog(): string[] {
    const problem = this.exchange?.problem;
    const isNews = problem !== undefined && problem !== this.problemSaid;
    this.problemSaid = problem;
    const { path } = this.urls[this.index] ?? { path: "" };
    return isNews ? [`Regex of ${this.options.service} url(${path}) did not see all: ${problem}`] : [];
  }

  private successLog(): string[] {
    const url = this.urls[this.index];
    if (!url) return [];
    const what = url.regex ? "Regex match" : url.digest === undefined ? "HTTP status code" : "MD5 digest";
    return [`${what} success to ${this.options.service} url(${url.path})`];
  }

  /** Said once: it makes no difference to the verdict, and would come with every check. */
  private mismatchLog(): string[] {
    const mismatch = this.mismatchSaid ? undefined : this.exchange?.mismatch();
    if (!mismatch) return [];
    this.mismatchSaid = true;
    const { service, virtualServer } = this.options;
    const path = this.urls[this.index]?.path ?? "";
    return [
      `http_check for RS ${service} VS ${virtualServer} url ${path}: content_length (${mismatch.announced}) does not match received bytes (${mismatch.received})`,
    ];
  }
}

/**
 * HTTP_GET and SSL_GET as a machine: `urls` in turn, one connection each. Without URLs whoever accepts the connection
 * is up.
 * A response ends with its connection, also when it says its length or its framing, as keepalived reads it.
 */
export function createHttpCheck(
  target: CheckTarget,
  timing: CheckTiming,
  urls: readonly HttpExpectation[],
  options: HttpCheckOptions,
): Checker {
  return new CheckLoop(new HttpProbe(target, timing.retry, urls, options), target, timing, options);
}
