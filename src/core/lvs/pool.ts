import type { RealServer, ServerAddress, VirtualServer, VirtualServerGroup } from "../../config/config.ts";
import type { IpvsDestination, IpvsServiceKey } from "../../wire/ipvs-types.ts";
import type { Checker } from "../checker/check-loop.ts";
import type { CheckerSpec } from "./checkers.ts";
import type { CheckerId } from "./contract.ts";
import { destinationOf, serviceOf, sorryDestinationOf } from "./desired.ts";
import { realServerName, serverName, virtualServerName } from "./names.ts";
import { type News, serverAlert, serverLine, serviceAlert, serviceLine, verdictText } from "./news.ts";
import type { Outbox } from "./outbox.ts";
import { keyText, serviceKeysOf } from "./services.ts";
import type { IpvsTable } from "./table.ts";

/** What the kernel takes as a weight. */
const GREATEST_WEIGHT = 2_147_483_647;

/** A checker of a real server at work. */
export interface CheckerEntry {
  readonly id: CheckerId;
  readonly pool: Pool;
  readonly real: RealState;
  readonly spec: CheckerSpec;
  readonly checker: Checker;
  /** It has a connection. */
  isConnected: boolean;
  /** The verdict that was last heard of, or what was assumed. */
  wasUp: boolean;
}

/** A real server at work. Alive while every checker of it is up; one without checkers always is. */
export interface RealState {
  readonly id: string;
  config: RealServer;
  checkers: CheckerEntry[];
  alive: boolean;
  /** The state that a notify script last heard of. What a server starts with is news to nobody. */
  told: boolean | undefined;
  /** What it weighs: as configured, and as its checkers have it. */
  weight: number;
}

/**
 * A virtual server at work: its real servers, its quorum, its sorry server. Every change ends in settle(), which draws
 * the consequences: transitions, quorum, what the kernel's table ought to hold, scripts.
 */
export class Pool {
  readonly id: string;
  config: VirtualServer;
  readonly reals = new Map<string, RealState>();
  #sorry: ServerAddress | undefined;
  #quorumUp = false;
  /** The quorum has been looked at once, with all servers of the configuration in place. */
  #started = false;
  /** The services that it is in the table. */
  #installed: readonly IpvsServiceKey[] = NONE;
  #expanded: Expanded | undefined;
  /** Its name, and what that was made from: lines name it again and again. */
  #named: { readonly config: VirtualServer; readonly ordinal: number; readonly name: string } | undefined;
  /** Those that it no longer is, and is there still. */
  #outgoing = NONE;
  /** Of a virtual server that is of a group: what belongs to the group. */
  entries: VirtualServerGroup["entries"] = [];
  /** What the packets to the addresses of its group are marked with. */
  mark: number | undefined;
  /** How many virtual servers of its group stand before it. */
  ordinal = 0;
  /** Its servers are not checked: ha_suspend, and none of its addresses is here. */
  suspended = false;

  constructor(id: string, config: VirtualServer) {
    this.id = id;
    this.config = config;
  }

