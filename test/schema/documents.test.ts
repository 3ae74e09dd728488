import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { diagnosticsDocument } from "../../src/diagnostics/document.ts";
import { compatibilityDocument } from "../../src/schema/compatibility.ts";
import { referenceDocument } from "../../src/schema/reference.ts";

it.each([
  ["compatibility.md", compatibilityDocument],
  ["keywords.md", referenceDocument],
  ["diagnostics.md", diagnosticsDocument],
])("docs/%s is what scripts/generate-docs.mjs writes", (name, make) => {
  expect(readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8")).toBe(make());
});
