/**
 * Routers on a network that delays, loses and partitions, a seed each. A failing seed is in the error; run it alone
 * with HOLDFAST_SEED=<seed>. HOLDFAST_SEEDS=<count> runs more of them.
 */
import { describe, expect, it } from "vitest";
import { Invariants } from "./invariants.ts";
import { Random } from "./random.ts";
import { disturb, recover, scenario } from "./scenario.ts";
import { World } from "./world.ts";

const given = process.env.HOLDFAST_SEED;
const first = given === undefined ? Date.now() % 1_000_000_000 : Number(given);
const count = given === undefined ? Number(process.env.HOLDFAST_SEEDS ?? 2000) : 1;

/** Lives through a seed. Throws with its whole story. Returns how often any instance became master. */
function live(seed: number): number {
  const random = new Random(seed);
  const made = scenario(random);
  const invariants = new Invariants(made);
  const story: string[] = [];
  const world: World = new World(
    made.configurations,
    made.segments,
    made.conditions,
    random,
    (node, effects, before) => invariants.check(world, node, effects, before),
  );
  const trouble = (cause: () => string) => {
    invariants.troubled(world.now);
    story.push(`${(world.now / 1_000_000).toFixed(6)} s: ${cause()}`);
    invariants.troubled(world.now);
  };
  try {
    for (const node of world.nodes) {
      world.at(random.between(0, 2 * made.interval), () => {
        trouble(() => {
          world.start(node);
          return `${node.name} starts`;
        });
      });
    }
    for (let troubles = random.between(1, 8); troubles > 0; troubles--) {
      world.run(
        world.now +
          random.between(made.interval, random.chance(0.3) ? invariants.settling * 2 : 5 * made.interval),
      );
      trouble(() => disturb(world, random));
    }
    trouble(() => recover(world));
    world.run(world.now + invariants.settling);
    invariants.checkElection(world);
    world.run(world.now + invariants.settling);
    invariants.checkElection(world);
    return becameMaster(world);
  } catch (error) {
    const routers = made.configurations.map(({ instances: [vi] = [] }) => JSON.stringify(vi));
    const what = error instanceof Error ? error.stack : String(error);
    throw new Error([`seed ${seed}`, what, JSON.stringify(made.conditions), ...routers, ...story].join("\n"));
  }
}

function becameMaster(world: World): number {
  const counts = world.nodes.flatMap(({ instances }) => instances);
  return counts.reduce((sum, { counters }) => sum + counters.becameMaster, 0);
}

describe("VRRP routers in trouble", () => {
  it(`keep their promises: ${count} seeds from ${first}`, { timeout: 120_000 + count * 300 }, () => {
    let elections = 0;
    for (let seed = first; seed < first + count; seed++) elections += live(seed);
    expect(elections).toBeGreaterThan(0);
  });
});
