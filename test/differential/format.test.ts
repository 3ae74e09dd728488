import { expect, it } from "vitest";
import { compile } from "../../src/config/compile.ts";
import { dumpConf } from "../../src/config/dump-conf.ts";
import { formatFile } from "../../src/config/format.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";
import { generate } from "./generator.ts";

const SEED = Number(process.env.HOLDFAST_SEED ?? 227);
/** Generated configurations that are formatted; refused is what another form might change. */
const RUNS = 600;

it(`fmt is idempotent and keeps the Config of ${RUNS} generated configurations, HOLDFAST_SEED=${SEED}`, () => {
  let formatted = 0;
  for (let number = 0; number < RUNS; number++) {
    const { files, id } = generate(SEED, number);
    const before = Object.fromEntries(Object.entries(files).map(([name, text]) => [`/c/${name}`, text]));
    const host = new MemoryHost(before);
    const options = { environment: {}, ...(id === undefined ? {} : { id }) };
    const once = formatFile(host, "/c/main.conf", options);
    if ("problem" in once) continue;
    formatted++;
    const after = new MemoryHost({ ...before, "/c/main.conf": once.text });
    expect(formatFile(after, "/c/main.conf", options), `case ${number}`).toEqual(once);
    const dump = (from: MemoryHost): string =>
      dumpConf(compile(from, "/c/main.conf", options).config, { secrets: true, defaults: true });
    expect(dump(after), `case ${number}`).toBe(dump(host));
  }
  expect(formatted).toBeGreaterThan(RUNS / 2);
});
