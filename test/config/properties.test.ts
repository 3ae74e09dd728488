import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dumpConf } from "../../src/config/dump-conf.ts";
import { dumpJson } from "../../src/config/dump-json.ts";
import { configText } from "../schema/samples.ts";
import { compileText, meaningOf } from "./compile-text.ts";

const SEED = Number(process.env.HOLDFAST_SEED ?? Date.now() % 2 ** 31);

describe(`any configuration that the schema can say (HOLDFAST_SEED=${SEED})`, { timeout: 60_000 }, () => {
  it.each([{ defaults: false }, { defaults: true }])(
    "is the same after dump and compile, %o",
    ({ defaults }) => {
      fc.assert(
        fc.property(configText, (text) => {
          const options = { defaults, secrets: true };
          const first = compileText(text);
          const dumped = dumpConf(first.config, options);
          const second = compileText(dumped);
          expect(dumpConf(second.config, options)).toBe(dumped);
          expect(meaningOf(second.config)).toEqual(meaningOf(first.config));
          expect(second.diagnostics.filter(({ code }) => code === "unknown-keyword")).toEqual([]);
        }),
        { seed: SEED, numRuns: 150 },
      );
    },
  );

  it("becomes JSON, and text without its secrets", () => {
    fc.assert(
      fc.property(configText, (text) => {
        const { config } = compileText(text);
        const json = JSON.stringify(dumpJson(config, { defaults: true }));
        for (const { authentication } of config.vrrp_instance) {
          if (authentication?.auth_pass === undefined) continue;
          expect(json).toContain('"auth_pass":"********"');
          expect(dumpConf(config)).toContain("auth_pass ********");
        }
        expect(JSON.parse(json)).toBeTypeOf("object");
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it("never throws, whatever stands in the file", () => {
    const words = fc.constantFrom(
      "vrrp_instance",
      "virtual_server",
      "real_server",
      "TCP_CHECK",
      "HTTP_GET",
      "url",
      "path",
      "{",
      "}",
      "\n",
      "10.0.0.1",
      "80",
      "group",
      "fwmark",
      '"',
      "'",
      "\\",
      "global_defs",
      "priority",
      "track_script",
      "weight",
      "interface",
      "virtual_ipaddress",
      "on",
      "-1",
      "$X",
      "@a",
      "~SEQ(x,3)",
      "include",
      "#",
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 60 }), (parts) => {
        const { config } = compileText(parts.join(" "));
        dumpConf(config, { defaults: true });
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
