import { readdirSync } from "node:fs";
import { closeOnExec } from "../../../native/process.ts";
import { forgetCoreDumps } from "../core-dumps.ts";
import type { FromRunner, ToRunner } from "./messages.ts";
import { ScriptQueues } from "./runner.ts";

/** The process that runs scripts for one child, for as long as that child lives. */
export function runScripts(): void {
  process.title = "holdfast_scripts";
  keepInherited();
  forgetCoreDumps();
  const report = (message: FromRunner) => {
    // A child that ends first hears nothing any more, which is no error.
    if (process.connected) process.send?.(message, undefined, undefined, () => {});
  };
  const queues = new ScriptQueues(report);
  process.on("message", (message: ToRunner) => {
    switch (message.type) {
      case "policy":
        queues.setPolicy(message.policy);
        break;
      case "run":
        queues.run(message.id, message.request);
        break;
      case "cancel":
        queues.cancel(message.key);
        break;
    }
  });
  process.once("disconnect", () => {
    queues.abandon();
    process.exit(0);
  });
}

/**
 * What this process was started with, beside its standard streams, is nothing for scripts: descriptors that the daemon
 * was given, and files that libraries of Node read in threads of their own at the moment of a start
 * (NODE_EXTRA_CA_CERTS). What is opened from here on is closed on exec as it is.
 */
function keepInherited(): void {
  const descriptors = readdirSync("/proc/self/fd").map(Number);
  // The one of the listing itself is closed already.
  for (const descriptor of descriptors) if (descriptor > 2) closeOnExec(descriptor);
}
