import { spawn } from "node:child_process";
import { EXIT } from "./exit-status.ts";
import { parentConsole } from "./log/console-sink.ts";
import type { RunOptions } from "./options.ts";
import { runParent } from "./run-parent.ts";
import type { StartReport } from "./start-report.ts";

/** Set for the daemon that is started in the background, for itself only. */
const BACKGROUND = "HOLDFAST_BACKGROUND";

/** Runs the daemon; resolves to the exit status of this process, which in the background is that of the start only. */
export function launch(options: RunOptions): Promise<number> {
  if (!options.foreground) return detach(options);
  const background = process.env[BACKGROUND] !== undefined;
  delete process.env[BACKGROUND];
  return runParent(options, (report) => {
    if (background) tellLauncher(report);
    else if (report.type === "failed") parentConsole.pass(report.report);
  });
}

/** We are the daemon in the background: from now on nobody waits for us. */
function tellLauncher(report: StartReport): void {
  process.send?.(report, undefined, undefined, () => {
    if (process.connected) process.disconnect();
  });
}

/**
 * Node cannot fork: the daemon is this same program once more, in a session of its own, without a terminal, told to
 * stay in the foreground. We wait until it runs, or until it has failed and said why.
 */
function detach(options: RunOptions): Promise<number> {
  const [program = "", ...args] = process.argv.slice(1);
  const daemon = spawn(
    process.execPath,
    [...process.execArgv, program, ...absolute(args, options), "--dont-fork"],
    {
      // Standard input has been read by nobody yet: `-f -` still works.
      stdio: [
        options.file === "-" ? "inherit" : "ignore",
        "ignore",
        options.console ? "inherit" : "ignore",
        "ipc",
      ],
      detached: true,
      cwd: "/",
      env: { ...process.env, [BACKGROUND]: "1" },
    },
  );
  return new Promise((resolve) => {
    daemon.once("message", (report: StartReport) => {
      if (report.type === "failed") parentConsole.pass(report.report);
      if (daemon.connected) daemon.disconnect();
      daemon.unref();
      resolve(report.type === "failed" ? report.status : EXIT.ok);
    });
    daemon.once("error", (error) => {
      parentConsole.pass(`holdfast: ${error.message}\n`);
      resolve(EXIT.failure);
    });
    daemon.once("exit", (status) => resolve(status ?? EXIT.failure));
  });
}

/** The same arguments, and after them, where they win, the paths as seen from here: the daemon works in `/`. */
function absolute(args: readonly string[], { file, pidFile, childPidFiles }: RunOptions): string[] {
  return [
    ...args,
    ...["--use-file", file],
    ...(pidFile === undefined ? [] : ["--pid", pidFile]),
    ...(childPidFiles.vrrp === undefined ? [] : ["--vrrp_pid", childPidFiles.vrrp]),
    ...(childPidFiles.checkers === undefined ? [] : ["--checkers_pid", childPidFiles.checkers]),
  ];
}
