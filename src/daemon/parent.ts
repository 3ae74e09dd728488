import { dirname, join } from "node:path";
import type { Config } from "../config/config.ts";
import { differences } from "../plan/diff.ts";
import { describePlan } from "./describe-plan.ts";
import { EXIT } from "./exit-status.ts";
import { type Loaded, loadConfiguration } from "./load.ts";
import type { Log } from "./log/log.ts";
import type { Role } from "./messages.ts";
import { Fifos } from "./notify/fifos.ts";
import { Mailer } from "./notify/mailer.ts";
import type { RunOptions } from "./options.ts";
import { needs, partOf } from "./parts.ts";
import { ledgerBeside, type Places } from "./places.ts";
import { withReloadFile } from "./reload-file.ts";
import { ReloadSchedule } from "./reload-schedule.ts";
import { type ReportRequest, Reports } from "./reports/reports.ts";
import { SavedConfigurations } from "./reports/saved-configurations.ts";
import { Helpers } from "./scripts/helpers.ts";
import { scriptPolicyOf } from "./scripts/policy.ts";
import { runShutdownScript, runStartupScript } from "./scripts/start-and-stop.ts";
import { type Assignment, Supervisor } from "./supervisor.ts";

/** Milliseconds that a child has to stop, scripts included, unless child_wait_time gives it longer. */
const STOP_LIMIT = 20_000;

/** Where a daemon runs and what it is called there: settled at its start. */
const WHERE = ["instance", "net_namespace", "net_namespace_ipvs", "use_pid_dir"] as const;

const stopLimit = ({ child_wait_time }: Config): number => Math.max(STOP_LIMIT, child_wait_time / 1_000);

/**
 * The parent: compiles, plans, and keeps the children at the configuration that runs. Start, reload and stop are the
 * same thing, a plan between two configurations, and happen one after the other.
 */
export class Daemon {
  readonly #options: RunOptions & Places;
  readonly #log: Log;
  readonly #supervisors: ReadonlyMap<Role, Supervisor>;
  readonly #ended: (status: number) => void;
  readonly #helpers: Helpers;
  readonly #fifos: Fifos;
  readonly #mailer: Mailer;
  readonly #reports: Reports;
  readonly #schedule: ReloadSchedule;
  readonly #saved: SavedConfigurations;
  #running: Loaded;
  /** The operation under way, and those after it. */
  #turn: Promise<void> = Promise.resolve();
  #reloadWaiting = false;
  #stopping = false;
  #status: number = EXIT.ok;

