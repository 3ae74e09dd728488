import { describe, expect, it } from "vitest";
import { goldenCases } from "./cases.ts";

describe("fixtures/source", () => {
  const cases = goldenCases();

  it("holds cases", () => {
    expect(cases.length).toBeGreaterThan(10);
  });

  it.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const actual = one.outcome();
    if (process.env["HOLDFAST_UPDATE"] === "1" && process.env["CI"] === undefined) one.update(actual);
    else expect(actual).toBe(one.expected);
  });
});
