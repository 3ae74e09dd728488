import { familyOf } from "../../values/ip.ts";
import { decodeEchoReply, encodeEchoRequest } from "../../wire/icmp.ts";
import { type Checker, CheckLoop, type CheckOptions } from "./check-loop.ts";
import type { CheckTarget, CheckTiming } from "./contract.ts";
import type { ConnectionFault, ProbeStep } from "./probe.ts";
import { SingleExchange } from "./single-exchange.ts";

const PAYLOAD = new TextEncoder().encode("holdfast check of a host");

/** PING_CHECK: a host that answers an ICMP echo request is up. */
class PingProbe extends SingleExchange {
  readonly blamesServer = true;
  readonly success: string;
  private readonly service: string;
  private readonly family: 4 | 6;
  private readonly identifier: number;
  private sequence = 0;

  constructor(service: string, target: CheckTarget, random: () => number) {
    super();
    this.service = service;
    this.family = familyOf(target.address);
    // Every check of this machine hears every reply: they are told apart by it.
    this.identifier = Math.floor(random() * 0x10000);
    this.success = `ICMP connection to ${service} success.`;
  }

  connected(): ProbeStep {
    this.sequence = (this.sequence + 1) & 0xffff;
    const { family, identifier, sequence } = this;
    return { type: "more", send: encodeEchoRequest(family, { identifier, sequence }, PAYLOAD) };
  }

  override data(bytes: Uint8Array): ProbeStep {
    const reply = decodeEchoReply(this.family, bytes);
    const isOurs = reply?.identifier === this.identifier && reply.sequence === this.sequence;
    return { type: isOurs ? "passed" : "more" };
  }

  fault(fault: ConnectionFault): ProbeStep {
    const how = fault === "read-timeout" ? "timeout" : "failed";
    return { type: "failed", message: `ICMP connection to address ${this.service} ${how}.` };
  }

  failure(_message: string, after: string): string {
    return `ICMP CHECK on service ${this.service} failed${after}.`;
  }
}

/** A checker that sends one echo request a try. */
export function createPingCheck(target: CheckTarget, timing: CheckTiming, options: CheckOptions): Checker {
  return new CheckLoop(new PingProbe(options.service, target, options.random), target, timing, options);
}
