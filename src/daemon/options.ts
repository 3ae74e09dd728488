import type { KernelName, Role } from "./messages.ts";

/** How the daemon is run: keepalived's options, parsed. */
export interface RunOptions {
  /** Absolute path of the configuration, or `-` for standard input. */
  readonly file: string;
  /** What `@id` lines are compared with; the host name when absent. */
  readonly configId?: string;
  /** An include that finds nothing is an error. */
  readonly strictIncludes: boolean;
  /** The network namespace to run in, whatever the configuration says. */
  readonly namespace?: string;
  /** Stay in the foreground. */
  readonly foreground: boolean;
  /** The children that may run. */
  readonly roles: readonly Role[];
  /** Start them even when the configuration has nothing for them. */
  readonly all: boolean;
  readonly console: boolean;
  readonly detail: boolean;
  /** Syslog facility number; undefined for no syslog. */
  readonly facility?: number;
  /** Log the configuration that runs, as keepalived dumps it. */
  readonly dumpConfig: boolean;
  /** Log each address that this machine gets or loses. */
  readonly logAddresses: boolean;
  /** Absolute paths, where the command line says any; the configuration has a say in the others. */
  readonly pidFile?: string;
  readonly childPidFiles: { readonly [R in Role]?: string };
  readonly kernel: KernelName;
  /** What each child leaves in place when it stops. */
  readonly keepOnStop: { readonly [R in Role]: boolean };
  /** Start a child again when it dies; otherwise its end is the daemon's. */
  readonly respawn: boolean;
  /** Without it the configuration's. */
  readonly umask?: number;
  /** Processes may dump core; into files of this name, where it says one. */
  readonly coreDumps?: { readonly pattern?: string };
  /** SIGINT does nothing. */
  readonly ignoreInterrupt: boolean;
  /** For the first log line. */
  readonly version: string;
  readonly commandLine: readonly string[];
}
