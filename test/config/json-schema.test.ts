import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { dumpJson } from "../../src/config/dump-json.ts";
import { jsonSchema } from "../../src/config/json-schema.ts";
import { compileText } from "./compile-text.ts";

const FOLDERS = ["../../fixtures/config/", "../../../shared/corpus/files/"].map(
  (path) => new URL(path, import.meta.url),
);
const FILES = FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
  readdirSync(folder).map((name) => ({ name, url: new URL(name, folder) })),
);

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
  });
});
