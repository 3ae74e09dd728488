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
    const faults: readonly (readonly [keywords: object, problem: string])[] = [
      [{ virtual_ipaddress: [7] }, "virtual_ipaddress[0]: this is not an object"],
      [
        { virtual_ipaddress: [{ address: "10.0.0.1" }] },
        "virtual_ipaddress[0].prefixLength: this is missing",
      ],
      [{ priority: 300 }, "priority: this is not an integer from 1 to 255"],
      [{ advert_int: "1" }, "advert_int: this is not a number from 0.01 to 255"],
      [{ state: "master" }, "state: this is not one of MASTER, BACKUP"],
      [
        { track_interface: [{ interface: "eth0", weight: 0 }] },
        "track_interface[0].reverse: this is missing",
      ],
      [{ use_vmac: { names: "x" } }, "use_vmac.names: this is not known"],
      [
        { unicast_peer: [{ address: "10.0.0.2", minTtl: -1 }] },
        "unicast_peer[0].minTtl: this is not an integer from 0 to 255",
      ],
    ];
    for (const [keywords, what] of faults) {
      expect(problem({ vrrp_instance: [{ name: "V", ...keywords }] })).toEqual({
        problem: `vrrp_instance[0].${what}`,
      });
    }
  });

  it("puts what could end its word into no text", () => {
    const name = 'V"\n}\nglobal_defs {';
    expect(confFromJson(JSON.stringify({ vrrp_instance: [{ name }] }))).toHaveProperty("problem");
  });
});
