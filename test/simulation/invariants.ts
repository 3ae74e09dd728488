import type { VrrpEffect, VrrpState } from "../../src/core/vrrp/contract.ts";
import type { VrrpRouter } from "../../src/core/vrrp/router.ts";
import type { InstanceSnapshot } from "../../src/core/vrrp/snapshot.ts";
import type { Scenario } from "./scenario.ts";
import type { Node, World } from "./world.ts";

/** Broken promises are errors with the virtual time. */
export class Violation extends Error {
  constructor(now: number, message: string) {
    super(`at ${(now / 1_000_000).toFixed(6)} s: ${message}`);
    this.name = "Violation";
  }
}

/** News that are no transitions. */
const TIDINGS: ReadonlySet<string> = new Set(["MASTER_RX_LOWER_PRI", "MASTER_PRIORITY", "BACKUP_PRIORITY"]);

/** What may follow on what is told; STOP ends it. */
const PATHS: { readonly [from: string]: readonly string[] } = {
  INIT: ["BACKUP", "MASTER", "FAULT", "STOP"],
  BACKUP: ["MASTER", "FAULT", "STOP"],
  MASTER: ["BACKUP", "FAULT", "STOP"],
  FAULT: ["BACKUP", "MASTER", "STOP"],
  STOP: [],
};

/** Watches a world. Times are microseconds. */
export class Invariants {
  /** How long two masters may go on hearing each other: an advert, one more when the first is lost, and the way. */
  readonly rivalry: number;
  /** How long an address may be missing while somebody could have it. */
  readonly outage: number;
  /** How long after the last trouble nothing changes any more. */
  readonly settling: number;
  readonly #scenario: Scenario;
  readonly #rivals = new Map<string, number>();
  readonly #missing = new Map<string, number>();
  /** Since when a router is master of a segment. */
  readonly #reigns = new Map<string, number>();
  /** The last state that each target of a running router was told. */
  readonly #told = new WeakMap<VrrpRouter, Map<string, string>>();
  #lastTrouble = 0;

  constructor(scenario: Scenario) {
    const { interval, conditions, grouped, preemptDelay } = scenario;
    const straggling = conditions.reordering > 0 ? conditions.straggling : 0;
    const slack = conditions.delay + conditions.lag + straggling + 4 * interval * conditions.drift;
    const down = 4 * Math.max(interval, 1_000_000 * Number(isVersion2(scenario))) + slack;
    this.#scenario = scenario;
    this.rivalry = (conditions.loss > 0 ? 2 : 1) * interval + 2 * slack;
    // The members of a group time out one by one, and wait a whole round more when they just miss each other.
    this.outage = (grouped ? 2 : 1) * down;
    this.settling = 3 * this.outage + preemptDelay + 3 * interval;
  }

  /** Something was done to the world: outages and rivalries are counted from here. */
  troubled(now: number): void {
    this.#lastTrouble = now;
    this.#rivals.clear();
    this.#missing.clear();
  }

  /** After every step of every router. */
  check(world: World, node: Node, effects: readonly VrrpEffect[], before: readonly InstanceSnapshot[]): void {
    this.#checkStates(world, node, before);
    this.#checkNotifies(world, node, effects);
    this.#checkEffects(world, node, effects);
    for (let segment = 0; segment < world.segments; segment++) this.#checkUsurper(world, node, segment);
    this.#checkMasters(world);
  }

