import type { VrrpInstance } from "../../src/config/config.ts";
import { group, instance, script, type VrrpConfiguration, vip } from "../core/vrrp/configuration.ts";
import type { Random } from "./random.ts";
import type { Conditions, Node, World } from "./world.ts";

/** What a seed makes: routers that are peers of each other, and the trouble they get into. */
export interface Scenario {
  readonly configurations: readonly VrrpConfiguration[];
  readonly segments: number;
  readonly conditions: Conditions;
  /** Advert interval of all, microseconds. */
  readonly interval: number;
  /** The instances of each router are one sync group. */
  readonly grouped: boolean;
  /** The longest preempt_delay, microseconds. */
  readonly preemptDelay: number;
}

export function scenario(random: Random): Scenario {
  const routers = random.chance(0.7) ? random.between(2, 4) : random.between(5, 8);
  const segments = random.between(1, 3);
  const version = random.pick([2, 3] as const);
  const interval =
    version === 2 ? random.between(1, 2) * 1_000_000 : random.pick([10_000, 100_000, 500_000] as const);
  const grouped = segments > 1 && random.chance(0.5);
  const unicast = random.chance(0.3);
  const delays = random.chance(0.3) ? interval * random.between(1, 6) : 0;
  const priorities = Array.from({ length: routers }, () => random.pick([50, 100, 100, 150, 254] as const));
  const configurations = priorities.map((priority, router): VrrpConfiguration => {
    const more: Partial<VrrpInstance> = {
      version,
      priority,
      advert_int: interval,
      nopreempt: random.chance(0.3),
      preempt_delay: random.chance(0.5) ? delays : 0,
      state: random.chance(0.2) ? "MASTER" : "BACKUP",
      track_script: [{ script: "chk", reverse: false }],
    };
    const instances = Array.from({ length: segments }, (_, segment) =>
      instance(`VI_${segment}`, { ...more, ...onSegment(segment, unicast ? routers : 0, router) }),
    );
    const weight = { weight: random.pick([0, -60, 40] as const), reverse: false };
    const names = instances.map(({ name }) => name);
    return {
      scripts: [script("chk", { interval, weight, fall: random.between(1, 2), rise: random.between(1, 2) })],
      instances,
      groups: grouped ? [group("G", names)] : [],
    };
  });
  const conditions = {
    delay: random.between(1, interval / 20),
    loss: random.pick([0, 0.05, 0.3] as const),
    duplication: random.pick([0, 0.1] as const),
    reordering: random.pick([0, 0, 0.2] as const),
    // With one lost before it and clocks apart, a straggler still comes within three intervals of the last in time.
    straggling: (3 * interval) / 4,
    lag: random.between(0, interval / 20),
    drift: random.pick([0, 0.001, 0.01] as const),
  };
  return { configurations, segments, conditions, interval, grouped, preemptDelay: delays };
}

function onSegment(segment: number, peers: number, self: number): Partial<VrrpInstance> {
  const others = Array.from({ length: peers }, (_, router) => router).filter((router) => router !== self);
  return {
    interface: `eth${segment}`,
    virtual_router_id: 50 + segment,
    virtual_ipaddress: [vip(`10.${segment}.0.100/24`)],
    unicast_peer: others.map((router) => ({ address: `10.${segment}.0.${router + 1}` })),
  };
}

/** One thing that goes wrong, or right again. Returns what it was, for the trace. */
export function disturb(world: World, random: Random): string {
  const node = world.nodes[random.between(0, world.nodes.length - 1)];
  const segment = random.between(0, world.segments - 1);
  if (node === undefined) return "nothing";
  switch (random.between(0, 9)) {
    case 0:
      world.crash(node);
      return `${node.name} crashes`;
    case 1:
      world.stop(node);
      return `${node.name} stops`;
    case 2:
      return toggleInterface(world, node, segment);
    case 3:
      for (const each of world.nodes) each.side.set(segment, random.between(0, 1));
      return `segment ${segment} is cut: ${world.nodes.map((each) => each.side.get(segment))}`;
    case 4:
      node.healthy = !node.healthy;
      return `script of ${node.name} ${node.healthy ? "recovers" : "fails"}`;
    case 5:
      return reprioritize(world, node, random);
    case 6:
      world.pause(node);
      return `${node.name} is held up`;
    case 7:
      world.resume(node);
      return `${node.name} goes on`;
    case 8:
      return retune(world, node, random);
    default:
      return recover(world);
  }
}

function toggleInterface(world: World, node: Node, segment: number): string {
  const up = node.down.has(segment);
  world.setInterface(node, segment, up);
  return `eth${segment} of ${node.name} ${up ? "comes up" : "goes down"}`;
}

function reprioritize(world: World, node: Node, random: Random): string {
  const priority = random.between(1, 254);
  const instances = node.configuration.instances ?? [];
  world.reload(node, { ...node.configuration, instances: instances.map((each) => ({ ...each, priority })) });
  return `${node.name} is given priority ${priority}`;
}

/** A reload that changes how an election goes, and what is held without being advertised. */
function retune(world: World, node: Node, random: Random): string {
  const more = { nopreempt: random.chance(0.3), garp_master_refresh: random.between(0, 2) * 1_000_000 };
  const excluded = random.chance(0.5) ? [vip("10.99.0.1/32"), vip("10.99.0.2/32")] : [vip("10.99.0.2/32")];
  const instances = (node.configuration.instances ?? []).map((each) => ({
    ...each,
    ...more,
    virtual_ipaddress_excluded: excluded.map((address) => ({ ...address, dev: each.interface })),
  }));
  world.reload(node, { ...node.configuration, instances });
  return `${node.name} is reloaded with ${JSON.stringify(more)} and ${excluded.length} excluded addresses`;
}

/** Everything is put right. */
export function recover(world: World): string {
  for (const node of world.nodes) {
    world.resume(node);
    node.healthy = true;
    node.side.clear();
    for (const segment of [...node.down]) world.setInterface(node, segment, true);
    world.start(node);
  }
  return "all is put right";
}
