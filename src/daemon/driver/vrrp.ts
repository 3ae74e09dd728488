import type { Config } from "../../config/config.ts";
import type { Machine } from "../../core/machine.ts";
import type { Claims } from "../../core/vrrp/claims.ts";
import type { VrrpEffect, VrrpEvent } from "../../core/vrrp/contract.ts";
import { type Kernel, KernelError } from "../../kernel/ports.ts";
import type { Change } from "../../plan/plan.ts";
import type { Log } from "../log/log.ts";
import type { Outlets } from "../notify/outlets.ts";
import { VrrpNews } from "../notify/vrrp-news.ts";
import type { Scripts } from "../scripts/client.ts";
import type { VrrpBelongings } from "./belongings.ts";
import { interfacesHeldBy } from "./held-interfaces.ts";
import { Interfaces } from "./interfaces.ts";
import { MachineLoop } from "./loop.ts";
import { SyncDaemon, syncDaemonOf } from "./sync-daemon.ts";
import { TimeOfDay } from "./time-of-day.ts";
import { VrrpTrackers } from "./trackers.ts";
import { VrrpAnnouncements } from "./vrrp-announcements.ts";
import { type HoldingEffect, VrrpHoldings } from "./vrrp-holdings.ts";
import { VrrpHost } from "./vrrp-host.ts";
import { VrrpKeys } from "./vrrp-keys.ts";
import { VrrpSockets } from "./vrrp-sockets.ts";

type Effect<T extends VrrpEffect["type"]> = Extract<VrrpEffect, { type: T }>;

/** News that is a change of state. */
const TRANSITIONS: ReadonlySet<string> = new Set(["MASTER", "BACKUP", "FAULT", "STOP", "DELETED"]);

/** Drives the VRRP router: its sockets, addresses, interfaces, scripts and clock. */
export class VrrpDriver {
  readonly #log: Log;
  readonly #scripts: Scripts;
  readonly #news: VrrpNews;
  readonly #interfaces: Interfaces;
  readonly #sockets: VrrpSockets;
  readonly #holdings: VrrpHoldings;
  readonly #host: VrrpHost;
  /** Of those that follow an instance. */
  readonly #syncDaemon: SyncDaemon;
  readonly #announcements: VrrpAnnouncements;
  readonly #loop: MachineLoop<VrrpEvent, VrrpEffect>;
  /** Interface of each instance, kept until the plan that deletes it is carried out. */
  readonly #interfaceOf = new Map<string, string>();
  /** Every interface that a configuration named so far. */
  readonly #watched = new Set<string>();
  readonly #trackers: VrrpTrackers;
  readonly #keys: VrrpKeys;
  readonly #time: TimeOfDay;
  /** By socket, why its last adverts were refused. */
  readonly #refusals = new Map<string, string>();
  /** Lines for the log that wait for adverts to leave. */
  readonly #lines: Effect<"log">[] = [];
  #keepAddresses = false;

