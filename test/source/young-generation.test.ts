import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { afterAll, describe, expect, it } from "vitest";
import { keepYoungGenerationSmall } from "../../src/source/young-generation.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-young-"));
afterAll(() => {
  setFlagsFromString("--semi-space-growth-factor=2"); // as V8 has it
  rmSync(folder, { recursive: true, force: true });
});

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space")?.space_size ?? 0;
}

/** Objects that survive, some 40 MB. */
function survivors(): readonly object[] {
  return Array.from({ length: 500_000 }, (_, index) => ({ index, text: `${index}` }));
}

describe("keepYoungGenerationSmall", () => {
  it("lets the space for young objects grow no more when a large file is compiled", () => {
    const file = join(folder, "large.conf");
    writeFileSync(file, "#\n".repeat(600_000));
    keepYoungGenerationSmall(file);
    const before = youngBytes();
    expect(before).toBeGreaterThan(0);
    const kept = survivors();
    expect(kept).toHaveLength(500_000);
    expect(youngBytes()).toBeLessThanOrEqual(before);
  });

  it("has nothing to say about a file that is not there, or standard input", () => {
    for (const file of ["-", join(folder, "absent.conf"), join(folder, "large.conf", "below")])
      expect(() => keepYoungGenerationSmall(file)).not.toThrow();
  });
});
