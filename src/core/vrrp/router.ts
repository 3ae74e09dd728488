import type { Micros } from "../../values/time.ts";
import type { Machine } from "../machine.ts";
import { DeadlineQueue } from "../timers.ts";
import { ScriptTracker, type Timer } from "../track/script-tracker.ts";
import { effectivePriority, weigh } from "../track/weigh.ts";
import { Announcer } from "./announcer.ts";
import type { InterfaceFacts, VrrpEffect, VrrpEvent } from "./contract.ts";
import type { Definition } from "./definition.ts";
import { Desired, type Taken } from "./desired.ts";
import { Instance } from "./instance.ts";
import type { Services } from "./services.ts";
import { snapshot, type VrrpSnapshot } from "./snapshot.ts";
import { SyncGroup } from "./sync-group.ts";
import { interfaceFault, trackedObjects } from "./tracking.ts";

type EventOf<T extends VrrpEvent["type"]> = Extract<VrrpEvent, { readonly type: T }>;

/** The VRRP router as a machine, and a view of it for operators. */
export interface VrrpRouter extends Machine<VrrpEvent, VrrpEffect> {
  /** State and statistics of everything, as plain data. */
  snapshot(): VrrpSnapshot;
}

/** A router without instances; plans give it some. */
export function createVrrpRouter(): VrrpRouter {
  return new Router();
}

class Router implements VrrpRouter {
  #effects: VrrpEffect[] = [];
  readonly #timers = new DeadlineQueue<Timer>();
  readonly #services: Services = { timers: this.#timers, emit: (effect) => this.#effects.push(effect) };
  readonly #announcer = new Announcer(this.#services);
  readonly #desired = new Desired();
  readonly #interfaces = new Map<string, InterfaceFacts>();
  readonly #scripts = new Map<string, ScriptTracker>();
  readonly #instances = new Map<string, Instance>();
  #groups: SyncGroup[] = [];
  /** Instances by virtual router ID: what an advert is looked up by first. */
  readonly #byVirtualRouterId = new Map<number, Instance[]>();

  handle(event: VrrpEvent, now: Micros): VrrpEffect[] {
    this.#effects = [];
    switch (event.type) {
      case "advert":
        this.#advert(event, now);
        break;
      case "timer":
        this.#expire(now);
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
      case "script-result":
        if (this.#scripts.get(event.script)?.result(event.ok, event.status)) this.#evaluate(now);
        break;
    }
    return this.#effects;
  }

  deadline(): Micros | undefined {
    return this.#timers.next();
  }

  snapshot(): VrrpSnapshot {
    return snapshot(this.#instances.values(), this.#groups, this.#scripts.values());
  }

  #expire(now: Micros): void {
    for (let due = this.#timers.take(now); due !== undefined; due = this.#timers.take(now)) {
      due.timer(due.at, now);
    }
  }

  #advert(event: EventOf<"advert">, now: Micros): void {
    for (const instance of this.#byVirtualRouterId.get(event.advert.virtualRouterId) ?? []) {
      if (isFor(instance, event)) instance.receive(event, now);
    }
  }

  #malformed(event: EventOf<"malformed">, now: Micros): void {
    const { virtualRouterId } = event.error;
    if (virtualRouterId === undefined) return;
    for (const instance of this.#byVirtualRouterId.get(virtualRouterId) ?? []) {
      if (isFor(instance, event)) instance.refuse(event.error, now);
    }
  }

  #interface(facts: InterfaceFacts, now: Micros): void {
    const before = this.#interfaces.get(facts.name);
    this.#interfaces.set(facts.name, facts);
    if (before !== undefined && before.running !== facts.running) {
      this.#log(`Netlink reports ${facts.name} ${facts.running ? "up" : "down"}`);
    }
    for (const instance of this.#instances.values()) {
      if (instance.definition.config.interface === facts.name) instance.setFacts(facts);
    }
    this.#evaluate(now);
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
      group.stepDown(robbed, now);
    }
  }

  #apply({ changes, interfaces }: EventOf<"apply">, now: Micros): void {
    for (const facts of interfaces) this.#interfaces.set(facts.name, facts);
    const taken = this.#desired.take(changes);
    this.#announcer.configure(this.#desired.garpGaps);
    const end = taken.final ? "STOP" : "FAULT";
    for (const name of [...taken.removed, ...taken.replacedInstances]) this.#remove(name, end);
    const definitions = this.#desired.definitions();
    for (const definition of definitions) this.#makeRoom(definition);
    const started = this.#applyScripts(taken, definitions, now);
    for (const definition of definitions) this.#applyInstance(definition, now);
    const running = this.#groups.length > 0;
    this.#regroup(taken);
    this.#reindex();
    if (running && this.#desired.repeatsStates) for (const group of this.#groups) group.repeat();
    this.#evaluate(now);
    for (const tracker of started) tracker.start(now);
    this.#expire(now);
  }

  #remove(name: string, end: "STOP" | "FAULT"): void {
    this.#instances.get(name)?.stop(end);
    this.#instances.delete(name);
  }

  /** Takes away what is in the way of a definition: an instance that cannot go on under it, addresses it has not. */
  #makeRoom(definition: Definition): void {
    const running = this.#instances.get(definition.config.name);
    if (running === undefined) return;
    if (sameRouter(running.definition, definition)) running.withdraw(definition);
    else this.#remove(running.name, "FAULT");
  }

  #applyInstance(definition: Definition, now: Micros): void {
    const { name, interface: device = "" } = definition.config;
    const running = this.#instances.get(name);
    if (running !== undefined) {
      running.configure(definition, now);
      return;
    }
    const instance = new Instance(definition, this.#services, this.#announcer);
    this.#instances.set(name, instance);
    instance.start();
    instance.setFacts(this.#interfaces.get(device));
  }

  /** Scripts run while something tracks them. Returns those that are new. */
  #applyScripts(taken: Taken, definitions: readonly Definition[], now: Micros): ScriptTracker[] {
    const tracking = [...definitions.map(({ config }) => config), ...this.#desired.groups.values()];
    const wanted = new Set(
      tracking.flatMap(({ track_script }) => track_script ?? []).map(({ script }) => script),
    );
    for (const [name, tracker] of this.#scripts) {
      if (wanted.has(name) && this.#desired.scripts.has(name) && !taken.replacedScripts.has(name)) continue;
      tracker.stop();
      this.#scripts.delete(name);
    }
    const started: ScriptTracker[] = [];
    for (const [name, config] of this.#desired.scripts) {
      const running = this.#scripts.get(name);
      if (running !== undefined) running.update(config, now);
      else if (wanted.has(name)) {
        const tracker = new ScriptTracker(config, this.#timers, this.#services.emit);
        this.#scripts.set(name, tracker);
        started.push(tracker);
      }
    }
    return started;
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
    const observed = { interfaces: this.#interfaces, scripts: this.#scripts };
    for (const group of this.#groups) {
      for (const member of group.members) {
        const { definition, source } = member;
        const { config } = definition;
        const weighed = weigh(trackedObjects(definition, group.config, observed));
        const facts = config.interface === undefined ? undefined : this.#interfaces.get(config.interface);
        member.fault = interfaceFault(definition, facts, source) ?? weighed.fault;
        member.waiting = weighed.waiting;
        const told = group.config?.notify_priority_changes === true;
        member.setPriority(effectivePriority(config.priority, weighed.change), told);
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
    a.version === b.version &&
    a.family === b.family
  );
}
