import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

const cache = join(dirname(dirname(fileURLToPath(import.meta.url))), "node_modules", ".cache");

/** A new directory below node_modules, so that nothing is written into the tree; gone when the process is. */
export function scratchDirectory() {
  mkdirSync(cache, { recursive: true });
  const path = mkdtempSync(join(cache, "holdfast-"));
  process.on("exit", () => rmSync(path, { recursive: true, force: true }));
  return path;
}

/**
 * Imports a TypeScript module on a Node that cannot (before 22.18), by bundling it first.
 * @param {string} path absolute path of the module
 * @returns {Promise<any>} the module's namespace
 */
export async function loadTypeScript(path) {
  const file = join(scratchDirectory(), "module.mjs");
  const bundle = await rolldown({ input: path, platform: "node", logLevel: "warn" });
  await bundle.write({ format: "esm", file });
  await bundle.close();
  return import(pathToFileURL(file).href);
}
