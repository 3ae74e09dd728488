// Writes the documents that are made from the schema and the codes. A test says when they are not current.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadTypeScript } from "./load-typescript.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const load = (path) => loadTypeScript(join(root, path));
const { compatibilityDocument } = await load("src/schema/compatibility.ts");
const { referenceDocument } = await load("src/schema/reference.ts");
const { diagnosticsDocument } = await load("src/diagnostics/document.ts");
writeFileSync(join(root, "docs/compatibility.md"), compatibilityDocument());
writeFileSync(join(root, "docs/keywords.md"), referenceDocument());
writeFileSync(join(root, "docs/diagnostics.md"), diagnosticsDocument());
