import { type Checker, CheckLoop, type CheckOptions } from "./check-loop.ts";
import type { CheckTarget, CheckTiming } from "./contract.ts";
import type { ConnectionFault, ProbeStep } from "./probe.ts";
import { SingleExchange } from "./single-exchange.ts";

const PASSED: ProbeStep = { type: "passed" };

/** TCP_CHECK: whoever accepts the connection is up. */
class TcpProbe extends SingleExchange {
  override readonly groupsWhileDown = true;
  private readonly service: string;

  constructor(service: string) {
    super();
    this.service = service;
  }

  get success(): string {
    return `TCP connection to ${this.service} success.`;
  }

  connected(): ProbeStep {
    return PASSED;
  }

  fault(fault: ConnectionFault): ProbeStep {
    const how = fault === "connect-timeout" ? "timeout" : "failed";
    return { type: "failed", message: `TCP connection to ${this.service} ${how}.` };
  }

  failure(_message: string, after: string): string {
    return `TCP_CHECK on service ${this.service} failed${after}.`;
  }
}

export function createTcpCheck(target: CheckTarget, timing: CheckTiming, options: CheckOptions): Checker {
  return new CheckLoop(new TcpProbe(options.service), target, timing, options);
}
