import { release } from "node:os";
import { setProcessName } from "../../native/process.ts";
import { realTimeSignal, Signals } from "../../native/signals.ts";
import { EXIT } from "./exit-status.ts";
import { loadConfiguration } from "./load.ts";
import type { Log } from "./log/log.ts";
import { processLog } from "./log/process-log.ts";
import type { RunOptions } from "./options.ts";
import { Daemon } from "./parent.ts";
import { type PidFile, takePidFile } from "./pid-file.ts";
import type { StartReport } from "./start-report.ts";

const LONGEST_INTERVAL = 2 ** 31 - 1;

/**
 * Runs the parent process from start to stop; resolves to its exit status. `report` is called once: when everything
 * runs, or when it will not.
 */
export async function runParent(options: RunOptions, report: (report: StartReport) => void): Promise<number> {
  process.umask(options.umask);
  setProcessName("holdfast");
  const { console, detail, facility } = options;
  const log = processLog("parent", { console, detail, ...(facility !== undefined && { facility }) });
  log.info(`Starting Holdfast v${options.version}`);
  log.info(`Running on Linux ${release()}, Node ${process.version}`);
  log.info(`Command line: ${options.commandLine.map((word) => `'${word}'`).join(" ")}`);
  const taken = takePidFile(options.pidFile, process.pid);
  if (!taken.taken) {
    const reason = taken.running ? "daemon is already running" : taken.reason;
    const status = taken.running ? EXIT.ok : EXIT.failure;
    log[taken.running ? "info" : "error"](reason);
    report({ type: "failed", status, report: console ? "" : `holdfast: ${reason}\n` });
    return status;
  }
  try {
    return await runHolding(options, log, report);
  } finally {
    leave(taken, log, options);
  }
}

function leave(pidFile: PidFile, log: Log, { version }: RunOptions): void {
  pidFile.release();
  log.info(`Stopped Holdfast v${version}`);
}

/** The pid file is ours. */
async function runHolding(
  options: RunOptions,
  log: Log,
  report: (report: StartReport) => void,
): Promise<number> {
  log.info(`Configuration file ${options.file}`);
  const loaded = loadConfiguration(options.file, options);
  // A person at a terminal gets code frames instead of the same lines twice.
  if (loaded.usable || !options.console) for (const { level, text } of loaded.messages) log[level](text);
  if (!loaded.usable) {
    const status = loaded.missing ? EXIT.missingFile : EXIT.configuration;
    log.error("The configuration cannot be used: not starting");
    report({ type: "failed", status, report: loaded.report });
    return status;
  }
  if (!loaded.faultless) log.error("The configuration has errors: running without what they are about");
  return new Promise((resolve) => {
    const signals = new Signals();
    // Signals keep no process alive, and a configuration may need no child.
    const alive = setInterval(() => {}, LONGEST_INTERVAL);
    const daemon = new Daemon(options, log, loaded, (status) => {
      clearInterval(alive);
      signals.close();
      resolve(status);
    });
    guard(daemon, log);
    subscribe(daemon, signals, log);
    void daemon.start().then((started) => {
      if (started) {
        report({ type: "started" });
        return;
      }
      report({
        type: "failed",
        status: EXIT.configuration,
        report: "holdfast: start-up failed; see the log\n",
      });
      daemon.stop(EXIT.configuration);
    });
  });
}

/** An error of ours in the parent: children go down in order, and the exit status tells. */
function guard(daemon: Daemon, log: Log): void {
  const fail = (error: unknown) => {
    log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    daemon.stop(EXIT.software);
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
}

/** keepalived's signals. Those that write files are known, and not built yet: they must not end the daemon. */
function subscribe(daemon: Daemon, signals: Signals, log: Log): void {
  process.on("SIGHUP", () => daemon.reload());
  process.on("SIGTERM", () => daemon.stop());
  process.on("SIGINT", () => daemon.stop());
  const unbuilt = (name: string) => () =>
    log.warn(`Signal ${name} is not supported by this version: ignored`);
  process.on("SIGUSR1", unbuilt("USR1 (state)"));
  process.on("SIGUSR2", unbuilt("USR2 (statistics)"));
  // keepalived 2.4.3: SIGRTMIN+2 writes JSON, +3 the state of timers; SIGRTMAX-1 statistics, then clears them.
  for (const offset of [0, 1, 2, 3, 4, 29]) signals.on(realTimeSignal(offset), unbuilt(`RTMIN+${offset}`));
}
