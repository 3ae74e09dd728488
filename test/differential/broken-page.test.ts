import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Lab } from "../lab/netns.ts";
import { brokenConfigurations, keepalivedOn, readRecorded } from "./broken-page.ts";
import { RELEASE, referenceRelease } from "./reference.ts";

const DIRECTORY = fileURLToPath(new URL("../../fixtures/broken/", import.meta.url));

describe.skipIf(referenceRelease() !== RELEASE)("what docs/broken.md has keepalived say", () => {
  it(`is what keepalived ${RELEASE} says`, async () => {
    const all = brokenConfigurations(DIRECTORY);
    await using lab = new Lab();
    const said = keepalivedOn(lab, all);
    expect(said).toEqual(all.map((each) => readRecorded(DIRECTORY, each)));
  });
});
