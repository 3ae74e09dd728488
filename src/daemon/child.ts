/**
 * The program of every process below the parent: `child.js vrrp`, `child.js checkers`, `child.js scripts`. Loads only
 * what its role needs, and never the compiler. Its configuration comes over the IPC channel, so no argument, no
 * environment variable and no process title holds anything of it.
 */
import { setFlagsFromString } from "node:v8";
import { EXIT } from "./exit-status.ts";

/** Signals that are the parent's business: a terminal sends them to the whole process group. */
for (const signal of ["SIGHUP", "SIGINT", "SIGUSR1", "SIGUSR2"] as const) process.on(signal, () => {});

const role = process.argv[2];
if (process.send === undefined) {
  process.stderr.write("holdfast: this program is started by holdfast run\n");
  process.exitCode = EXIT.failure;
} else if (role === "scripts") {
  // Signalled with the rest of its group, it still ends after the child it serves.
  process.on("SIGTERM", () => {});
  const { runScripts } = await import("./scripts/runner-process.ts");
  runScripts();
} else if (role === "vrrp" || role === "checkers") {
  // V8 forgets the code of what has not run for a while: the way to master, for one, which then comes late.
  if (role === "vrrp") setFlagsFromString("--no-flush-bytecode");
  const { runChild } = await import("./child-process.ts");
  await runChild(role);
}
