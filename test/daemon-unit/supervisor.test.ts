import { describe, expect, it } from "vitest";
import { respawnPause } from "../../src/daemon/supervisor.ts";

describe("respawnPause", () => {
  it("is none for the first deaths, then grows to half a minute and stays there", () => {
    expect([0, 1, 2, 3].map(respawnPause)).toEqual([0, 0, 0, 0]);
    expect([4, 5, 6, 7, 8, 9, 1_000].map(respawnPause)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ]);
  });
});
