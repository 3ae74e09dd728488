import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import {
  brokenConfigurations,
  brokenDocument,
  holdfastOn,
  readRecorded,
} from "../differential/broken-page.ts";
import { RELEASE } from "../differential/reference.ts";

const ROOT = new URL("../../", import.meta.url);
const DIRECTORY = fileURLToPath(new URL("fixtures/broken/", ROOT));
const FACTS = readFileSync(new URL("fixtures/broken/facts.json", ROOT), "utf8");
const ALL = brokenConfigurations(DIRECTORY);

it("docs/broken.md is what scripts/broken-page.mjs writes", () => {
  const all = ALL.map((each) => ({ ...each, theirs: readRecorded(DIRECTORY, each) }));
  const page = readFileSync(new URL("docs/broken.md", ROOT), "utf8");
  expect(page).toBe(brokenDocument(RELEASE, packageJson.version, FACTS, all));
});

it("has twenty configurations, each with something to say", () => {
  expect(ALL).toHaveLength(20);
  for (const each of ALL) expect(holdfastOn(each, FACTS).output, each.name).toMatch(/^(error|warning)\[/);
});