  get name(): string {
    const { config, ordinal } = this;
    if (this.#named?.config !== config || this.#named.ordinal !== ordinal)
      this.#named = { config, ordinal, name: virtualServerName(config, ordinal) };
    return this.#named.name;
  }

  nameOf(real: RealState): string {
    return realServerName(this.config, real.config);
  }

  setSorry(sorry: ServerAddress, out: Outbox): void {
    this.#sorry = sorry;
    if (this.#started && !this.#quorumUp) this.#logSorry(sorry, true, out);
  }

  /** Forgets the sorry server, unless another one has taken its place by now. */
  dropSorry({ address, port }: ServerAddress, out: Outbox): void {
    const sorry = this.#sorry;
    if (sorry?.address !== address || sorry.port !== port) return;
    if (!this.#quorumUp) this.#logSorry(sorry, false, out);
    this.#sorry = undefined;
  }

  /** Draws the consequences of what has changed; `changed` are the servers whose checkers may say otherwise now. */
  settle(changed: Iterable<RealState>, table: IpvsTable, out: Outbox): void {
    for (const real of changed) this.#transition(real, out);
    this.#judgeQuorum(out);
    this.#install(table, out);
  }

  /** A checker has come to a verdict, whose consequences are drawn: mail tells of it when it is another than before. */
  tellVerdict(entry: CheckerEntry, up: boolean, reason: string, wasAlive: boolean, out: Outbox): void {
    const { real, spec, wasUp } = entry;
    entry.wasUp = up;
    if (up === wasUp) return;
    const body = verdictText(spec.kind, up, reason);
    if (body === undefined) return;
    out.tell({ key: "", alert: this.#alert(real, body, real.alive === wasAlive) });
  }

  /** A server that a reload takes out while it is alive. */
  tellRemoval(real: RealState, out: Outbox): void {
    real.alive = false;
    this.#notify(real, out);
    out.tell({ key: "", alert: this.#alert(real, "Removing", false) });
  }

  /** A server that goes with its service, under omega. */
  tellEnd(real: RealState, out: Outbox): void {
    real.alive = false;
    this.#notify(real, out);
  }

  /** A server that is assumed up at its start, under rs_init_notifies. */
  tellStart(real: RealState, out: Outbox): void {
    if (real.alive) this.#notify(real, out);
  }

  /** A checker says otherwise how much a server weighs. */
  reweigh(real: RealState, table: IpvsTable, out: Outbox): void {
    this.tellWeight(real, out);
    this.settle([], table, out);
  }

  /**
   * Takes over what a server weighs by now. Checkers that have a say each add what they want more, or less, than is
   * configured.
   */
  tellWeight(real: RealState, out: Outbox): void {
    const before = real.weight;
    this.weigh(real);
    const after = real.weight;
    if (before === after) return;
    const state = real.alive ? "active" : "inactive";
    out.log(
      `Changing weight from ${before} to ${after} for ${state} service ${this.nameOf(real)} of VS ${this.name}`,
    );
  }

  /** The same without a word. */
  weigh(real: RealState): void {
    const { weight } = real.config;
    const more = real.checkers.reduce(
      (sum, { checker }) => sum + ((checker.weight ?? weight) - weight) + (checker.weightChange ?? 0),
      0,
    );
    real.weight = Math.min(GREATEST_WEIGHT, Math.max(0, weight + more));
  }

  #alert(real: RealState, body: string, checkerOnly: boolean): News["alert"] {
    const about = { config: real.config, name: this.nameOf(real), service: this.name };
    return serverAlert(about, real.alive, body, checkerOnly);
  }

  /** A first verdict that finds down what was not assumed to be up: no transition, but news. */
  tellFirstVerdict(real: RealState, out: Outbox): void {
    if (real.told === undefined && !real.alive) this.#notify(real, out);
  }

  /** Takes the service out of the table. On the way out omega runs quorum_down. */
  dispose(table: IpvsTable, out: Outbox): void {
    for (const key of this.#installed) out.ipvs(table.remove(key, this.id));
    this.#installed = NONE;
    if (!this.config.omega || !this.#quorumUp) return;
    out.tell({ key: this.id, script: this.config.quorum_down, line: serviceLine(this.name, false) });
  }

  /** Takes a real server's destinations out of the table now, so that it comes back as a new one if at all. */
  expel(real: RealServer, table: IpvsTable, out: Outbox): void {
    for (const key of this.#installed)
      out.ipvs(table.removeDestination(key, destinationOf(this.config, real, 0, key)));
  }

  /** The same for the sorry server. */
  expelSorry(sorry: ServerAddress, table: IpvsTable, out: Outbox): void {
    for (const key of this.#installed)
      out.ipvs(table.removeDestination(key, sorryDestinationOf(this.config, sorry, 0, key)));
  }

  /**
   * Takes out the services that it is no longer, after what has changed is settled: whoever else wants one of them has it
   * by then.
   */
  withdraw(table: IpvsTable, out: Outbox): void {
    for (const key of this.#outgoing) out.ipvs(table.remove(key, this.id));
    this.#outgoing = NONE;
  }

  /** Where the configuration has what a service, or a destination in it, comes from. */
  originOf(key: IpvsServiceKey, destination?: Pick<IpvsDestination, "address" | "port">): number {
    if (!destination) return this.config.$.at;
    for (const { config } of this.reals.values()) {
      if (config.server.address !== destination.address) continue;
      if (destinationOf(this.config, config, 0, key).port === destination.port) return config.$.at;
    }
    const at = this.config.$.of.sorry_server;
    return typeof at === "number" ? at + (this.config.$.shift ?? 0) : this.config.$.at;
  }

  /** Tells scripts and FIFOs of the state that the server is in. */
  #notify(real: RealState, out: Outbox): void {
    const { alive, config } = real;
    real.told = alive;
    out.tell({
      key: `${this.id}/${real.id}`,
      script: alive ? config.notify_up : config.notify_down,
      line: serverLine(this.nameOf(real), this.name, alive),
    });
  }

  #transition(real: RealState, out: Outbox): void {
    const alive = real.checkers.every(({ checker }) => checker.up);
    if (alive === real.alive) return;
    real.alive = alive;
    const inhibit = real.config.inhibit_on_failure;
    const service = this.nameOf(real);
    if (alive)
      out.log(
        inhibit
          ? `Enabling service ${service} of VS ${this.name}`
          : `Adding service ${service} to VS ${this.name}`,
      );
    else if (inhibit) out.log(`Disabling service ${service} of VS ${this.name}`, "warn");
    else out.log(`Removing service ${service} from VS ${this.name}`, "warn");
    this.#notify(real, out);
  }

  /** Gained at quorum + hysteresis, lost below quorum - hysteresis, and what it was in between. */
  #judgeQuorum(out: Outbox): void {
    const { quorum, hysteresis } = this.config;
    let weight = 0;
    for (const real of this.reals.values()) if (real.alive) weight += real.weight;
    const first = !this.#started;
    this.#started = true;
    if (!this.#quorumUp && weight >= quorum + hysteresis) {
      out.log(
        `Gained quorum ${quorum}+${hysteresis}=${quorum + hysteresis} <= ${weight} for VS ${this.name}`,
      );
      this.#turnQuorum(true, first, weight, out);
    } else if (this.#quorumUp && weight < quorum - hysteresis) {
      out.log(
        `Lost quorum ${quorum}-${hysteresis}=${quorum - hysteresis} > ${weight} for VS ${this.name}`,
        "warn",
      );
      this.#turnQuorum(false, first, weight, out);
    } else if (first && this.#sorry) {
      // As keepalived: a start without quorum is news only where a sorry server stands in.
      out.log(
        `Starting with quorum down ${quorum}+${hysteresis}=${quorum + hysteresis} > ${weight} for VS ${this.name}`,
        "warn",
      );
      this.#turnQuorum(false, first, weight, out);
    }
  }

  #turnQuorum(up: boolean, first: boolean, weight: number, out: Outbox): void {
    this.#quorumUp = up;
    const { quorum, hysteresis, quorum_up, quorum_down } = this.config;
    const doing = first ? `Starting with quorum ${up ? "up" : "down"}` : up ? "Gained quorum" : "Lost quorum";
    // keepalived's sum, whichever way it goes.
    const sum = `${doing} ${quorum}+${hysteresis}=${quorum + hysteresis} <= ${weight}`;
    out.tell({
      key: this.id,
      script: up ? quorum_up : quorum_down,
      line: serviceLine(this.name, up),
      alert: serviceAlert(this.config, this.name, up, sum),
    });
    if (!this.#sorry || (up && first)) return;
    this.#logSorry(this.#sorry, !up, out);
    out.log(`${up ? "Adding alive servers to" : "Removing alive servers from"} the pool for VS ${this.name}`);
  }

  /** Whether it stays in the table at weight 0. One that is a real server, too, does as that one does. */
  #inhibitsSorry({ address, port }: ServerAddress): boolean {
    for (const { config } of this.reals.values()) {
      if (config.server.address === address && config.server.port === port) return config.inhibit_on_failure;
    }
    return this.config.sorry_server_inhibit;
  }

  #logSorry(sorry: ServerAddress, standsIn: boolean, out: Outbox): void {
    const inhibit = this.#inhibitsSorry(sorry);
    const doing = standsIn ? (inhibit ? "Enabling" : "Adding") : inhibit ? "Disabling" : "Removing";
    out.log(
      `${doing} sorry server ${serverName(this.config, sorry)} ${standsIn ? "to" : "from"} VS ${this.name}`,
    );
  }

  /** What the kernel ought to hold: alive servers while there is quorum or no sorry server, else the sorry server. */
  #destinations(key: IpvsServiceKey): IpvsDestination[] {
    const standsIn = this.#sorry !== undefined && !this.#quorumUp;
    const destinations: IpvsDestination[] = [];
    for (const { config, alive, weight } of this.reals.values()) {
      if (alive && !standsIn) destinations.push(destinationOf(this.config, config, weight, key));
      else if (config.inhibit_on_failure) destinations.push(destinationOf(this.config, config, 0, key));
    }
    if (!this.#sorry || !(standsIn || this.#inhibitsSorry(this.#sorry))) return destinations;
    const sorry = sorryDestinationOf(this.config, this.#sorry, standsIn ? 1 : 0, key);
    const twin = destinations.findIndex(
      ({ address, port }) => address === sorry.address && port === sorry.port,
    );
    // A real server may be the sorry server, too: one destination, and whoever is wanted now decides.
    if (twin < 0) destinations.push(sorry);
    else if (standsIn) destinations[twin] = sorry;
    return destinations;
  }

  /** The services that it is now. Those of a group are many, and change with the configuration only. */
  #keys(): readonly IpvsServiceKey[] {
    // A virtual server without real servers is none.
    if (this.reals.size === 0) return NONE;
    const known = this.#expanded;
    if (known && this.mark === undefined && known.config === this.config && known.entries === this.entries)
      return known.keys;
    const configs = Array.from(this.reals.values(), ({ config }) => config);
    const keys = serviceKeysOf(this.config, this.entries, configs, this.mark);
    const dependsOnServers = keys.some(({ type }) => type === "fwmark");
    this.#expanded = dependsOnServers ? undefined : { config: this.config, entries: this.entries, keys };
    return keys;
  }

  #install(table: IpvsTable, out: Outbox): void {
    const keys = this.#keys();
    if (this.#installed.length > 0 && this.#installed !== keys) {
      const staying = new Set(keys.map(keyText));
      this.#outgoing = this.#installed.filter((key) => !staying.has(keyText(key)));
    }
    this.#installed = keys;
    /** Where ports do not depend on the service, its destinations are the same objects. */
    const byPort = new Map<number, readonly IpvsDestination[]>();
    for (const key of keys) {
      const port = key.type === "address" ? key.port : 0;
      const destinations = byPort.get(port) ?? this.#destinations(key);
      byPort.set(port, destinations);
      out.ipvs(table.install({ service: serviceOf(this.config, key), destinations }, this.id));
    }
  }
}

/** The services of a virtual server, and what they were made from. */
interface Expanded {
  readonly config: VirtualServer;
  readonly entries: VirtualServerGroup["entries"];
  readonly keys: readonly IpvsServiceKey[];
}

const NONE: readonly IpvsServiceKey[] = [];
