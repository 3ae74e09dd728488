import type { ConnectionFault, Passed, Probe, ProbeStep } from "./probe.ts";

/** A probe whose every try is whole: what one exchange says is the verdict, and nothing is kept for the next. */
export abstract class SingleExchange implements Probe {
  readonly retriesAtFirst: boolean = false;
  readonly reportsFirstFailure: boolean = true;
  readonly groupsWhileDown: boolean = false;
  abstract readonly success: string | undefined;

  abstract connected(): ProbeStep;
  abstract fault(fault: ConnectionFault, error?: string): ProbeStep;
  abstract failure(message: string, after: string): string;

  data(_bytes: Uint8Array): ProbeStep {
    return { type: "more" };
  }

  ended(): ProbeStep {
    return { type: "more" };
  }

  passed(): Passed {
    return { complete: true, logs: [] };
  }

  failed(): void {}
}
