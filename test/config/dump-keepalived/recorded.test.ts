import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dumpKeepalived } from "../../../src/config/dump-keepalived/dump-keepalived.ts";
import { compileText } from "../compile-text.ts";
import { configuredLines } from "./configured-lines.ts";

const FOLDER = join(import.meta.dirname, "../../../fixtures/dump-keepalived");
const cases = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".conf"))
  .map((file) => file.slice(0, -".conf".length));

/** The numbers that users of the configurations had where the texts were recorded. */
const identities = { users: { root: 0, daemon: 1 }, groups: { root: 0, daemon: 1 } };

describe("dumpKeepalived", () => {
  it.each(cases)("writes what keepalived 2.4.3 logged with -d for %s", (name) => {
    const { config } = compileText(readFileSync(join(FOLDER, `${name}.conf`), "utf8"));
    const recorded = readFileSync(join(FOLDER, `${name}.txt`), "utf8");
    expect(configuredLines(dumpKeepalived(config, identities))).toEqual(configuredLines(recorded));
  });
});
