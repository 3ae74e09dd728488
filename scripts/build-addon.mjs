// Compiles native/ with the node-gyp that comes with npm, against the headers of the running Node: no download.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The folder that holds include/node for this Node, or undefined when the headers are not installed beside it. */
function headerFolder() {
  const prefix = dirname(dirname(process.execPath));
  return [prefix, "/usr", "/usr/local"].find((folder) => existsSync(join(folder, "include/node/node_api.h")));
}

/** npm's own node-gyp: named by npm in scripts it runs, found beside npm's entry point otherwise. */
function nodeGyp() {
  const named = process.env.npm_config_node_gyp;
  if (named && existsSync(named)) return named;
  const besideNpm = join(
    dirname(dirname(process.execPath)),
    "lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js",
  );
  if (existsSync(besideNpm)) return besideNpm;
  console.error("holdfast: node-gyp comes with npm, and npm was not found; run this as `npm run build`");
  process.exit(1);
}

const headers = headerFolder();
const arguments_ = [nodeGyp(), "rebuild", "--silent", "--directory", join(root, "native")];
if (headers) arguments_.push(`--nodedir=${headers}`);
else console.warn("holdfast: no Node headers beside the node binary; node-gyp will look for them itself");

const built = spawnSync(process.execPath, arguments_, { cwd: root, stdio: "inherit" });
if (built.status !== 0) {
  console.error(
    "holdfast: the native addon did not build; it needs python3, make and g++ (apt-get install python3 make g++)",
  );
  process.exit(1);
}
