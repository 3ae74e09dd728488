import { alerts } from "../../config/alerts.ts";
import type { Config } from "../../config/config.ts";
import type { CheckTarget } from "../../core/checker/contract.ts";
import type { CheckerId, LvsEffect, LvsEvent } from "../../core/lvs/contract.ts";
import { keyName } from "../../core/lvs/names.ts";
import type { Machine } from "../../core/machine.ts";
import { type Kernel, KernelError, type StreamConnection, type StreamEvent } from "../../kernel/ports.ts";
import type { Change } from "../../plan/plan.ts";
import type { IpvsServiceEntry } from "../../wire/ipvs-types.ts";
import type { FirewallCommand } from "../../wire/nftables-types.ts";
import type { Log } from "../log/log.ts";
import type { Outlets } from "../notify/outlets.ts";
import type { Scripts } from "../scripts/client.ts";
import type { LvsBelongings } from "./belongings.ts";
import { HostAddressWatch } from "./host-address-watch.ts";
import { IpvsTimeoutSettings } from "./ipvs-timeouts.ts";
import { MachineLoop } from "./loop.ts";
import { slicesOf } from "./slices.ts";
import { SyncDaemon, syncDaemonOf } from "./sync-daemon.ts";
import { TlsCredentialStore } from "./tls-credentials.ts";
import { TrackFileWatch } from "./track-file-watch.ts";

type Effect<T extends LvsEffect["type"]> = Extract<LvsEffect, { type: T }>;

/**
 * Microseconds that a check may begin late. Waking up costs as much as half a check: with thousands a second, those of a
 * few milliseconds share it.
 */
const GRAIN = 4_000;

/** Changes that are planned at once: what they take in memory is soon free for the next. */
const SLICE = 256;

/** Drives the LVS director: its IPVS table, its checkers' connections, scripts and clock. */
export class LvsDriver {
  readonly #kernel: Kernel;
  readonly #log: Log;
  readonly #scripts: Scripts;
  readonly #loop: MachineLoop<LvsEvent, LvsEffect>;
  readonly #connections = new Map<CheckerId, StreamConnection>();
  /** Checkers whose program runs. */
  readonly #runs = new Set<CheckerId>();
  readonly #outlets: Outlets | undefined;
  readonly #syncDaemon: SyncDaemon;
  readonly #timeouts: IpvsTimeoutSettings;
  readonly #tls: TlsCredentialStore;
  readonly #addresses: HostAddressWatch;
  readonly #files: TrackFileWatch;
  #config: Config | undefined;
  /** Whether there are groups in that configuration, or in the one before. */
  #grouped = false;
  #keepTable = false;

  /** `outlets`: what besides scripts hears of servers. */
  constructor(
    kernel: Kernel,
    machine: Machine<LvsEvent, LvsEffect>,
    scripts: Scripts,
    log: Log,
    outlets?: Outlets,
  ) {
    this.#outlets = outlets;
    this.#kernel = kernel;
    this.#log = log;
    this.#scripts = scripts;
    this.#syncDaemon = new SyncDaemon(kernel.ipvs, log);
    this.#timeouts = new IpvsTimeoutSettings(kernel.ipvs, log);
    this.#tls = new TlsCredentialStore(kernel.tls, log);
    const carryOut = (effects: readonly LvsEffect[]) => this.#carryOut(effects);
    this.#loop = new MachineLoop(machine, kernel.clock, { type: "timer" }, carryOut, GRAIN);
    this.#addresses = new HostAddressWatch(kernel.addresses, (event) => this.#loop.feed(event));
    this.#files = new TrackFileWatch(kernel.files, log, (event) => this.#loop.feed(event));
  }

  /** The configuration that the next plan leads to: who wants mail. */
  configure(config: Config): void {
    this.#grouped = [this.#config, config].some((one) => (one?.virtual_server_group.length ?? 0) > 0);
    this.#config = config;
  }

  /**
   * Carries out the first plan, on what the kernel's table holds now. Throws KernelError when there is no IPVS, or a file
   * of the SSL block cannot be used.
   */
  start(changes: Iterable<Change>): void {
    if (this.#config) this.#tls.load(this.#config);
    if (this.#config?.global_defs.lvs_flush) this.#kernel.ipvs.flush();
    this.#clearMarks();
    this.#watch();
    this.#feed(changes, { present: this.#kernel.ipvs.list() });
    this.#set();
  }

  /**
   * All is planned before anything is done: a table is half full, and refuses connections, no longer than the kernel takes
   * to fill it. `present`: what it holds before, if that is known.
   */
  #feed(changes: Iterable<Change>, present: { readonly present?: readonly IpvsServiceEntry[] }): void {
    this.#loop.feedTogether(this.#events(changes, present));
  }

  *#events(
    changes: Iterable<Change>,
    present: { readonly present?: readonly IpvsServiceEntry[] },
  ): Iterable<LvsEvent> {
    const isStop = this.#config?.virtual_server.length === 0;
    let known = present;
    for (const some of this.#inSlices(changes)) {
      yield { type: "apply", changes: some, ...known, ...(isStop && { isStop }) };
      known = {};
    }
  }

