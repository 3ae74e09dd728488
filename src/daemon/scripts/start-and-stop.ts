import type { GlobalDefs, ScriptCommand } from "../../config/config.ts";
import type { Log } from "../log/log.ts";
import type { Helpers } from "./helpers.ts";

/** startup_script: before any child is started. Resolves when it has ended, or its time is up; a failure is only logged. */
export async function runStartupScript(g: GlobalDefs, helpers: Helpers, log: Log): Promise<void> {
  await runScript("startup", g.startup_script, g.startup_script_timeout, helpers, log);
}

/** shutdown_script: after every child has ended. */
export async function runShutdownScript(g: GlobalDefs, helpers: Helpers, log: Log): Promise<void> {
  await runScript("shutdown", g.shutdown_script, g.shutdown_script_timeout, helpers, log);
}

/** `timeout` in microseconds. */
async function runScript(
  name: string,
  command: ScriptCommand | undefined,
  timeout: number,
  helpers: Helpers,
  log: Log,
): Promise<void> {
  if (command === undefined) return;
  log.info(`Running ${name} script ${command.argv[0] ?? ""}`);
  const { ok, status } = await helpers.run(name, command, timeout);
  if (ok) log.info(`${name} script succeeded`);
  else log.error(`${name} script ${status}`);
}
