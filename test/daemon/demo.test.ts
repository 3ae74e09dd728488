import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { LabProcess } from "../lab/process.ts";

const DEMO = fileURLToPath(new URL("../../scripts/demo.mjs", import.meta.url));

let demo: LabProcess | undefined;
afterAll(() => demo?.stop());

it("the demo fails over, follows the health of a server, reloads by its plan, and ends well", async () => {
  demo = new LabProcess([process.execPath, DEMO]);
  expect(await demo.exited, demo.log).toBe(0);
  const shown = (text: string) => demo?.lines.findIndex((line) => line.text.includes(text)) ?? -1;
  const chapters = [
    "no problems",
    "after the death",
    "web-2 has left the pool",
    "web-2 is back",
    "Plan: 2 to create, 1 to update, 0 to replace, 0 to delete",
    "holds 10.80.0.101",
    "has given its addresses back",
  ].map(shown);
  expect(chapters, demo.log).toEqual([...chapters].sort((a, b) => a - b));
  expect(Math.min(...chapters), demo.log).toBeGreaterThanOrEqual(0);
}, 120_000);
