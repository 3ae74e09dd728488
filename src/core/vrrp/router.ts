import { type Micros, SECOND } from "../../values/time.ts";
import type { Machine } from "../machine.ts";
import { DeadlineQueue } from "../timers.ts";
import { boundedDelays, Debouncer } from "../track/debounce.ts";
import type { Timer } from "../track/script-tracker.ts";
import { Trackers } from "../track/trackers.ts";
import { effectivePriority, weigh } from "../track/weigh.ts";
import { Announcer } from "./announcer.ts";
import { type Claims, claimsOf } from "./claims.ts";
import type { InterfaceFacts, VrrpEffect, VrrpEvent } from "./contract.ts";
import { newCounters } from "./counters.ts";
import type { Definition } from "./definition.ts";
import { Desired, type Taken } from "./desired.ts";
import { Instance } from "./instance.ts";
import { LogLimiter } from "./log-limiter.ts";
import type { Services } from "./services.ts";
import { snapshot, type VrrpSnapshot } from "./snapshot.ts";
import { Stagger } from "./stagger.ts";
import { SyncGroup } from "./sync-group.ts";
import { interfaceFault, trackedNames, trackedObjects } from "./tracking.ts";
import { sameLink, type VirtualLink } from "./virtual-link.ts";

type EventOf<T extends VrrpEvent["type"]> = Extract<VrrpEvent, { readonly type: T }>;

/** The VRRP router as a machine, and a view of it for operators. */
export interface VrrpRouter extends Machine<VrrpEvent, VrrpEffect> {
  /** State and statistics of everything, as plain data. */
  snapshot(): VrrpSnapshot;
  /** What every instance holds when it is master. */
  claims(): Claims;
  /** Sets the statistics of every instance to zero. */
  clearStatistics(): void;
}

/** A router without instances; plans give it some. */
export function createVrrpRouter(): VrrpRouter {
  return new Router();
}

