import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/config/compile.ts";
import { dumpJson } from "../../src/config/dump-json.ts";
import { confFromJson } from "../../src/config/json-config.ts";
import { jsonSchema } from "../../src/config/json-schema.ts";
import type { Kind } from "../../src/schema/kind.ts";
import { root } from "../../src/schema/root.ts";
import type { AnyBlockSchema } from "../../src/schema/row.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";
import type { Case } from "../differential/directives.ts";
import { generate } from "../differential/generator.ts";
import { Random } from "../differential/random.ts";
import { compileText } from "./compile-text.ts";

const FOLDERS = ["../../fixtures/config/", "../../../shared/corpus/files/"].map(
  (path) => new URL(path, import.meta.url),
);
const FILES = FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
  readdirSync(folder).map((name) => ({ name, url: new URL(name, folder) })),
);

/** One seed, so that a failure is the change's. */
const SEED = 227;
const GENERATED = Array.from({ length: 150 }, (_, number) => generate(SEED, number));

/** What a generated case is as JSON. */
function dumped({ files, id }: Case): unknown {
  const compiled = compile(new MemoryHost(files), "main.conf", id === undefined ? {} : { id });
  return JSON.parse(JSON.stringify(dumpJson(compiled.config, { secrets: true })));
}

/** The kinds of a schema and of the blocks in it, each by a path that leads there. */
function kindsOf(schema: AnyBlockSchema, path: string, kinds: Map<Kind<unknown>, string>): void {
  for (const [property, kind] of Object.entries(schema.header)) kinds.set(kind, `${path}${property}`);
  for (const [keyword, row] of Object.entries(schema.rows)) {
    if (row.shape === "block") kindsOf(row.schema, `${path}${keyword}/`, kinds);
    else if (row.shape !== "flag") kinds.set(row.kind, `${path}${keyword}`);
  }
}

/** What values are replaced with to make them wrong. */
const WRONG: readonly unknown[] = [null, {}, [], "", "no such thing", -1, 0.5, 1e12, true, [7], { a: 1 }];

/** A copy with one value somewhere in it replaced. */
function spoilt(value: unknown, random: Random): unknown {
  if (typeof value !== "object" || value === null || random.percent(10)) return random.pick(WRONG);
  const copy: unknown[] | Record<string, unknown> = Array.isArray(value) ? [...value] : { ...value };
  const keys = Object.keys(copy);
  if (keys.length === 0) return random.pick(WRONG);
  const key = random.pick(keys);
  const inner: Record<string, unknown> = Object(copy); // an array is indexed by text, too
  inner[key] = spoilt(inner[key], random);
  return copy;
}

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(jsonSchema());

/** What is wrong with a value, by the schema. */
function faults(value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe("the JSON Schema", () => {
  it.each(FILES)("describes the dump of $name", ({ url }) => {
    const text = readFileSync(url, "utf8");
    const config = text.split("==== config\n")[1]?.split("\n====")[0] ?? text;
    for (const defaults of [false, true]) {
      for (const secrets of [false, true]) {
        const json = JSON.stringify(dumpJson(compileText(config).config, { defaults, secrets }));
        expect(faults(JSON.parse(json))).toEqual([]);
      }
    }
  });

  it("gives every kind of value a type", () => {
    const kinds = new Map<Kind<unknown>, string>();
    kindsOf(root, "", kinds);
    expect(kinds.size).toBeGreaterThan(90);
    const without = [...kinds].filter(([{ json }]) => json === undefined || Object.keys(json).length === 0);
    expect(without.map(([, path]) => path)).toEqual([]);
  });

  it("describes the dumps of generated configurations", () => {
    for (const each of GENERATED) expect([each.name, faults(dumped(each))]).toEqual([each.name, []]);
  });

  it(`refuses nothing that is read as a configuration, seed ${SEED}`, () => {
    const random = new Random(SEED);
    let refused = 0;
    for (const each of GENERATED) {
      const json = dumped(each);
      for (let time = 0; time < 10; time++) {
        const wrong = spoilt(json, random);
        const problems = faults(wrong);
        if (problems.length === 0) continue;
        refused++;
        expect([wrong, problems, confFromJson(JSON.stringify(wrong))]).toEqual([
          wrong,
          problems,
          { problem: expect.stringMatching(/^[\w.[\]-]*: /) },
        ]);
      }
    }
    expect(refused).toBeGreaterThan(GENERATED.length * 5);
  });

  it("refuses what no dump holds", () => {
    expect(faults({ vrrp_instance: [{}] })).toEqual(["/vrrp_instance/0 must have required property 'name'"]);
    expect(faults({ vrrp_instance: {} })).toEqual(["/vrrp_instance must be array"]);
    expect(faults({ vrrp_instance: [{ name: "V", priorty: 1 }] })).toEqual([
      "/vrrp_instance/0 must NOT have additional properties",
    ]);
    expect(faults({ vrrp_instance: [{ name: "V", virtual_router_id: 256 }] })).toEqual([
      "/vrrp_instance/0/virtual_router_id must be <= 255",
    ]);
    expect(faults({ vrrp_instance: [{ name: "V", nopreempt: "yes" }] })).toEqual([
      "/vrrp_instance/0/nopreempt must be boolean",
    ]);
    expect(faults({ vrrp_instance: [{ name: "V", virtual_ipaddress: [{ address: "10.0.0.1" }] }] })).toEqual([
      "/vrrp_instance/0/virtual_ipaddress/0 must have required property 'prefixLength'",
    ]);
    expect(faults({ vrrp_instance: [{ name: "V", advert_int: 300 }] })).toEqual([
      "/vrrp_instance/0/advert_int must be <= 255",
    ]);
    expect(faults({ vrrp_instance: [{ name: "V", state: "master" }] })).toEqual([
      "/vrrp_instance/0/state must be equal to one of the allowed values",
    ]);
  });
});
