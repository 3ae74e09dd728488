import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { dumpConf } from "../../src/config/dump-conf.ts";
import { dumpJson } from "../../src/config/dump-json.ts";
import { confFromJson } from "../../src/config/json-config.ts";
import { compileText } from "./compile-text.ts";

const FOLDERS = ["../../fixtures/config/", "../../../shared/corpus/files/"].map(
  (path) => new URL(path, import.meta.url),
);
const FILES = FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
  readdirSync(folder).map((name) => ({ name, url: new URL(name, folder) })),
);

/** A configuration by way of its JSON. */
function throughJson(text: string, defaults: boolean): { readonly before: string; readonly after: string } {
  const { config } = compileText(text);
  const json = JSON.stringify(dumpJson(config, { defaults, secrets: true }));
  const made = confFromJson(json);
  if ("problem" in made) throw new Error(made.problem);
  const again = compileText(made.text).config;
  return {
    before: dumpConf(config, { defaults, secrets: true }),
    after: dumpConf(again, { defaults, secrets: true }),
  };
}

describe("a configuration by way of JSON", () => {
  it.each(FILES)("$name stays what it is", ({ url }) => {
    const text = readFileSync(url, "utf8");
    const config = text.split("==== config\n")[1]?.split("\n====")[0] ?? text;
    for (const defaults of [false, true]) {
      const { before, after } = throughJson(config, defaults);
      expect(after).toBe(before);
    }
  });

  it("is refused with the place where it has no meaning", () => {
    const problem = (json: unknown) => confFromJson(JSON.stringify(json));
    expect(confFromJson("{")).toHaveProperty("problem");
    expect(problem([])).toEqual({ problem: ": this is not an object" });
    expect(problem({ vrrp_instance: {} })).toEqual({ problem: "vrrp_instance: this is not an array" });
    expect(problem({ vrrp_instance: [{}] })).toEqual({ problem: "vrrp_instance[0]: name is missing" });
    expect(problem({ vrrp_instance: [{ name: "V", priorty: 1 }] })).toEqual({
      problem: "vrrp_instance[0].priorty: there is no such keyword",
    });
    expect(problem({ vrrp_instance: [{ name: "V", nopreempt: 1 }] })).toEqual({
      problem: "vrrp_instance[0].nopreempt: this is not true or false",
    });
    expect(problem({ vrrp_instance: [{ name: "V", virtual_ipaddress: [7] }] })).toHaveProperty("problem");
  });

  it("puts what could end its word into no text", () => {
    const name = 'V"\n}\nglobal_defs {';
    expect(confFromJson(JSON.stringify({ vrrp_instance: [{ name }] }))).toHaveProperty("problem");
  });
});
