import { rolldown } from "rolldown";

/**
 * Imports a TypeScript module on a Node that cannot (before 22.18): bundled in memory, nothing written.
 * @param {string} path absolute path of the module
 * @returns {Promise<any>} the module's namespace
 */
export async function loadTypeScript(path) {
  const bundle = await rolldown({ input: path, platform: "node", logLevel: "warn" });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  return import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString("base64")}`);
}
