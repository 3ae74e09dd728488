import { type Checker, CheckLoop, type CheckOptions } from "./check-loop.ts";
import type { CheckTarget, CheckTiming } from "./contract.ts";
import type { ConnectionFault, ProbeStep } from "./probe.ts";
import { SingleExchange } from "./single-exchange.ts";

export interface UdpExpectation {
  /** Hexadecimal; a text that says who asks when absent. */
  readonly payload?: string;
  /** Only an answer is good. "" for any; otherwise its first bytes in hexadecimal, `x` for any digit. */
  readonly reply?: string;
  /** Bytes of an answer whose content is looked at; any other answer may have any length. */
  readonly shortest: number;
  readonly longest: number;
}

const DEFAULT_PAYLOAD = new TextEncoder().encode("holdfast check of a UDP service.");

/** The bytes of a text of hexadecimal digits. */
function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/**
 * UDP_CHECK: whoever does not refuse a datagram is up, after connect_timeout at the latest; with require_reply only who
 * answers it. As keepalived, an answer shorter than what is expected is compared as far as it goes.
 */
class UdpProbe extends SingleExchange {
  readonly blamesServer = true;
  readonly success: string;
  private readonly service: string;
  private readonly expected: UdpExpectation;
  private readonly payload: Uint8Array;

  constructor(service: string, expected: UdpExpectation) {
    super();
    this.service = service;
    this.expected = expected;
    this.payload = expected.payload === undefined ? DEFAULT_PAYLOAD : bytesOf(expected.payload);
    this.success = `UDP connection to ${service} success.`;
  }

  connected(): ProbeStep {
    return { type: "more", send: this.payload };
  }

  override data(bytes: Uint8Array): ProbeStep {
    if (!this.expected.reply || this.matches(bytes, this.expected.reply)) return { type: "passed" };
    return { type: "failed", message: `UDP check to ${this.service} reply data mismatch.` };
  }

  fault(fault: ConnectionFault): ProbeStep {
    if (fault === "read-timeout" && this.expected.reply === undefined) return { type: "passed" };
    return { type: "failed", message: `UDP connection to ${this.service} failed.` };
  }

  failure(_message: string, after: string): string {
    return `UDP_CHECK on service ${this.service} failed${after}.`;
  }

  private matches(bytes: Uint8Array, reply: string): boolean {
    const { shortest, longest } = this.expected;
    if (bytes.length < shortest || bytes.length > longest) return false;
    const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    for (let i = 0; i < reply.length && i < digits.length; i++) {
      if (reply[i] !== "x" && reply[i] !== digits[i]) return false;
    }
    return true;
  }
}

/** A checker that sends one UDP datagram a try. */
export function createUdpCheck(
  target: CheckTarget,
  timing: CheckTiming,
  expected: UdpExpectation,
  options: CheckOptions,
): Checker {
  return new CheckLoop(new UdpProbe(options.service, expected), target, timing, options);
}
