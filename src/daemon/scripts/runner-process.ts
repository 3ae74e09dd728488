import type { FromRunner, ToRunner } from "./messages.ts";
import { ScriptQueues } from "./runner.ts";

/** The process that runs scripts for one child, for as long as that child lives. */
export function runScripts(): void {
  process.title = "holdfast_scripts";
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
