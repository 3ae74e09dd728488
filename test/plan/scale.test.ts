import { describe, expect, it } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { diff, isEmpty } from "../../src/plan/diff.ts";
import { compileText } from "./compile-text.ts";

const SERVICES = 10_000;
/** Milliseconds: ten times what it takes on an idle machine, so that a busy one passes and a quadratic search does not. */
const LIMIT = 5000;

/** Ten thousand services of four servers each, all objects distinct as two compilations make them. */
function large(): Config {
  const server = (host: number) =>
    `real_server 10.0.1.${host} 80 {\nHTTP_GET {\nurl {\npath /\nstatus_code 200\n}\n}\n}\n`;
  const text = `virtual_server 10.0.0.1 80 {\nprotocol TCP\n${[1, 2, 3, 4].map(server).join("")}}\n`;
  const { config } = compileText(text, "large.conf");
  const [one] = config.virtual_server;
  if (!one) throw new Error("the text has a service");
  const address = (index: number) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
  return {
    ...config,
    virtual_server: Array.from({ length: SERVICES }, (_, index) => ({
      ...structuredClone(one),
      service: { type: "address", address: address(index), port: 80 },
    })),
  };
}

function fastest(tries: number, run: () => void): number {
  const times = Array.from({ length: tries }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return Math.min(...times);
}

describe("10,000 services of 4 servers", { timeout: 60_000 }, () => {
  const running = large();
  const next = large();

  it("are compared in a time that an operator does not notice", () => {
    expect(isEmpty(diff(running, next))).toBe(true);
    expect(fastest(3, () => diff(running, next))).toBeLessThan(LIMIT);
  });

  it("are created in one, too", () => {
    const nothing: Config = { ...running, virtual_server: [] };
    expect(diff(nothing, next).changes.length).toBe(1 + 5 * SERVICES);
    expect(fastest(3, () => diff(nothing, next))).toBeLessThan(LIMIT);
  });
});
