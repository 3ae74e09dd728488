import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Lab } from "../lab/netns.ts";
import { type Comparison, compare, gaveUp } from "./compare.ts";
import { generate } from "./generator.ts";
import { runOurs } from "./ours.ts";
import {
  RELEASE,
  type ReferenceVerdict,
  referenceHost,
  referenceRelease,
  runReference,
} from "./reference.ts";

/** One seed for all runs of CI, so that a failure is the change's; another one, or more runs, by hand. */
const SEED = Number(process.env.HOLDFAST_SEED ?? 227);
const RUNS = Number(process.env.HOLDFAST_RUNS ?? 2_000);
/** Milliseconds within which every configuration has to be compiled and checked. */
const LIMIT = 1_000;

const FIXTURES = fileURLToPath(new URL("../../fixtures/differential/", import.meta.url));

interface Result {
  readonly name: string;
  readonly text: string;
  readonly took: number;
  readonly reference: ReferenceVerdict;
  readonly comparison: Comparison;
}

function described({ name, text, comparison: { missed, extra } }: Result): string {
  const only = (who: string, lines: readonly string[]): string =>
    lines.map((line) => `  ${who}: ${line}\n`).join("");
  return `case ${name}\n${only("only keepalived", missed)}${only("only Holdfast", extra)}${text}`;
}

describe.skipIf(referenceRelease() !== RELEASE)(
  `${RUNS} configurations, HOLDFAST_SEED=${SEED}, against keepalived ${RELEASE}`,
  () => {
    const lab = new Lab();
    const results: Result[] = [];

    beforeAll(async () => {
      const host = referenceHost(lab);
      const cases = Array.from({ length: RUNS }, (_, number) => generate(SEED, number));
      const verdicts = await runReference(host, lab.directory, cases);
      for (const [index, each] of cases.entries()) {
        const reference = verdicts[index];
        if (!reference) throw new Error(`no verdict on ${each.name}`);
        const ours = runOurs(lab.directory, each);
        const text = Object.entries(each.files)
          .map(([file, content]) => `--- ${file}${each.id ? ` (-i ${each.id})` : ""}\n${content}`)
          .join("");
        results.push({
          name: each.name,
          text,
          took: ours.took,
          reference,
          comparison: compare(each, reference, ours),
        });
      }
    }, RUNS * 200);

    afterAll(() => lab.dispose());

    const compared = (): Result[] => results.filter(({ reference }) => !gaveUp(reference));

    it(`takes less than ${LIMIT} ms for each`, () => {
      expect(results).toHaveLength(RUNS);
      expect(results.filter(({ took }) => took > LIMIT).map(described)).toEqual([]);
    });

    it("complains about the same lines, except for documented differences", () => {
      const different = compared().filter(
        ({ comparison }) => comparison.missed.length + comparison.extra.length > 0,
      );
      expect(different.map(described)).toEqual([]);
    });

    it("accepts and refuses the same, except for documented differences", () => {
      const different = compared().filter(
        ({ comparison: { sameVerdict, documented } }) => !sameVerdict && documented.length === 0,
      );
      expect(different.map(described)).toEqual([]);
      const same = compared().filter(({ comparison }) => comparison.sameVerdict).length;
      expect(same / compared().length).toBeGreaterThan(0.95);
    });

    it("generates configurations of every sort", () => {
      const statuses = new Set(results.map(({ reference }) => reference.status));
      expect([...statuses]).toEqual(expect.arrayContaining([0, 2, 5, 6]));
      const agreed = compared().reduce((sum, { comparison }) => sum + comparison.agreed, 0);
      expect(agreed).toBeGreaterThan(RUNS);
      const torn = compared().filter(({ comparison }) => comparison.torn).length;
      const total = compared().length;
      console.log(
        `${total} compared, ${RUNS - total} on which keepalived gave up, ${torn} with torn braces, ${agreed} lines and messages agreed`,
      );
    });
  },
);

describe.skipIf(referenceRelease() !== RELEASE)("configurations that the fuzzer found", () => {
  const names = readdirSync(FIXTURES).filter((name) => name.endsWith(".conf"));

  it.each(names)("%s differs as documented, or no longer", async (name) => {
    await using lab = new Lab();
    const each = { name, files: { "main.conf": readFileSync(`${FIXTURES}${name}`, "utf8") } };
    const [reference] = await runReference(referenceHost(lab), lab.directory, [each]);
    const ours = runOurs(lab.directory, each);
    expect(ours.took).toBeLessThan(LIMIT);
    if (!reference) throw new Error("no verdict");
    if (gaveUp(reference)) return; // the difference is that keepalived hangs or crashes
    expect(compare(each, reference, ours)).toMatchObject({ missed: [], extra: [] });
  });
});
