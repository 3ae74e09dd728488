import { release } from "node:os";
import { setProcessName } from "../../native/process.ts";
import { realTimeSignal, Signals } from "../../native/signals.ts";
import { allowCoreDumps } from "./core-dumps.ts";
import { EXIT } from "./exit-status.ts";
import { type Loaded, loadConfiguration } from "./load.ts";
import type { Log } from "./log/log.ts";
import { processLog } from "./log/process-log.ts";
import type { RunOptions } from "./options.ts";
import { Daemon } from "./parent.ts";
import { takePidFile } from "./pid-file.ts";
import { type Places, placesOf } from "./places.ts";
import { processNameOf } from "./process-attributes.ts";
import { signalNumbers } from "./signal-numbers.ts";
import type { StartReport } from "./start-report.ts";

/** Until the configuration says otherwise. */
const DEFAULT_UMASK = 0o177;
const LONGEST_INTERVAL = 2 ** 31 - 1;

/**
 * Runs the parent process from start to stop; resolves to its exit status. `report` is called once: when everything
 * runs, or when it will not.
 */
export async function runParent(options: RunOptions, report: (report: StartReport) => void): Promise<number> {
  process.umask(options.umask ?? DEFAULT_UMASK);
  setProcessName("holdfast");
  const { console, detail, facility } = options;
  const log = processLog("parent", { console, detail, ...(facility !== undefined && { facility }) });
  log.info(`Starting Holdfast v${options.version}`);
  log.info(`Running on Linux ${release()}, Node ${process.version}`);
  log.info(`Command line: ${options.commandLine.map((word) => `'${word}'`).join(" ")}`);
  const { coreDumps } = options;
  const takeBackName = coreDumps && allowCoreDumps(coreDumps.pattern, log);
  try {
    return await runLoaded(options, log, report);
  } finally {
    takeBackName?.();
    log.info(`Stopped Holdfast v${options.version}`);
  }
}

/** Reads the configuration, which says where pid files are, and runs while it holds the parent's. */
async function runLoaded(
  options: RunOptions,
  log: Log,
  report: (report: StartReport) => void,
): Promise<number> {
  log.info(`Configuration file ${options.file}`);
  const loaded = loadConfiguration(options.file, { ...options, atStart: true });
  // A person at a terminal gets code frames instead of the same lines twice.
  if (loaded.usable || !options.console) for (const { level, text } of loaded.messages) log[level](text);
  if (!loaded.usable) {
    const status = loaded.missing ? EXIT.missingFile : EXIT.configuration;
    log.error("The configuration cannot be used: not starting");
    report({ type: "failed", status, report: loaded.report });
    return status;
  }
  const { global_defs } = loaded.config;
  if (options.umask === undefined) process.umask(global_defs.umask);
  setProcessName(processNameOf(global_defs, "parent") ?? "holdfast");
  const places = placesOf(loaded.config, options);
  const taken = takePidFile(places.pidFile, process.pid);
  if (!taken.taken) {
    const reason = taken.running ? "daemon is already running" : taken.reason;
    const status = taken.running ? EXIT.ok : EXIT.failure;
    log[taken.running ? "info" : "error"](reason);
    report({ type: "failed", status, report: options.console ? "" : `holdfast: ${reason}\n` });
    return status;
  }
  try {
    return await runHolding(options, places, loaded, log, report);
  } finally {
    taken.release();
  }
}

/** The pid file is ours. */
async function runHolding(
  options: RunOptions,
  places: Places,
  loaded: Loaded,
  log: Log,
  report: (report: StartReport) => void,
): Promise<number> {
  if (!loaded.faultless) log.error("The configuration has errors: running without what they are about");
  return new Promise((resolve) => {
    const signals = new Signals();
    // Signals keep no process alive, and a configuration may need no child.
    const alive = setInterval(() => {}, LONGEST_INTERVAL);
    const daemon = new Daemon({ ...options, ...places }, log, loaded, (status) => {
      clearInterval(alive);
      signals.close();
      resolve(status);
    });
    guard(daemon, log);
    subscribe(daemon, signals, options, log);
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

/** keepalived's signals. */
function subscribe(daemon: Daemon, signals: Signals, { ignoreInterrupt }: RunOptions, log: Log): void {
  process.on("SIGHUP", () => daemon.reload());
  process.on("SIGTERM", () => daemon.stop());
  process.on("SIGINT", () => {
    if (!ignoreInterrupt) daemon.stop();
  });
  process.on("SIGUSR1", () => daemon.report("data"));
  process.on("SIGUSR2", () => daemon.report("stats"));
  const asked = { JSON: "json", STATS_CLEAR: "stats-clear" } as const;
  for (const name of ["JSON", "STATS_CLEAR"] as const)
    signals.on(signalNumbers()[name], () => daemon.report(asked[name]));
  // A real-time signal ends a process that does not take it.
  for (const offset of [0, 1, 3, 4])
    signals.on(realTimeSignal(offset), () =>
      log.warn(`Signal RTMIN+${offset} is not supported by this version: ignored`),
    );
}
