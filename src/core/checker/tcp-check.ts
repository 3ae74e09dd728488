import { type Checker, CheckLoop, type CheckOptions } from "./check-loop.ts";
import type { CheckTarget, CheckTiming } from "./contract.ts";
import type { ConnectionFault, Probe, ProbeStep } from "./probe.ts";

/** TCP_CHECK: whoever accepts the connection is up. */
class TcpProbe implements Probe {
  readonly name = "TCP_CHECK";
  readonly retriesAtFirst = false;
  readonly reportsFirstFailure = true;
  readonly groupsWhileDown = true;
  readonly success: string;
  private readonly service: string;

  constructor(service: string) {
    this.service = service;
    this.success = `TCP connection to ${service} success.`;
  }

  connected(): ProbeStep {
    return { type: "passed" };
  }

  data(): ProbeStep {
    return { type: "more" };
  }

  ended(): ProbeStep {
    return { type: "more" };
  }

  describe(fault: ConnectionFault): string {
    return `TCP connection to ${this.service} ${fault === "connect-timeout" ? "timeout" : "failed"}.`;
  }

  passed(): { readonly complete: boolean; readonly logs: readonly string[] } {
    return { complete: true, logs: [] };
  }

  failed(): void {}
}

export function createTcpCheck(target: CheckTarget, timing: CheckTiming, options: CheckOptions): Checker {
  return new CheckLoop(new TcpProbe(options.service), target, timing, options);
}
