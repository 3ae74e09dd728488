/**
 * Configurations and what happens to them (fixtures/ipvs), under keepalived and under Holdfast on a real IPVS: after
 * every step both tables are the same. The guest has one CPU and most of a case is waiting, so several run at once.
 */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Lab } from "../lab/netns.ts";
import { parseCase } from "./case.ts";
import { PlacePool } from "./place-pool.ts";
import { compareSequence, differencesOf } from "./sequence.ts";
import { ServerFarm } from "./server-farm.ts";
import { KEPT_DIFFERENCES } from "./table-differences.ts";

const FOLDER = new URL("../../fixtures/ipvs/", import.meta.url);

const datagrams = ["dns/53", "udp/7000"].flatMap((listener) =>
  ["10.9.0.2", "10.9.0.3", "2001:db8:9::2"].map((address) => `${listener}/${address}`),
);
const LISTENERS = ["http/80", "http/8080", "https/443", "smtp/25", ...datagrams];

let lab: Lab;
let pool: PlacePool;

beforeAll(async () => {
  lab = new Lab();
  pool = new PlacePool(await ServerFarm.start(lab, LISTENERS), 4);
}, 180_000);
afterAll(() => lab.dispose());

describe("the table at every step is as keepalived has it", () => {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".conf"));
  it.concurrent.each(names)(
    "%s",
    async (name) => {
      const steps = parseCase(readFileSync(new URL(name, FOLDER), "utf8"));
      const { comparisons, log } = await pool.use((places) => compareSequence(lab, name, steps, places));
      expect(differencesOf(comparisons), log).toEqual(KEPT_DIFFERENCES[name] ?? {});
      // A step that changes nothing compares nothing.
      for (const [index, { title, keepalived }] of comparisons.entries()) {
        if (!title.endsWith(", quietly"))
          expect(keepalived, `${index + 1} ${title}\n${log}`).not.toEqual(
            comparisons[index - 1]?.keepalived ?? [],
          );
      }
    },
    600_000,
  );
});