class Router implements VrrpRouter {
  #effects: VrrpEffect[] = [];
  readonly #timers = new DeadlineQueue<Timer>();
  readonly #services: Services = {
    timers: this.#timers,
    stagger: new Stagger(),
    emit: (effect) => this.#effects.push(effect),
    timeOfDay: (now) => this.#epoch + now,
    keyFile: (path) => this.#keyFiles.get(path),
    startsAt: () => this.#startsAt,
  };
  readonly #announcer = new Announcer(this.#services);
  readonly #desired = new Desired();
  readonly #interfaces = new Map<string, InterfaceFacts>();
  readonly #trackers = new Trackers(this.#timers, this.#services.emit, (now) => this.#evaluate(now));
  readonly #debouncer = new Debouncer<InterfaceFacts>(this.#timers, (name, running, now) =>
    this.#settled(name, running, now),
  );
  readonly #instances = new Map<string, Instance>();
  #groups: SyncGroup[] = [];
  /** The links that the driver was told to make. */
  #links: readonly VirtualLink[] = [];
  /** Instances by virtual router ID: what an advert is looked up by first. */
  readonly #byVirtualRouterId = new Map<number, Instance[]>();
  /** Time of day, microseconds since 1970, at monotonic time 0. */
  #epoch = 0;
  #keyFiles: ReadonlyMap<string, Uint8Array> = new Map();
  /** When instances begin to take part; worked out with the first plan. */
  #startsAt: Micros = 0;
  #started = false;
  readonly #limiter = new LogLimiter();

  handle(event: VrrpEvent, now: Micros): VrrpEffect[] {
    this.#effects = [];
    switch (event.type) {
      case "advert":
        this.#advert(event, now);
        break;
      case "timer":
        this.#expire(now);
        break;
      case "clock":
        this.#epoch = event.epoch;
        break;
      case "apply":
        this.#apply(event, now);
        break;
      case "interface":
        this.#interface(event.facts, now);
        break;
      case "malformed":
        this.#malformed(event, now);
        break;
      case "address-removed":
        this.#addressRemoved(event, now);
        break;
      case "holding-removed":
        this.#holdingRemoved(event, now);
        break;
      case "script-result":
        if (this.#trackers.scriptResult(event.script, event.ok, event.status)) this.#evaluate(now);
        break;
      case "file-value":
        if (this.#trackers.fileValue(event.file, event.value)) this.#evaluate(now);
        break;
      case "process-count":
        if (this.#trackers.processCount(event.process, event.count, event.cause, now)) this.#evaluate(now);
        break;
      case "bfd":
        this.#session(event, now);
        break;
    }
    return this.#effects;
  }

  deadline(): Micros | undefined {
    return this.#timers.next();
  }

  snapshot(): VrrpSnapshot {
    return snapshot(this.#instances.values(), this.#groups, this.#trackers.scripts.values());
  }

  claims(): Claims {
    return claimsOf([...this.#instances.values()].map(({ definition }) => definition));
  }

  clearStatistics(): void {
    for (const { counters } of this.#instances.values()) Object.assign(counters, newCounters());
  }

  #expire(now: Micros): void {
    for (let due = this.#timers.take(now); due !== undefined; due = this.#timers.take(now)) {
      due.timer(due.at, now);
    }
  }

  #advert(event: EventOf<"advert">, now: Micros): void {
    let known = false;
    for (const instance of this.#byVirtualRouterId.get(event.advert.virtualRouterId) ?? []) {
      if (!isFor(instance, event)) continue;
      known = true;
      instance.receive(event, now);
    }
    if (!known && this.#desired.logsUnknown) this.#logUnknown(event, now);
  }

  /** log_unknown_vrids; each of them once in a while. */
  #logUnknown({ advert, source, ifindex }: EventOf<"advert">, now: Micros): void {
    const { virtualRouterId: id } = advert;
    let device = String(ifindex);
    for (const { name, ifindex: index } of this.#interfaces.values()) if (index === ifindex) device = name;
    const message = `Unknown VRID(${id}) received on interface(${device}) from ${source}. ignoring...`;
    const admitted = this.#limiter.admit(`${id} ${device}`, message, now);
    if (admitted !== undefined) this.#log(admitted);
  }

  #malformed(event: EventOf<"malformed">, now: Micros): void {
    const { virtualRouterId } = event.error;
    if (virtualRouterId === undefined) return;
    for (const instance of this.#byVirtualRouterId.get(virtualRouterId) ?? []) {
      if (isFor(instance, event)) instance.refuse(event.error, event, now);
    }
  }

  #interface(told: InterfaceFacts, now: Micros): void {
    const before = this.#interfaces.get(told.name);
    this.#believe(this.#debouncer.admit(told, before, now), now);
  }

  /** A change of an interface that was delayed counts now. */
  #settled(name: string, running: boolean, now: Micros): void {
    const facts = this.#interfaces.get(name);
    if (facts !== undefined) this.#believe({ ...facts, running }, now);
  }

  #believe(facts: InterfaceFacts, now: Micros): void {
    const before = this.#interfaces.get(facts.name);
    this.#interfaces.set(facts.name, facts);
    if (before !== undefined && before.running !== facts.running) {
      this.#log(
        `${facts.polled ? "Linkbeat" : "Netlink"} reports ${facts.name} ${facts.running ? "up" : "down"}`,
      );
    }
    for (const instance of this.#instances.values()) {
      const { config, device } = instance.definition;
      if (device === facts.name || config.interface === facts.name) this.#inform(instance);
    }
    this.#evaluate(now);
  }

  /** Tells an instance what is known of its interface, and of the one below that. */
  #inform(instance: Instance): void {
    const { config, device } = instance.definition;
    const [facts, base] = [device, config.interface].map((name) => this.#interfaces.get(name ?? ""));
    instance.setFacts(facts, base);
  }

  /** Has the driver make the links that instances need. Of new ones nothing is known until it says so. */
  #applyLinks(): void {
    const { links } = this.#desired;
    const before = new Map(this.#links.map((link) => [link.name, link]));
    const same = (link: VirtualLink) => {
      const old = before.get(link.name);
      return old !== undefined && sameLink(old, link);
    };
    if (links.length === before.size && links.every(same)) return;
    for (const link of links) if (!same(link)) this.#interfaces.delete(link.name);
    this.#links = links;
    this.#services.emit({ type: "virtual-links", links });
  }

  /** Whether the driver has yet to say what became of the link that an instance is to have. */
  #awaitsLink({ own }: Definition): boolean {
    return own !== undefined && !this.#interfaces.has(own.name);
  }

  #interfaceFault({ definition, source }: Instance): string | undefined {
    return this.#awaitsLink(definition) ? undefined : interfaceFault(definition, this.#interfaces, source);
  }

  /** Somebody took a virtual address away from a master: as keepalived, it lets another router try. */
  #addressRemoved({ ifindex, address }: EventOf<"address-removed">, now: Micros): void {
    for (const group of this.#groups) {
      const robbed = group.members.find(
        ({ state, definition }) =>
          state === "MASTER" &&
          definition.all.some(
            (each) =>
              each.address === address &&
              this.#interfaces.get(each.dev ?? definition.config.interface ?? "")?.ifindex === ifindex,
          ),
      );
      if (robbed === undefined) continue;
      this.#log(`Netlink reflector reports IP ${address} removed from ${robbed.definition.config.interface}`);
      group.stepDown(robbed, now, `address ${address} was removed by somebody else`);
    }
  }

  /** Somebody took a route or a rule away from a master, which steps down as for an address. */
  #holdingRemoved({ instance: name, what }: EventOf<"holding-removed">, now: Micros): void {
    const robbed = this.#instances.get(name);
    const group = robbed && this.#groups.find(({ members }) => members.includes(robbed));
    if (robbed?.state !== "MASTER" || group === undefined) return;
    this.#log(`Netlink reflector reports ${what} of (${name}) removed`);
    group.stepDown(robbed, now, `${what} was removed by somebody else`);
  }

  #apply({ changes, interfaces, keyFiles }: EventOf<"apply">, now: Micros): void {
    const taken = this.#desired.take(changes);
    if (keyFiles !== undefined) this.#keyFiles = keyFiles;
    this.#delayStart(now);
    this.#announcer.configure(this.#desired.garpGaps);
    const end = taken.final ? "STOP" : "FAULT";
    for (const name of [...taken.removed, ...taken.replacedInstances]) this.#remove(name, end, now);
    const definitions = this.#desired.definitions();
    for (const definition of definitions) this.#makeRoom(definition, now);
    this.#applyInterfaces(interfaces, definitions, now);
    this.#applyLinks();
    const tracked = trackedNames([
      ...definitions.map(({ config }) => config),
      ...this.#desired.groups.values(),
    ]);
    const startTrackers = this.#trackers.apply(this.#desired, tracked, taken.replacedScripts, now);
    for (const definition of definitions) this.#applyInstance(definition, now);
    for (const instance of this.#instances.values()) instance.settle();
    const running = this.#groups.length > 0;
    this.#regroup(taken);
    this.#reindex();
    if (running && this.#desired.repeatsStates) for (const group of this.#groups) group.repeat();
    this.#evaluate(now);
    startTrackers();
    this.#expire(now);
  }

  /** vrrp_startup_delay and vrrp_delay_after_boot count from the first plan. */
  #delayStart(now: Micros): void {
    if (this.#started) return;
    this.#started = true;
    this.#startsAt = this.#desired.startsAt(now);
    const delay = this.#startsAt - now;
    if (delay > 0) this.#log(`Delaying startup for ${delay / SECOND} seconds`);
  }

  #remove(name: string, end: "STOP" | "FAULT", now: Micros): void {
    this.#instances.get(name)?.stop(end, now);
    this.#instances.delete(name);
  }

  /** Takes away what is in the way of a definition: an instance that cannot go on under it, addresses it has not. */
  #makeRoom(definition: Definition, now: Micros): void {
    const running = this.#instances.get(definition.config.name);
    if (running === undefined) return;
    if (sameRouter(running.definition, definition)) running.withdraw(definition);
    else this.#remove(running.name, "FAULT", now);
  }

  #applyInstance(definition: Definition, now: Micros): void {
    const { name } = definition.config;
    const running = this.#instances.get(name);
    if (running !== undefined) {
      running.configure(definition, now);
      return;
    }
    const instance = new Instance(definition, this.#services, this.#announcer);
    this.#instances.set(name, instance);
    instance.start();
    this.#inform(instance);
  }

  /** Delays of interfaces count from now on; a delay that runs keeps its length. */
  #applyInterfaces(
    interfaces: readonly InterfaceFacts[],
    definitions: readonly Definition[],
    now: Micros,
  ): void {
    const bounds = definitions.map(({ config, own }) => ({
      interface: config.interface,
      advertInterval: config.advert_int,
      adverts: config.down_timer_adverts,
      own: own?.name,
    }));
    this.#debouncer.configure(boundedDelays(this.#desired.delays.values(), bounds));
    for (const told of interfaces) {
      this.#interfaces.set(told.name, this.#debouncer.admit(told, this.#interfaces.get(told.name), now));
    }
  }

  #session({ name, up }: EventOf<"bfd">, now: Micros): void {
    if (!this.#trackers.session(name, up)) return;
    this.#log(`BFD session ${name} is ${up ? "up" : "down"}`);
    this.#evaluate(now);
  }

  /** Puts the instances into their groups; one that no group names gets a group of its own. */
  #regroup(taken: Taken): void {
    const states = new Map(this.#groups.map((group) => [group.config?.name, group.notified]));
    for (const config of taken.removedGroups) {
      if (taken.final) new SyncGroup(config, [], this.#services).stopped();
    }
    const alone = new Set(this.#instances.values());
    this.#groups = [];
    for (const config of this.#desired.groups.values()) {
      const members = (config.group ?? []).flatMap((name) => this.#instances.get(name) ?? []);
      const free = members.filter((member) => alone.delete(member));
      this.#groups.push(new SyncGroup(config, free, this.#services, states.get(config.name)));
    }
    for (const instance of alone) this.#groups.push(new SyncGroup(undefined, [instance], this.#services));
  }

  #reindex(): void {
    this.#byVirtualRouterId.clear();
    for (const instance of this.#instances.values()) {
      const { virtual_router_id: id } = instance.definition.config;
      const others = this.#byVirtualRouterId.get(id) ?? [];
      this.#byVirtualRouterId.set(id, [...others, instance]);
    }
  }

  /** Weighs what every instance tracks, and lets the groups draw the consequences. */
  #evaluate(now: Micros): void {
    const { sessionWeights } = this.#desired;
    const observed = { interfaces: this.#interfaces, trackers: this.#trackers, sessionWeights };
    for (const group of this.#groups) {
      const owned = group.members.some((member) => member.definition.config.priority === 255);
      const tied = group.config && { config: group.config, owned };
      for (const member of group.members) {
        const { definition } = member;
        const { config } = definition;
        const weighed = weigh(trackedObjects(definition, tied, observed));
        member.fault = definition.flaw ?? this.#interfaceFault(member) ?? weighed.fault;
        member.waiting = weighed.waiting || this.#awaitsLink(definition);
        const told = group.config?.notify_priority_changes === true;
        member.setPriority(effectivePriority(config.priority, weighed.change), told, weighed.causes);
      }
      group.evaluate(now);
    }
  }

  #log(message: string): void {
    this.#services.emit({ type: "log", level: "info", message });
  }
}

interface Destined {
  readonly source: string;
  readonly destination: string;
  readonly ifindex: number;
}

/** Whether a message came in where the instance listens. Without an interface, unicast is taken from anywhere. */
function isFor({ ifindex, definition: { group, family, config } }: Instance, message: Destined): boolean {
  if (config.interface !== undefined && ifindex !== message.ifindex) return false;
  const { destination } = message;
  if (group !== undefined) return destination === group;
  const v6 = destination.includes(":");
  if (v6 !== (family === 6)) return false;
  return v6 ? !destination.startsWith("ff") : !(Number.parseInt(destination, 10) >= 224);
}

/** Whether one definition can go on as the other: its election is the same. */
function sameRouter(a: Definition, b: Definition): boolean {
  return (
    a.config.virtual_router_id === b.config.virtual_router_id &&
    a.config.interface === b.config.interface &&
    a.device === b.device &&
    sameOwn(a.own, b.own) &&
    a.version === b.version &&
    a.family === b.family
  );
}

const sameOwn = (a: VirtualLink | undefined, b: VirtualLink | undefined): boolean =>
  a === undefined || b === undefined ? a === b : a.name === b.name && sameLink(a, b);
