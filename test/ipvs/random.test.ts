/** Directors that nobody wrote: beside keepalived, and a reload beside a start. The same seeds in every run of CI. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../differential/random.ts";
import { Lab } from "../lab/netns.ts";
import type { NamedStep, Step } from "./case.ts";
import { PlacePool } from "./place-pool.ts";
import { ALL_SERVERS, randomDirector, reloadedDirector } from "./random-director.ts";
import { compareReload, compareSequence, differencesOf } from "./sequence.ts";
import { ServerFarm } from "./server-farm.ts";

const SEED = Number(process.env.HOLDFAST_SEED ?? 1);
const RUNS = Number(process.env.HOLDFAST_RUNS ?? 4);
const SEEDS = Array.from({ length: RUNS }, (_, index) => SEED + index);

let lab: Lab;
let pool: PlacePool;
beforeAll(async () => {
  lab = new Lab();
  pool = new PlacePool(await ServerFarm.start(lab, ["http/80"]), 4);
}, 180_000);
afterAll(() => lab.dispose());

/** What happens to a seed's servers. Nobody knows beforehand whether it can be seen in the table. */
function stepsOf(seed: number): NamedStep[] {
  const random = new Random(seed);
  const [first, second] = [random.some(ALL_SERVERS, 4), random.some(ALL_SERVERS, 4)];
  const steps: Step[] = [
    { type: "start", parts: "checkers", config: randomDirector(seed) },
    { type: "server", behaviour: "down", addresses: first },
    { type: "server", behaviour: random.pick(["silent", "sick", "down"] as const), addresses: second },
    { type: "server", behaviour: "up", addresses: [...new Set([...first, ...second])] },
    { type: "stop" },
  ];
  return steps.map((step) => ({ title: step.type, step, quiet: step.type === "server" }));
}

describe(`tables as keepalived has them, HOLDFAST_SEED=${SEED}`, () => {
  it.concurrent.each(SEEDS)(
    "seed %i",
    async (seed) => {
      const steps = stepsOf(seed);
      const { comparisons, log } = await pool.use((places) =>
        compareSequence(lab, `random${seed}`, steps, places),
      );
      expect(differencesOf(comparisons), `${randomDirector(seed)}\n${log}`).toEqual({});
    },
    600_000,
  );
});

describe(`a reload comes to the table of a start, HOLDFAST_SEED=${SEED}`, () => {
  it.concurrent.each(SEEDS)(
    "seed %i",
    async (seed) => {
      const [before, after] = [randomDirector(seed), reloadedDirector(seed)];
      const down = new Random(seed).some(ALL_SERVERS, 3);
      const found = await pool.use((places) =>
        compareReload(lab, `reload${seed}`, { before, after, down }, places),
      );
      const texts = `down: ${down.join(" ")}\n${before}\n=== reloaded ===\n${after}\n${found.log}`;
      expect(found.afterReload, texts).toEqual(found.afterStart);
    },
    600_000,
  );
});
