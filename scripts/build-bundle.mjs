// Bundles src/ into dist/: one file per entry, chunks shared; the library apart. Bundled chevrotain starts ten times faster.
import { chmodSync, existsSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
if (!existsSync(join(root, "src/cli/main.ts"))) process.exit(0); // an installed package ships dist/, not src/

const { build } = await import("rolldown");
// Built aside and renamed, so that a build that fails leaves the last good one.
const [made, aside] = [join(root, "dist"), join(root, `dist.${process.pid}`)];
process.on("exit", () => rmSync(aside, { recursive: true, force: true }));
await build({
  input: { holdfast: join(root, "src/cli/main.ts"), child: join(root, "src/daemon/child.ts") },
  platform: "node",
  logLevel: "warn",
  output: {
    dir: aside,
    format: "esm",
    sourcemap: true,
    // Half as much to compile at every start; lines stay, so that a stack trace does not print a whole file.
    minify: { compress: true, mangle: true, codegen: { removeWhitespace: false } },
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
  },
});
// The library: one file that runs in browsers too, and the types of all that it mentions.
await build({
  input: { index: join(root, "src/index.ts") },
  platform: "browser",
  logLevel: "warn",
  output: { dir: aside, format: "esm", sourcemap: true, entryFileNames: "[name].js" },
});
const { emitTypes } = await import("./emit-types.mjs");
emitTypes(join(root, "src/index.ts"), join(aside, "types"));
chmodSync(join(aside, "holdfast.js"), 0o755);
rmSync(made, { recursive: true, force: true });
renameSync(aside, made);
