import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/config/compile.ts";
import { diff } from "../../src/plan/diff.ts";
import { renderText } from "../../src/plan/render-text.ts";
import { nodeHost } from "../../src/source/node-host.ts";

const FOLDER = fileURLToPath(new URL("../../../shared/corpus/files/", import.meta.url));
const files = existsSync(FOLDER) ? readdirSync(FOLDER) : [];

describe.skipIf(files.length === 0)("configurations that people use", () => {
  it.each(files.map((_, index) => index))(
    "file %i: nothing changes to itself, everything to nothing and back",
    (index) => {
      const path = `${FOLDER}${files[index]}`;
      const [one, other] = [compile(nodeHost, path), compile(nodeHost, path)];
      const changed = diff(one.config, other.config).changes.filter((change) => change.kind !== "keep");
      expect(changed).toEqual([]);
      const neighbour = compile(nodeHost, `${FOLDER}${files[(index + 1) % files.length]}`);
      const locate = {
        before: (origin: number) => one.sources.range(origin),
        after: (origin: number) => neighbour.sources.range(origin),
      };
      const plan = diff(one.config, neighbour.config);
      expect(renderText(plan, locate)).toMatch(/^(No changes\.|Plan: .*\.)$/m);
      const addresses = plan.changes.map((change) => change.address);
      expect(new Set(addresses).size).toBe(addresses.length);
    },
  );
});
