// Writes the documents that are made from the schema. A test says when they are not current.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadTypeScript } from "./load-typescript.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { compatibilityDocument } = await loadTypeScript(join(root, "src/schema/compatibility.ts"));
writeFileSync(join(root, "docs/compatibility.md"), compatibilityDocument());
