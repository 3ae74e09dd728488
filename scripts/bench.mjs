/**
 * `npm run bench [-- [--large] NAME ...]`: compares Holdfast with the installed keepalived, side by side in one run, and prints
 * Markdown tables. Needs root, and for failover `ip netns`, dumpcap and tshark.
 */
import { mkdirSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadTypeScript } from "./load-typescript.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
mkdirSync(join(root, "node_modules/.cache"), { recursive: true });

const large = process.argv.includes("--large");
const names = process.argv.slice(2).filter((argument) => argument !== "--large");

const BENCHES = {
  failover: async () => (await loadTypeScript(join(root, "bench/failover.ts"))).benchFailover(root),
  vrrp: async () => (await loadTypeScript(join(root, "bench/vrrp.ts"))).benchVrrp(root, { large }),
  validate: async () =>
    (await loadTypeScript(join(root, "bench/validate.ts"))).benchValidate(root, { large }),
};

const unknown = names.find((name) => !(name in BENCHES));
if (unknown !== undefined) {
  console.error(`bench: there is no '${unknown}'; there are ${Object.keys(BENCHES).join(", ")}`);
  process.exit(2);
}

const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
console.log(
  `Node ${process.version}, Linux ${release()}, ${cpus().length} cores, ${memory}, ${new Date().toISOString()}`,
);
for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
  console.log(`\n## ${name}\n`);
  console.log(await BENCHES[name]());
}
