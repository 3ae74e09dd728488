/**
 * `node scripts/broken-page.mjs`: writes docs/broken.md from fixtures/broken. Where keepalived is installed, what it says
 * is recorded anew beside each configuration (as root, or in `unshare -rn`); otherwise the recorded output is used.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadTypeScript } from "./load-typescript.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const load = (path) => loadTypeScript(join(root, path));
const page = await load("test/differential/broken-page.ts");
const { Lab } = await load("test/lab/netns.ts");
const { probe } = await load("test/lab/capabilities.ts");
const { RELEASE, referenceRelease } = await load("test/differential/reference.ts");

const directory = join(root, "fixtures", "broken");
const all = page.brokenConfigurations(directory);
if (probe("keepalived").present && referenceRelease() === RELEASE) {
  const lab = new Lab();
  try {
    const said = page.keepalivedOn(lab, all);
    for (const [index, each] of all.entries()) page.writeRecorded(directory, each, said[index]);
  } finally {
    await lab.dispose();
  }
} else console.log(`keepalived ${RELEASE} is not installed: what it says is taken from fixtures/broken`);
const facts = readFileSync(join(directory, "facts.json"), "utf8");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const withTheirs = all.map((each) => ({ ...each, theirs: page.readRecorded(directory, each) }));
writeFileSync(join(root, "docs", "broken.md"), page.brokenDocument(RELEASE, version, facts, withTheirs));
