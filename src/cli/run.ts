import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { RunOptions } from "../daemon/options.ts";
import { tolerateClosedPipes } from "./output.ts";

const DEFAULT_FILE = "/etc/keepalived/keepalived.conf";
/** LOG_DAEMON, LOG_USER, and the first of eight LOG_LOCAL. */
const FACILITIES: Readonly<Record<string, number>> = { daemon: 3, user: 1 };
const LOCAL0 = 16;

/** What commander gives: the options by their long names. */
interface Given {
  readonly useFile: string;
  readonly dontFork?: true;
  readonly logConsole?: true;
  readonly logDetail?: true;
  readonly logFacility: number;
  readonly syslog: boolean;
  readonly vrrp?: true;
  readonly check?: true;
  readonly all?: true;
  readonly pid?: string;
  readonly vrrp_pid?: string;
  readonly checkers_pid?: string;
  readonly configId?: string;
  readonly kernel: "linux" | "memory";
  readonly dontReleaseVrrp?: true;
  readonly dontReleaseIpvs?: true;
  readonly dontRespawn?: true;
  readonly no_bfd?: true;
  readonly releaseVips?: true;
  readonly dumpConf?: true;
  readonly addressMonitoring?: true;
  readonly namespace?: string;
  readonly allConfig?: true;
  readonly coreDump?: true;
  /** `true` without a pattern. */
  readonly coreDumpPattern?: string | true;
  readonly ignoreSigint?: true;
  readonly version?: true;
  /** `true` without a log file. */
  readonly configTest?: string | true;
  readonly umask?: number;
  readonly signum?: string;
}

function facility(text: string): number {
  const named = FACILITIES[text];
  if (named !== undefined) return named;
  const local = /^(?:local)?([0-7])$/.exec(text)?.[1];
  if (local === undefined) throw new InvalidArgumentError("It is one of 0–7, local0–local7, user, daemon.");
  return LOCAL0 + Number(local);
}

function umask(text: string): number {
  if (!/^(?:0[0-7]*|0x[0-9a-f]+|[1-9]\d*)$/i.test(text)) {
    throw new InvalidArgumentError("It is a number, octal with a leading 0.");
  }
  const mask = /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text);
  if (mask > 0o777) throw new InvalidArgumentError("It is at most 0777.");
  return mask;
}

/** The value of an option that may go without one, behind `=` or not; undefined without. */
const optionValue = (given: string | true): string | undefined =>
  given === true ? undefined : given.replace(/^=/, "");

function coreDumps({ coreDump, coreDumpPattern }: Given): RunOptions["coreDumps"] {
  if (coreDumpPattern === undefined) return coreDump ? {} : undefined;
  return { pattern: optionValue(coreDumpPattern) ?? "core" };
}

function optionsOf(given: Given, version: string): RunOptions {
  const dumps = coreDumps(given);
  const both = (given.vrrp === undefined) === (given.check === undefined);
  return {
    file: given.useFile === "-" ? "-" : resolve(given.useFile),
    ...(given.configId !== undefined && { configId: given.configId }),
    strictIncludes: given.allConfig ?? false,
    ...(given.namespace !== undefined && { namespace: given.namespace }),
    foreground: given.dontFork ?? false,
    roles: both ? ["checkers", "vrrp"] : given.vrrp ? ["vrrp"] : ["checkers"],
    all: given.all ?? false,
    console: given.logConsole ?? false,
    detail: given.logDetail ?? false,
    ...(given.syslog && !given.logConsole && { facility: given.logFacility }),
    dumpConfig: given.dumpConf ?? false,
    logAddresses: given.addressMonitoring ?? false,
    ...(given.pid !== undefined && { pidFile: resolve(given.pid) }),
    childPidFiles: {
      ...(given.vrrp_pid !== undefined && { vrrp: resolve(given.vrrp_pid) }),
      ...(given.checkers_pid !== undefined && { checkers: resolve(given.checkers_pid) }),
    },
    kernel: given.kernel,
    keepOnStop: { vrrp: given.dontReleaseVrrp ?? false, checkers: given.dontReleaseIpvs ?? false },
    respawn: !given.dontRespawn,
    ...(given.umask !== undefined && { umask: given.umask }),
    ...(dumps !== undefined && { coreDumps: dumps }),
    ignoreInterrupt: given.ignoreSigint ?? false,
    version,
    commandLine: process.argv.slice(2),
  };
}

