import type { Config, VrrpInstance } from "../../config/config.ts";
import { type IpvsPort, KernelError } from "../../kernel/ports.ts";
import type { IpvsDaemon } from "../../wire/ipvs-types.ts";
import type { Log } from "../log/log.ts";

/** What is said of a daemon besides whether it is the master's or the backup's. */
export type SyncDaemonSettings = Omit<IpvsDaemon, "state">;

/** Which daemons are wanted, with which settings. */
interface Wanted {
  readonly settings: SyncDaemonSettings;
  /** The instance that they follow; undefined: both run. */
  readonly instance: string | undefined;
}

/** What lvs_sync_daemon asks for, or the older keyword of an instance. */
export function syncDaemonOf({ global_defs, vrrp_instance }: Config): Wanted | undefined {
  const daemon = global_defs.lvs_sync_daemon;
  if (daemon !== undefined) {
    const { instance, id = 0, ...settings } = daemon;
    return { settings: { id, ...settings }, instance };
  }
  const older = vrrp_instance.find((one: VrrpInstance) => one.lvs_sync_daemon_interface !== undefined);
  if (older?.lvs_sync_daemon_interface === undefined) return undefined;
  const { name, virtual_router_id, lvs_sync_daemon_interface } = older;
  return { settings: { interface: lvs_sync_daemon_interface, id: virtual_router_id }, instance: name };
}

/**
 * The kernel's daemons that tell other directors of connections: the master's while the instance that they follow is
 * master, the backup's otherwise; both where they follow none.
 */
export class SyncDaemon {
  readonly #ipvs: IpvsPort;
  readonly #log: Log;
  #wanted: Wanted | undefined;
  /** Instances that are master. */
  readonly #masters = new Set<string>();
  #running: readonly IpvsDaemon[] = [];

  constructor(ipvs: IpvsPort, log: Log) {
    this.#ipvs = ipvs;
    this.#log = log;
  }

  /** Takes over what is wanted. One that an earlier run left is ended first. */
  configure(wanted: Wanted | undefined): void {
    if (JSON.stringify(wanted) === JSON.stringify(this.#wanted)) return;
    if (this.#wanted === undefined) this.#adopt();
    this.#wanted = wanted;
    this.#settle();
  }

  /** Of the daemons that it runs, or will when their instance has a state. */
  get settings(): SyncDaemonSettings | undefined {
    return this.#wanted?.settings;
  }

  /** Ends daemons with these settings, of an earlier run, where none are wanted; others were taken over or ended. */
  clear(earlier: SyncDaemonSettings): void {
    if (this.#wanted !== undefined) return;
    this.#adopt();
    this.#running = this.#running.filter((one) => isSame({ ...earlier, state: one.state }, one));
    for (const { state, interface: name } of this.#running)
      this.#log.info(`Ending the ${state} synchronisation daemon on ${name}, left by an earlier run`);
    this.#settle();
  }

  /** An instance is in this state now. */
  follow(instance: string, state: string): void {
    if (state === "MASTER") this.#masters.add(instance);
    else this.#masters.delete(instance);
    if (instance === this.#wanted?.instance) this.#settle();
  }

  /** Ends what runs. */
  stop(): void {
    this.#wanted = undefined;
    this.#settle();
  }

  #adopt(): void {
    try {
      this.#running = this.#ipvs.daemons();
    } catch (error) {
      this.#report("find the synchronisation daemons", error);
    }
  }

  #settle(): void {
    const states = this.#states();
    const settings = this.#wanted?.settings;
    const wanted = settings === undefined ? [] : states.map((state) => ({ state, ...settings }));
    for (const one of this.#running) {
      if (wanted.some((each) => isSame(each, one))) continue;
      this.#attempt("end", one, () => this.#ipvs.stopDaemon(one));
    }
    for (const one of wanted) {
      if (this.#running.some((each) => isSame(one, each))) continue;
      this.#attempt("start", one, () => this.#ipvs.startDaemon(one));
    }
    this.#running = wanted;
  }

  #states(): readonly IpvsDaemon["state"][] {
    const instance = this.#wanted?.instance;
    if (instance === undefined) return ["master", "backup"];
    return [this.#masters.has(instance) ? "master" : "backup"];
  }

  #attempt(verb: string, { state, interface: name }: IpvsDaemon, change: () => void): void {
    try {
      change();
    } catch (error) {
      this.#report(`${verb} the ${state} synchronisation daemon on ${name}`, error);
    }
  }

  #report(what: string, error: unknown): void {
    if (!(error instanceof KernelError)) throw error;
    this.#log.warn(`Cannot ${what}: ${error.code}`);
  }
}

/** The kernel fills in what is not said. */
function isSame(wanted: IpvsDaemon, running: IpvsDaemon): boolean {
  return (Object.keys(wanted) as (keyof IpvsDaemon)[]).every((key) => wanted[key] === running[key]);
}