  /** `ended` is called once, with the exit status, when every child is gone. */
  constructor(options: RunOptions & Places, log: Log, loaded: Loaded, ended: (status: number) => void) {
    this.#options = options;
    this.#log = log;
    this.#running = loaded;
    this.#ended = ended;
    this.#helpers = new Helpers(log);
    this.#fifos = new Fifos(log, this.#helpers);
    this.#reports = new Reports(
      log,
      (clear) => this.#supervisors.get("vrrp")?.report(clear) ?? Promise.resolve(undefined),
    );
    this.#saved = new SavedConfigurations(log);
    this.#saved.save(loaded.config);
    this.#schedule = new ReloadSchedule(log, () => this.reload());
    this.#mailer = new Mailer(log, loaded.config.global_defs);
    this.#supervisors = new Map(options.roles.map((role) => [role, this.#supervisor(role)]));
  }

  /** Starts what the configuration needs; resolves to whether everything runs. */
  async start(): Promise<boolean> {
    const { config } = this.#running;
    this.#prepareNews();
    await this.#dump();
    await runStartupScript(config.global_defs, this.#helpers, this.#log);
    if (this.#stopping) return false;
    const starting: Promise<boolean>[] = [];
    for (const [role, supervisor] of this.#supervisors) {
      if (this.#options.all || needs(config, role)) starting.push(supervisor.start(this.#assignment(role)));
    }
    const started = (await Promise.all(starting)).every((each) => each);
    if (started && !this.#stopping) this.#log.info("Startup complete");
    return started && !this.#stopping;
  }

  /** Reads the configuration again and carries out the difference. Requests while one waits are one. */
  reload(): void {
    if (this.#reloadWaiting || this.#stopping) return;
    this.#reloadWaiting = true;
    this.#enqueue(async () => {
      this.#reloadWaiting = false;
      if (!this.#stopping) await this.#reload();
    });
  }

  /** Writes what an operator asks for. */
  report(request: ReportRequest): void {
    this.#enqueue(async () => {
      const { config } = this.#running;
      const roles = [...this.#supervisors.keys()].filter((role) => this.#supervisors.get(role)?.wanted);
      await this.#reports.write(request, config, roles);
    });
  }

  /** Carries out the plan to nothing and ends. Later calls change nothing. */
  stop(status: number = EXIT.ok): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#status = status;
    this.#enqueue(async () => {
      this.#log.info("Stopping");
      const { config } = this.#running;
      this.#schedule.close();
      const limit = stopLimit(config);
      await Promise.all([...this.#supervisors.values()].map((each) => each.stop(limit)));
      await Promise.all([this.#fifos.close(), this.#mailer.close()]);
      await runShutdownScript(config.global_defs, this.#helpers, this.#log);
      this.#ended(this.#status);
    });
  }

  #enqueue(operation: () => Promise<void>): void {
    this.#turn = this.#turn.then(operation).catch((error: unknown) => {
      this.#log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    });
  }

  async #reload(): Promise<void> {
    if (this.#options.file === "-") {
      this.#log.warn("The configuration came from standard input, which cannot be read again: not reloading");
      return;
    }
    this.#log.info("Reloading ...");
    const { global_defs } = this.#running.config;
    const loaded = withReloadFile(this.#reloadFile(), this.#log, () =>
      loadConfiguration(this.#options.file, this.#options),
    );
    for (const line of loaded.messages) this.#log[line.level](line.text);
    if (!loaded.faultless) {
      this.#log.error("The new configuration has errors: the running one stays as it is");
      if (global_defs.reload_check_config)
        this.#reports.writeText(global_defs.reload_check_config, loaded.report);
      return;
    }
    const running = this.#running;
    for (const keyword of WHERE) {
      if (loaded.config[keyword] !== running.config[keyword])
        this.#log.warn(`${keyword} has changed, which takes effect when the daemon is started again`);
    }
    describePlan(differences(running.config, loaded.config), running, loaded, this.#log);
    this.#running = loaded;
    this.#saved.save(loaded.config);
    this.#prepareNews();
    await this.#dump();
    await Promise.all([...this.#supervisors].map(([role, each]) => this.#bring(each, role)));
    this.#log.info("Reload complete");
  }

  /** `-d`. */
  async #dump(): Promise<void> {
    if (this.#options.dumpConfig) await this.#reports.logConfiguration(this.#running.config);
  }

  /** Where the running configuration wants its reload_file: beside the parent's pid file when it names none. */
  #reloadFile(): string | undefined {
    const given = this.#running.config.global_defs.reload_file;
    return given === "" ? join(dirname(this.#options.pidFile), "keepalived.reload") : given;
  }

  /** Brings one child to the running configuration. */
  async #bring(supervisor: Supervisor, role: Role): Promise<void> {
    const { config } = this.#running;
    const wanted = this.#options.all || needs(config, role);
    if (!wanted && !supervisor.wanted) return;
    if (!supervisor.wanted) {
      await supervisor.start(this.#assignment(role));
      return;
    }
    if (!wanted) await supervisor.stop(stopLimit(config));
    else await supervisor.apply(this.#assignment(role));
  }

  /** What carries news out of the children, as the running configuration wants it. */
  #prepareNews(): void {
    const { config } = this.#running;
    const policy = scriptPolicyOf(config);
    const roles = [...this.#supervisors.keys()].filter((role) => this.#options.all || needs(config, role));
    this.#helpers.setPolicy(policy);
    this.#mailer.configure(config.global_defs);
    this.#schedule.configure(config.global_defs);
    this.#fifos.bring(config.global_defs, roles, policy);
  }

  #assignment(role: Role): Assignment {
    return { config: partOf(this.#running.config, role), fifos: this.#fifos.paths(role) };
  }

  /** Where a statement of the running configuration is, behind a line of the log; nothing for a default. */
  #placeOf(origin: number): string {
    if (origin === 0) return "";
    const { file, line } = this.#running.sources.range(origin);
    return ` (${file}:${line})`;
  }

  #supervisor(role: Role): Supervisor {
    const { kernel, console, detail, facility, logAddresses, keepOnStop, childPidFiles, respawn } =
      this.#options;
    const log = { console, detail, ...(facility !== undefined && { facility }) };
    return new Supervisor({
      role,
      settings: {
        ...{ kernel, keepOnStop: keepOnStop[role], logAddresses, log },
        ...(kernel === "linux" && { ledger: ledgerBeside(childPidFiles[role]) }),
      },
      pidFile: childPidFiles[role],
      respawn,
      log: this.#log,
      current: () => this.#assignment(role),
      onFatal: (reason) => {
        this.#log.error(reason);
        this.stop(EXIT.configuration);
      },
      onAlert: (alert) => this.#mailer.send(alert),
      onLocated: ({ level, message, at }) => this.#log[level](`${message}${this.#placeOf(at)}`),
    });
  }
}