/** `holdfast run`, with keepalived's options. Loads the daemon only when it is used. */
export function addRunCommand(program: Command, version: string): void {
  program
    .command("run")
    .description("run a configuration: VRRP, health checks and IPVS")
    .option("-f, --use-file <file>", "the configuration", DEFAULT_FILE)
    .option("-n, --dont-fork", "stay in the foreground")
    .option("-l, --log-console", "log to the console instead of syslog")
    .option("-D, --log-detail", "log details")
    .addOption(
      new Option("-S, --log-facility <facility>", "syslog facility: 0-7, local0-local7, user, daemon")
        .argParser(facility)
        .default(3, "daemon"),
    )
    .option("-G, --no-syslog", "do not log to syslog")
    .option("-P, --vrrp", "run VRRP only")
    .option("-C, --check", "run health checks only")
    .option("-B, --no_bfd", "run no BFD, as this version does anyhow")
    .option("--all", "start both, even when the configuration has nothing for them")
    .option("-p, --pid <file>", "pid file of the parent (default: /run/keepalived.pid)")
    .option("-r, --vrrp_pid <file>", "pid file of the VRRP process (default: /run/vrrp.pid)")
    .option("-c, --checkers_pid <file>", "pid file of the health check process (default: /run/checkers.pid)")
    .option("-i, --config-id <id>", "what @id lines are compared with (default: the host name)")
    .addOption(
      new Option("--kernel <kernel>", "this machine's, or one in memory for a dry run")
        .choices(["linux", "memory"])
        .default("linux"),
    )
    .option("-s, --namespace <name>", "run in this network namespace, whatever the configuration says")
    .option("-e, --all-config", "an include that finds nothing is an error")
    .option("-d, --dump-conf", "log the configuration that runs")
    .option("-a, --address-monitoring", "log each address that this machine gets or loses")
    .option("-X, --release-vips", "remove virtual addresses from a backup, as is done anyhow")
    .option("-V, --dont-release-vrrp", "leave virtual addresses in place on stop")
    .option("-I, --dont-release-ipvs", "leave the IPVS table in place on stop")
    .option("-R, --dont-respawn", "end when a child dies, instead of starting it again")
    .addOption(
      new Option(
        "-u, --umask <mask>",
        "umask of files that the daemon and scripts create (default: 0177)",
      ).argParser(umask),
    )
    .option("-m, --core-dump", "let the processes dump core")
    .option("-M, --core-dump-pattern [name]", "and name the files, while it runs (default: core)")
    .option("--ignore-sigint", "do nothing on SIGINT")
    .option("-v, --version", "print the version")
    .option("-t, --config-test [log]", "test the configuration for this machine; exit status as keepalived's")
    .option(
      "--signum <name>",
      "print the number of the signal for STOP, RELOAD, DATA, STATS, STATS_CLEAR or JSON",
    )
    .action(async (given: Given) => {
      if (given.version) {
        process.stderr.write(`Holdfast v${version}\n`);
        return;
      }
      if (given.signum !== undefined) {
        const { signalNumbers } = await import("../daemon/signal-numbers.ts");
        const number = new Map(Object.entries(signalNumbers())).get(given.signum);
        process.stdout.write(number === undefined ? "" : `${number}\n`);
        if (number === undefined) process.stderr.write(`Unknown sigfunc ${given.signum}\n`);
        process.exitCode = number === undefined ? 1 : 0;
        return;
      }
      if (given.configTest !== undefined) {
        const log = optionValue(given.configTest);
        const { testConfiguration } = await import("./config-test.ts");
        process.exitCode = testConfiguration(given.useFile, {
          ...(given.configId !== undefined && { configId: given.configId }),
          ...(log !== undefined && { log }),
          strictIncludes: given.allConfig ?? false,
        });
        return;
      }
      tolerateClosedPipes();
      const { launch } = await import("../daemon/launch.ts");
      process.exitCode = await launch(optionsOf(given, version));
    });
}