  /** Groups tie services to each other, by marks and by the addresses that they have in common: all of them at once then. */
  #inSlices(changes: Iterable<Change>): Iterable<readonly Change[]> {
    return this.#grouped ? [[...changes]] : slicesOf(changes, SLICE);
  }

  /** What it has in the kernel besides services. */
  get belongings(): Omit<LvsBelongings, "namespace" | "services"> {
    const [table, timeouts] = [this.#marksTable, this.#timeouts.original];
    const { settings: syncDaemon } = this.#syncDaemon;
    return {
      ...(table !== undefined && { table }),
      ...(timeouts !== undefined && { timeouts }),
      ...(syncDaemon !== undefined && { syncDaemon }),
    };
  }

  /** Before the first plan: what an earlier run that was killed has changed. */
  inherit({ timeouts }: LvsBelongings): void {
    if (timeouts !== undefined) this.#timeouts.inherit(timeouts);
  }

  /** After it: takes out what that run left, as far as it is still there and not in use. `services`: nobody wants them. */
  clear({ services, table, syncDaemon }: LvsBelongings): void {
    if (table !== undefined && table !== this.#marksTable) this.#removeTable(table);
    if (syncDaemon !== undefined) this.#syncDaemon.clear(syncDaemon);
    const answers = this.#kernel.ipvs.apply(services.map((key) => ({ type: "delete-service", key })));
    services.forEach((key, at) => {
      if (answers[at] === undefined)
        this.#log.info(`Removing service ${keyName(key)}, left by an earlier run`);
    });
  }

  /** Carries out the checkers' part of a plan. */
  apply(changes: Iterable<Change>): void {
    if (this.#config) this.#tls.reload(this.#config);
    this.#watch();
    const present = this.#list();
    this.#feed(changes, present === undefined ? {} : { present });
    this.#set();
  }

  /** What virtual servers depend on has to be known when the plan is carried out. */
  #watch(): void {
    if (this.#config) this.#files.watch(this.#config);
    this.#addresses.watch(this.#config?.virtual_server.some(({ ha_suspend }) => ha_suspend) ?? false);
  }

  /** A BFD session is up, or down: of each that runs at the start, and after every change. */
  session(name: string, up: boolean): void {
    this.#loop.feed({ type: "bfd", name, up });
  }

  /** What IPVS has besides its table. Daemons that follow an instance are the business of whoever has instances. */
  #set(): void {
    const config = this.#config;
    if (config === undefined) return;
    this.#timeouts.set(config.global_defs.lvs_timeouts ?? {});
    const wanted = syncDaemonOf(config);
    if (wanted === undefined || wanted.instance === undefined) this.#syncDaemon.configure(wanted);
  }

  /** Carries out the plan to nothing, and ends. `keepTable`: leave IPVS as it is. */
  stop(changes: Iterable<Change>, keepTable: boolean): void {
    this.#keepTable = keepTable;
    for (const some of this.#inSlices(changes))
      this.#loop.feed({ type: "apply", changes: some, isStop: true });
    this.#loop.stop();
    if (this.#config?.global_defs.lvs_flush_on_stop === "all" && !keepTable) this.#kernel.ipvs.flush();
    this.#syncDaemon.stop();
    this.#timeouts.set({});
    this.#addresses.close();
    this.#files.close();
    for (const checker of [...this.#connections.keys()]) this.#close(checker);
  }

  /** Runs of ipvs effects go to the kernel together; everything else in its place between them. */
  #carryOut(effects: readonly LvsEffect[]): void {
    let commands: Effect<"ipvs">[] = [];
    let lines: Effect<"log">[] = [];
    // The kernel first: of tens of thousands of servers the lines take as long as the commands.
    const flush = () => {
      if (commands.length === 0 && lines.length === 0) return;
      if (commands.length > 0 && !this.#keepTable) this.#applyCommands(commands);
      for (const line of lines) this.#say(line);
      commands = [];
      lines = [];
    };
    for (const effect of effects) {
      if (effect.type === "ipvs") commands.push(effect);
      else if (effect.type === "log") lines.push(effect);
      else {
        flush();
        this.#carryOutOne(effect);
      }
    }
    flush();
  }

  #applyCommands(effects: readonly Effect<"ipvs">[]): void {
    const answers = this.#kernel.ipvs.apply(effects.map(({ command }) => command));
    const refusals = effects.flatMap(({ command }, index) => {
      const refusal = answers[index];
      return refusal ? { command, errno: refusal.errno, code: refusal.code } : [];
    });
    if (refusals.length > 0) this.#loop.feed({ type: "refused", refusals });
  }

  #carryOutOne(effect: Exclude<LvsEffect, { type: "ipvs" | "log" }>): void {
    switch (effect.type) {
      case "connect":
        this.#connect(effect);
        break;
      case "send":
        this.#connections.get(effect.checker)?.send(effect.bytes);
        break;
      case "run-check":
        this.#run(effect);
        break;
      case "close":
        this.#close(effect.checker);
        break;
      case "run-script":
        this.#scripts.run({ key: effect.key, kind: "notify", ...effect.command });
        break;
      case "fifo-line":
        this.#outlets?.line(effect.line);
        break;
      case "alert":
        this.#alert(effect);
        break;
      case "firewall":
        if (!this.#keepTable) this.#changeFirewall(effect.commands);
        break;
      case "compare": {
        const present = this.#list();
        if (present) this.#loop.feed({ type: "listed", present });
        break;
      }
    }
  }

  #changeFirewall(commands: readonly FirewallCommand[]): void {
    try {
      this.#kernel.firewall.apply(commands);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#log.error(`Cannot mark packets for IPVS: ${error.message}`);
      this.#loop.feed({ type: "firewall-refused" });
    }
  }

  /** The table of a daemon that was killed may give marks that are somebody else's now. */
  #clearMarks(): void {
    if (this.#marksTable !== undefined) this.#removeTable(this.#marksTable);
  }

  get #marksTable(): string | undefined {
    return this.#config?.global_defs.nftables_ipvs;
  }

  #removeTable(name: string): void {
    try {
      const stale = this.#kernel.firewall.tables().filter((table) => table.name === name);
      this.#kernel.firewall.apply(stale.map((table) => ({ type: "delete-table", table })));
    } catch (error) {
      // Without nf_tables nothing is left of it; what is needed of it says so.
      if (!(error instanceof KernelError)) throw error;
    }
  }

  #say({ level, message, at }: Effect<"log">): void {
    if (at !== undefined && this.#outlets) this.#outlets.located({ level, message, at });
    else this.#log[level](message);
  }

  /** What the kernel's table holds; undefined when it does not say. */
  #list(): IpvsServiceEntry[] | undefined {
    try {
      return this.#kernel.ipvs.list();
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#log.warn(`Cannot compare with the kernel's table: ${error.message}`);
      return undefined;
    }
  }

  #alert({ of, block, subject, body, checkerOnly }: Effect<"alert">): void {
    const config = this.#config;
    if (config === undefined || (checkerOnly && config.global_defs.no_checker_emails)) return;
    // keepalived's defaults: real servers send mail unless told not to, virtual servers do not.
    if (alerts(block, config, "smtp_alert_checker", of === "real_server"))
      this.#outlets?.alert({ subject, body });
  }

  #connect({ checker, target }: Effect<"connect">): void {
    this.#close(checker);
    const connection = this.#open(target, (event) => {
      // What a closed connection still had to say is of no interest.
      if (this.#connections.get(checker) === connection) this.#onStream(checker, event);
    });
    this.#connections.set(checker, connection);
  }

  #open(target: CheckTarget, listen: (event: StreamEvent) => void): StreamConnection {
    const { transport, tls } = target;
    if (transport === "tcp" && !tls) return this.#kernel.streams.connect(target, listen);
    if (transport === "tcp") return this.#tls.connect({ ...target, ...tls }, listen);
    return this.#kernel.datagrams.connect({ ...target, protocol: transport }, listen);
  }

  #run({ checker, command, timeout }: Effect<"run-check">): void {
    this.#runs.add(checker);
    this.#scripts.run({ key: `check ${checker}`, kind: "track", timeout, ...command }, (result) => {
      if (this.#runs.delete(checker))
        this.#loop.feed({ type: "exited", checker, status: result.exitStatus, how: result.status });
    });
  }

  #onStream(checker: CheckerId, event: StreamEvent): void {
    switch (event.type) {
      case "data": {
        const bytes = this.#loop.busy ? event.bytes.slice() : event.bytes;
        this.#loop.feed({ type: "data", checker, bytes });
        break;
      }
      case "failed":
        this.#loop.feed({ type: "failed", checker, error: event.error.code });
        break;
      default:
        this.#loop.feed({ type: event.type, checker });
    }
  }

  #close(checker: CheckerId): void {
    if (this.#runs.delete(checker)) this.#scripts.cancel(`check ${checker}`);
    const connection = this.#connections.get(checker);
    this.#connections.delete(checker);
    connection?.close();
  }
}
