import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compatibilityDocument } from "../../src/schema/compatibility.ts";

it("docs/compatibility.md is what scripts/generate-docs.mjs writes", () => {
  const url = new URL("../../docs/compatibility.md", import.meta.url);
  expect(readFileSync(url, "utf8")).toBe(compatibilityDocument());
});