  /** `outlets`: what besides scripts hears of transitions. */
  constructor(
    kernel: Kernel,
    machine: Machine<VrrpEvent, VrrpEffect>,
    scripts: Scripts,
    log: Log,
    outlets?: Outlets,
  ) {
    this.#log = log;
    this.#scripts = scripts;
    this.#news = new VrrpNews(scripts, outlets);
    this.#interfaces = new Interfaces(kernel, {
      changed: (facts) => this.#loop.feed({ type: "interface", facts }),
      addressRemoved: (address) => this.#holdings.addressRemoved(address),
      linkSeen: (link) => {
        this.#host.linkSeen(link);
        this.#holdings.linkSeen(link);
      },
      linkGone: (index, name) => {
        this.#host.linkGone(index, name);
        this.#holdings.linkGone(index);
      },
      linkUp: (name) => this.#trackers.linkUp(name),
    });
    this.#trackers = new VrrpTrackers(
      kernel,
      log,
      (event) => this.#loop.feed(event),
      (name) => this.#interfaces.look(name),
    );
    this.#keys = new VrrpKeys(log);
    this.#time = new TimeOfDay(kernel.clock);
    this.#sockets = new VrrpSockets(
      kernel.packets,
      (received, age) => {
        if (received.type === "advert" && received.proof?.type === "trailer") this.#tellTime();
        this.#loop.feed(received, age);
      },
      (socket, error) => this.#sent(socket, error),
    );
    this.#holdings = new VrrpHoldings(kernel, this.#interfaces, log, {
      addressRemoved: (ifindex, address) => this.#loop.feed({ type: "address-removed", ifindex, address }),
      holdingRemoved: (instance, what) => this.#loop.feed({ type: "holding-removed", instance, what }),
    });
    this.#syncDaemon = new SyncDaemon(kernel.ipvs, log);
    this.#announcements = new VrrpAnnouncements(kernel, this.#interfaces, log);
    this.#host = new VrrpHost(kernel, this.#interfaces, log, (facts) =>
      this.#loop.feed({ type: "interface", facts }),
    );
    this.#loop = new MachineLoop(machine, kernel.clock, { type: "timer" }, (effects) => {
      for (const effect of effects) this.#carryOut(effect);
      this.#settle();
    });
  }

  /** The configuration that the next plan leads to: who wants mail. */
  configure(config: Config): void {
    this.#news.configure(config);
    const wanted = syncDaemonOf(config);
    this.#syncDaemon.configure(wanted?.instance === undefined ? undefined : wanted);
  }

  /** Before the first plan: what an earlier run that was killed may have left. That plan ends with clearing it up. */
  inherit(earlier: VrrpBelongings): void {
    if (earlier.syncDaemon !== undefined) this.#syncDaemon.clear(earlier.syncDaemon);
    this.#host.inherit(earlier);
    this.#holdings.inherit(earlier);
  }

  /** Everything that has to be cleared up should this run be killed. `claims`: what instances may come to hold. */
  belongings(claims: Claims): VrrpBelongings {
    const { addresses, routes, rules } = this.#holdings.statics;
    const syncDaemon = this.#syncDaemon.settings;
    return {
      addresses: [...addresses, ...claims.addresses],
      routes: [...routes, ...claims.routes],
      rules: [...rules, ...claims.rules],
      ...this.#host.belongings,
      ...(syncDaemon !== undefined && { syncDaemon }),
    };
  }

  /** Carries out the vrrp part of a plan. */
  apply(changes: readonly Change[]): void {
    this.#host.configure(changes);
    for (const change of changes) {
      for (const name of [...interfacesOf(change), ...interfacesHeldBy(change)]) this.#watched.add(name);
      if (change.object !== "vrrp_instance") continue;
      const { interface: name } = change.after ?? change.before ?? {};
      if (name !== undefined) this.#interfaceOf.set(change.id, name);
      if (name !== undefined && change.after?.track_src_ip) this.#interfaces.tellAddresses(name);
    }
    this.#trackers.configure(changes, this.#watched);
    const interfaces = this.#interfaces.watch(this.#watched);
    this.#holdings.begin(changes);
    this.#tellTime();
    this.#loop.feed({ type: "apply", changes, interfaces, keyFiles: this.#keys.read(changes) });
    this.#holdings.end(changes);
    this.#host.configured();
    for (const { object, kind, id } of changes) {
      if (object === "vrrp_instance" && kind === "delete") this.#interfaceOf.delete(id);
    }
  }

  /** Carries out the plan to nothing, and ends. `keepAddresses`: leave virtual addresses where they are. */
  stop(changes: readonly Change[], keepAddresses: boolean): void {
    this.#keepAddresses = keepAddresses;
    this.apply(changes);
    this.#loop.stop();
    this.#syncDaemon.stop();
    if (!keepAddresses) this.#host.close();
    this.#holdings.close();
    this.#trackers.close();
    this.#interfaces.close();
  }

  /** Signatures need the time of day. */
  #tellTime(): void {
    const epoch = this.#time.news();
    if (epoch !== undefined) this.#loop.feed({ type: "clock", epoch });
  }

  /**
   * Adverts of one instant leave together, and before anything that comes after them: of lines for the log that are
   * meanwhile kept, too, because writing one takes longer than sending.
   */
  #settle(): void {
    this.#sockets.flush();
    for (const { level, message } of this.#lines) this.#log[level](message);
    if (this.#lines.length > 0) this.#lines.length = 0;
  }

  #carryOut(effect: VrrpEffect): void {
    if (effect.type !== "send-advert" && effect.type !== "log") this.#settle();
    switch (effect.type) {
      case "open":
        this.#open(effect);
        break;
      case "virtual-links":
        if (!this.#keepAddresses) this.#host.want(effect.links);
        break;
      case "close":
        this.#sockets.close(effect.instance);
        break;
      case "send-advert":
        this.#sockets.send(effect);
        if (effect.seal?.type === "trailer") this.#tellTime();
        break;
      case "add-addresses":
        this.#host.taking(effect.instance, effect.addresses);
        this.#hold(effect);
        break;
      case "remove-addresses":
        if (this.#keepAddresses) break;
        this.#hold(effect);
        this.#host.released(effect.instance, effect.addresses);
        break;
      case "add-routes":
      case "add-rules":
        this.#hold(effect);
        break;
      case "remove-routes":
      case "remove-rules":
        if (!this.#keepAddresses) this.#hold(effect);
        break;
      case "gratuitous-arp":
        this.#announcements.send(effect.addresses, this.#interfaceOf.get(effect.instance) ?? "");
        break;
      case "notify":
        this.#news.tell(effect);
        if (effect.target.type === "INSTANCE" && TRANSITIONS.has(effect.state))
          this.#syncDaemon.follow(effect.target.name, effect.state);
        break;
      case "run-script":
        this.#runScript(effect);
        break;
      case "cancel-script":
        this.#scripts.cancel(`script ${effect.script}`);
        break;
      case "watch-file":
      case "unwatch-file":
      case "count-processes":
      case "uncount-processes":
        this.#trackers.carryOut(effect);
        break;
      case "log":
        this.#lines.push(effect);
        break;
    }
  }

  #hold(effect: HoldingEffect): void {
    this.#holdings.carryOut(effect, this.#interfaceOf.get(effect.instance) ?? "");
  }

  #open(effect: Effect<"open">): void {
    try {
      this.#sockets.open(effect);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      const { instance, interface: device } = effect;
      this.#log.error(`(${instance}) cannot open a VRRP socket on ${device}: ${error.message}`);
    }
  }

  /** A kernel that refuses every advert of a socket is reported once, until it takes them again. */
  #sent({ family, interface: device }: Effect<"open">, error: KernelError | undefined): void {
    if (error === undefined) {
      if (this.#refusals.size > 0) this.#refusals.delete(`${device} ${family}`);
      return;
    }
    const socket = `${device} ${family}`;
    if (this.#refusals.get(socket) === error.code) return;
    this.#refusals.set(socket, error.code);
    this.#log.warn(`cannot send adverts on ${device}: ${error.message}`);
  }

  #runScript({ script, command, timeout }: Effect<"run-script">): void {
    this.#scripts.run({ key: `script ${script}`, kind: "track", timeout, ...command }, ({ ok, status }) => {
      this.#loop.feed({ type: "script-result", script, ok, status });
    });
  }
}

/** The interfaces that a change names, before and after. */
function interfacesOf(change: Change): string[] {
  switch (change.object) {
    case "vrrp_instance":
      return [change.before, change.after].flatMap((instance) => {
        if (instance === undefined) return [];
        const tracked = instance.track_interface.map((each) => each.interface);
        const device = instance.interface ?? instance.vrf;
        return device === undefined ? tracked : [device, ...tracked];
      });
    case "vrrp_sync_group":
      return [change.before, change.after].flatMap((group) =>
        (group?.track_interface ?? []).map((each) => each.interface),
      );
    default:
      return [];
  }
}