  /** A master holds its address and nobody else does; groups are of one mind; calm is calm. */
  #checkStates(world: World, node: Node, before: readonly InstanceSnapshot[]): void {
    const { instances } = node;
    for (const { name, state } of instances) {
      const segment = Number(name.split("_")[1]);
      const holds = node.addresses.has(`10.${segment}.0.100`);
      if (holds !== (state === "MASTER")) {
        throw new Violation(
          world.now,
          `${node.name} ${name} is ${state} and ${holds ? "holds" : "lacks"} its address`,
        );
      }
      const from = before.find((each) => each.name === name)?.state ?? state;
      if (from !== state && world.now - this.#lastTrouble > this.settling) {
        throw new Violation(world.now, `${node.name} ${name} goes ${from} → ${state} for no reason`);
      }
    }
    const states = new Set(instances.map(({ state }) => state));
    if (this.#scenario.grouped && states.size > 1) {
      throw new Violation(world.now, `the group of ${node.name} is ${[...states].join(" and ")}`);
    }
  }

  /** What notify scripts are told is a path of the state diagram, and ends in the state that there is. */
  #checkNotifies(world: World, node: Node, effects: readonly VrrpEffect[]): void {
    if (node.router === undefined) return;
    for (const effect of effects) {
      if (effect.type !== "notify" || TIDINGS.has(effect.state)) continue;
      const key = `${effect.target.type} ${effect.target.name}`;
      const told = this.#toldOf(node.router);
      const from = told.get(key) ?? "INIT";
      if (!PATHS[from]?.includes(effect.state)) {
        throw new Violation(world.now, `${node.name} ${key} is told ${from} → ${effect.state}`);
      }
      told.set(key, effect.state);
    }
    const told = this.#toldOf(node.router);
    for (const { name, state } of node.instances) {
      const last = told.get(`INSTANCE ${name}`) ?? "INIT";
      if (last !== state)
        throw new Violation(world.now, `${node.name} ${name} is ${state}, its scripts heard ${last}`);
    }
  }

  #toldOf(router: VrrpRouter): Map<string, string> {
    const told = this.#told.get(router) ?? new Map<string, string>();
    this.#told.set(router, told);
    return told;
  }

  /** Only masters advertise, and only those who were say goodbye; the advert goes out before the address goes on. */
  #checkEffects(world: World, node: Node, effects: readonly VrrpEffect[]): void {
    const added = new Set<string>();
    for (const effect of effects) {
      if (effect.type === "add-addresses") added.add(effect.instance);
      if (effect.type !== "send-advert" || effect.advert.priority === 0) continue;
      if (added.has(effect.instance))
        throw new Violation(world.now, `${node.name} advertises after adding addresses`);
      const state = node.instances.find(({ name }) => name === effect.instance)?.state;
      if (state !== "MASTER") throw new Violation(world.now, `${node.name} advertises as ${state}`);
    }
  }

  /** With nopreempt nobody becomes master while an established one is heard. */
  #checkUsurper(world: World, node: Node, segment: number): void {
    const key = (each: Node) => `${segment} ${each.index}`;
    const master = stateOf(node, segment) === "MASTER";
    const risen = master && !this.#reigns.has(key(node));
    if (!master) this.#reigns.delete(key(node));
    else if (risen) this.#reigns.set(key(node), world.now);
    if (!risen || preempts(node, segment)) return;
    for (const other of world.nodes) {
      if (other === node || stateOf(other, segment) !== "MASTER") continue;
      const since = Math.max(this.#reigns.get(key(other)) ?? world.now, this.#lastTrouble);
      if (world.now - since > this.outage && world.connected(node, other, segment)) {
        throw new Violation(
          world.now,
          `${node.name} takes segment ${segment} from ${other.name} in spite of nopreempt`,
        );
      }
    }
  }

  /** No two masters that hear each other for long, no address without a master for long. */
  #checkMasters(world: World): void {
    for (let segment = 0; segment < world.segments; segment++) {
      const masters = world.nodes.filter((node) => stateOf(node, segment) === "MASTER");
      this.#checkRivals(world, segment, masters);
      this.#checkMissing(world, segment, masters);
    }
  }

  #checkRivals(world: World, segment: number, masters: readonly Node[]): void {
    for (const [index, a] of world.nodes.entries()) {
      for (const b of world.nodes.slice(index + 1)) {
        const key = `${segment} ${a.index} ${b.index}`;
        const rivals = masters.includes(a) && masters.includes(b) && world.connected(a, b, segment);
        const since = this.#rivals.get(key);
        if (!rivals) this.#rivals.delete(key);
        else if (since === undefined) this.#rivals.set(key, world.now);
        else if (world.now - since > this.rivalry) {
          throw new Violation(
            world.now,
            `${a.name} and ${b.name} are both master on segment ${segment} for too long`,
          );
        }
      }
    }
  }

  /** On each side of a cut; not with groups, which may rightly stay backup for the sake of another segment. */
  #checkMissing(world: World, segment: number, masters: readonly Node[]): void {
    const cut = world.nodes.some((node) => [...node.side.values()].some((side) => side !== 0));
    if (cut && this.#scenario.grouped) return;
    for (const side of [0, 1]) {
      const here = (node: Node) => sideOf(node, segment) === side;
      const key = `${segment} ${side}`;
      const able = world.nodes.some((node) => here(node) && ableOn(node, segment));
      const since = this.#missing.get(key);
      if (masters.some(here) || !able) this.#missing.delete(key);
      else if (since === undefined) this.#missing.set(key, world.now);
      else if (world.now - since > this.outage) {
        throw new Violation(world.now, `nobody is master on side ${side} of segment ${segment} for too long`);
      }
    }
  }

  /** When all is well and has settled: one master each, and nobody who should have preempted it. */
  checkElection(world: World): void {
    for (let segment = 0; segment < world.segments; segment++) {
      const masters = world.nodes.filter((node) => stateOf(node, segment) === "MASTER");
      const [master] = masters;
      if (master === undefined || masters.length !== 1) {
        throw new Violation(world.now, `${masters.length} masters on segment ${segment} after it settled`);
      }
      for (const node of world.nodes) {
        if (preempts(node, segment) && priorityOf(node, segment) > priorityOf(master, segment)) {
          throw new Violation(
            world.now,
            `${node.name} should have preempted ${master.name} on segment ${segment}`,
          );
        }
      }
    }
  }
}

function isVersion2({ configurations }: Scenario): boolean {
  return configurations[0]?.instances?.[0]?.version === 2;
}

const find = (node: Node, segment: number) => node.instances.find(({ name }) => name === `VI_${segment}`);

const sideOf = (node: Node, segment: number) => node.side.get(segment) ?? 0;

function stateOf(node: Node, segment: number): VrrpState | undefined {
  return find(node, segment)?.state;
}

function priorityOf(node: Node, segment: number): number {
  return find(node, segment)?.priority ?? 0;
}

/** `state MASTER` and nopreempt do not go together, as with keepalived. */
function preempts(node: Node, segment: number): boolean {
  const { nopreempt = false, state } = node.configuration.instances?.[segment] ?? {};
  return !nopreempt || state === "MASTER";
}

function ableOn(node: Node, segment: number): boolean {
  const state = stateOf(node, segment);
  return node.held === undefined && (state === "BACKUP" || state === "MASTER");
}
