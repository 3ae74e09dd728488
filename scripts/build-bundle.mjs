/**
 * Bundles src/ into dist/: the program as CommonJS with V8's code cache (src/cli/program-loader.ts), its child processes
 * as modules with shared chunks, and the library as one file. Bundled chevrotain starts ten times faster.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
if (!existsSync(join(root, "src/cli/main.ts"))) process.exit(0); // an installed package ships dist/, not src/

const { build } = await import("rolldown");
// Built aside and renamed, so that a build that fails leaves the last good one.
const [made, aside] = [join(root, "dist"), join(root, `dist.${process.pid}`)];
process.on("exit", () => rmSync(aside, { recursive: true, force: true }));
const common = { platform: "node", logLevel: "warn" };
// Half as much to compile at every start; lines stay, so that a stack trace does not print a whole file.
const minify = { compress: true, mangle: true, codegen: { removeWhitespace: false } };

/** Commander runs subcommands that are programs of their own, which we have none of: 2 ms of every start. */
const withoutSubprograms = {
  name: "without-subprograms",
  resolveId: (id, importer) =>
    id === "node:child_process" && importer?.includes("/commander/") ? "\0no-subprograms" : undefined,
  load: (id) => (id === "\0no-subprograms" ? "export {};" : undefined),
};

/** Each module as a function for the program loader, in ASCII, which takes half the memory and no decoding. */
const asFunctions = {
  name: "as-functions",
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== "chunk") continue;
      const ascii = chunk.code.replace(
        /[^\0-\x7f]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
      chunk.code = `(function (exports, require, module, __filename, __dirname) {${ascii}\n})`;
    }
  },
};

// A name changes with the content of a module, so that a cache never meets another text.
const names = { entryFileNames: "[name]-[hash].cjs", chunkFileNames: "[name]-[hash].cjs" };
const program = join(aside, "program");
const { output } = await build({
  ...common,
  input: { main: join(root, "src/cli/main.ts") },
  plugins: [withoutSubprograms, asFunctions],
  output: { dir: program, format: "cjs", sourcemap: "hidden", minify, ...names },
});
await build({
  ...common,
  input: { loader: join(root, "src/cli/program-loader.ts") },
  output: { dir: program, format: "cjs", minify, entryFileNames: "[name].cjs" },
});
const main = output.find((chunk) => chunk.type === "chunk" && chunk.isEntry).fileName;
// CommonJS like the rest: Node takes 4 ms to find that an entry is a module.
const start = join(aside, "holdfast.cjs");
writeFileSync(
  start,
  `#!/usr/bin/env node
require("./program/loader.cjs").loadProgram(\`\${__dirname}/program/${main}\`);
`,
);
writeFileSync(join(aside, "holdfast.js"), '#!/usr/bin/env node\nimport "./holdfast.cjs";\n');
for (const name of ["holdfast.cjs", "holdfast.js"]) chmodSync(join(aside, name), 0o755);
await build({
  ...common,
  input: { child: join(root, "src/daemon/child.ts") },
  output: {
    dir: aside,
    format: "esm",
    sourcemap: true,
    minify,
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
const cached = spawnSync(process.execPath, [join(root, "scripts/build-code-cache.mjs"), program], {
  stdio: ["ignore", "ignore", "inherit"],
});
if (cached.status !== 0) throw new Error("the program does not run");
rmSync(made, { recursive: true, force: true });
renameSync(aside, made);
