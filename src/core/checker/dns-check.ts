import { DNS_TYPES, decodeDnsResponse, encodeDnsQuery } from "../../wire/dns.ts";
import { describeErrno } from "../../wire/errno.ts";
import { type Checker, CheckLoop, type CheckOptions } from "./check-loop.ts";
import type { CheckTarget, CheckTiming } from "./contract.ts";
import type { ConnectionFault, ProbeStep } from "./probe.ts";
import { SingleExchange } from "./single-exchange.ts";

export interface DnsQuestion {
  readonly type: keyof typeof DNS_TYPES;
  readonly name: string;
}

const WORDS: Record<ConnectionFault, string> = {
  "connect-failed": "cannot connect",
  "connect-timeout": "connection timeout",
  "handshake-failed": "cannot connect",
  "read-timeout": "read timeout from socket",
  "read-error": "failed to read socket",
};

/** DNS_CHECK: a server that answers a query without an error code is up, whatever it answers. */
class DnsProbe extends SingleExchange {
  readonly success = undefined;
  private readonly service: string;
  private readonly question: DnsQuestion;
  private readonly random: () => number;
  private identifier = 0;

  constructor(service: string, question: DnsQuestion, random: () => number) {
    super();
    this.service = service;
    this.question = question;
    this.random = random;
  }

  connected(): ProbeStep {
    // Not to be guessed by somebody who cannot see the query (RFC 5452 §4.3).
    this.identifier = Math.floor(this.random() * 0x10000);
    const { name, type } = this.question;
    const query = { identifier: this.identifier, name, type: DNS_TYPES[type] };
    return { type: "more", send: encodeDnsQuery(query) };
  }

  override data(bytes: Uint8Array): ProbeStep {
    const response = decodeDnsResponse(bytes);
    // Somebody else's answer, or none: the right one may still come.
    if (response?.identifier !== this.identifier) return { type: "more" };
    if (response.rcode === 0) return { type: "passed" };
    return this.failing(`read error occurred. (rcode = ${response.rcode})`);
  }

  fault(fault: ConnectionFault, error?: string): ProbeStep {
    const why = fault === "read-error" && error !== undefined ? `; ${describeErrno(error)}` : "";
    return this.failing(WORDS[fault] + why);
  }

  failure(message: string, after: string): string {
    return `${message}${after}`;
  }

  private failing(words: string): ProbeStep {
    return { type: "failed", message: `DNS_CHECK (${this.service}) ${words}` };
  }
}

/** A checker that asks one question a try, over UDP. */
export function createDnsCheck(
  target: CheckTarget,
  timing: CheckTiming,
  question: DnsQuestion,
  options: CheckOptions,
): Checker {
  return new CheckLoop(new DnsProbe(options.service, question, options.random), target, timing, options);
}
