import { type Check, originOfKeyword } from "../open.ts";
import { Weights } from "./weights.ts";

/** `nopreempt-with-weights`: with nopreempt a weight cannot make this router take over from a living master. */
export const nopreemptWithWeights: Check = (config, report) => {
  const weights = new Weights(config);
  for (const instance of config.vrrp_instance) {
    if (!instance.nopreempt) continue;
    const [first] = weights.on(instance);
    if (!first) continue;
    report(
      {
        code: "nopreempt-with-weights",
        severity: "warning",
        summary: `with nopreempt ${instance.name} does not take over from a master whose weights lower its priority`,
        detail: `A backup with nopreempt leaves a living master alone, however low the master's priority falls; weights then count only between routers without nopreempt. Track without weight, so that a failure is a fault and the master steps down, or remove nopreempt here if this router is to take over.`,
      },
      originOfKeyword(instance, "nopreempt"),
      [{ origin: first.origin, message: `the weight of ${first.what}` }],
    );
  }
};
