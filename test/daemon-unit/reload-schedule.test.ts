import { describe, expect, it } from "vitest";
import { reloadTime } from "../../src/daemon/reload-schedule.ts";

const NOON = Date.UTC(2026, 4, 10, 12, 0, 0);

describe("reloadTime", () => {
  it("takes a date and a time, or the next time that it is so late", () => {
    expect(reloadTime("2026-05-10 12:00:05Z\nmore", NOON)).toBe(NOON + 5_000);
    expect(reloadTime("26-05-11 12:00:00Z", NOON)).toBe(NOON + 86_400_000);
    expect(reloadTime("12:00:01Z", NOON)).toBe(NOON + 1_000);
    expect(reloadTime("11:59:59Z", NOON)).toBe(NOON + 86_399_000);
    expect(reloadTime("2026-05-20 12:00:00", NOON)).toBe(new Date(2026, 4, 20, 12, 0, 0).getTime());
  });

  it("takes nothing that is past, or written in another way", () => {
    for (const text of [
      "2026-05-10 11:59:59Z",
      " 12:00:01Z",
      "12:00",
      "2026-05-10  12:00:05Z",
      "25:00:00",
      "",
    ])
      expect(reloadTime(text, NOON)).toBeUndefined();
  });
});
