import { describe, expect, it } from "vitest";
import { goldenCases } from "./cases.ts";

/** HOLDFAST_UPDATE=1 writes what is found into the case; CI never does. */
const { HOLDFAST_UPDATE: update, CI: ci } = process.env;

describe("fixtures/source", () => {
  const cases = goldenCases();

  it("holds cases", () => {
    expect(cases.length).toBeGreaterThan(10);
  });

  it.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const actual = one.outcome();
    if (update === "1" && ci === undefined) one.update(actual);
    else expect(actual).toBe(one.expected);
  });
});
