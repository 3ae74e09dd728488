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
/** This is the guest that lvs has started. */
const inside = process.argv.includes("--inside");
/** `--part=checks`: what of lvs to measure; all of it when there is none. */
const parts = process.argv.filter((word) => word.startsWith("--part=")).map((word) => word.slice(7));
const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));

const BENCHES = {
  failover: async () => (await loadTypeScript(join(root, "bench/failover.ts"))).benchFailover(root),
  vrrp: async () => (await loadTypeScript(join(root, "bench/vrrp.ts"))).benchVrrp(root, { large }),
  lvs: async () => (await loadTypeScript(join(root, "bench/lvs.ts"))).benchLvs(root, { inside, parts }),
  validate: async () =>
    (await loadTypeScript(join(root, "bench/validate.ts"))).benchValidate(root, { large }),
};

const unknown = names.find((name) => !(name in BENCHES));
if (unknown !== undefined) {
  console.error(`bench: there is no '${unknown}'; there are ${Object.keys(BENCHES).join(", ")}`);
  process.exit(2);
}

if (inside) {
  console.log(await BENCHES.lvs());
  process.exit();
}
const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
console.log(
  `Node ${process.version}, Linux ${release()}, ${cpus().length} cores, ${memory}, ${new Date().toISOString()}`,
);
for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
  console.log(`\n## ${name}\n`);
  console.log(await BENCHES[name]());
}
