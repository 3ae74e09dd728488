import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dumpConf } from "../../src/config/dump-conf.ts";
import { knownKeywords } from "../../src/schema/known-keywords.ts";
import { root } from "../../src/schema/root.ts";
import type { AnyBlockSchema, AnyRow } from "../../src/schema/row.ts";
import { compileText } from "../config/compile-text.ts";
import { blockText, rowText } from "./samples.ts";

interface Place {
  readonly path: readonly string[];
  readonly keyword: string;
  readonly row: AnyRow;
  /** The schemas of the blocks that lead to it. */
  readonly within: readonly AnyBlockSchema[];
}

function placesOf(
  schema: AnyBlockSchema,
  path: readonly string[] = [],
  within: readonly AnyBlockSchema[] = [],
): Place[] {
  return Object.entries(schema.rows).flatMap(([keyword, row]) => {
    const here: Place = { path, keyword, row, within };
    if (row.shape !== "block") return [here];
    return [here, ...placesOf(row.schema, [...path, keyword], [...within, row.schema])];
  });
}

const PLACES = placesOf(root);

/** The first sample that fast-check gives under a fixed seed. */
function sample(arbitrary: fc.Arbitrary<string>, seed: number): string {
  return fc.sample(arbitrary, { seed, numRuns: 1 })[0] ?? "";
}

/** The row in the smallest blocks that may hold it. */
function exampleOf({ path, keyword, row, within }: Place, seed: number): string {
  const required = (schema: AnyBlockSchema): string =>
    Object.entries(schema.rows)
      .filter(([key, one]) => one.required && key !== keyword && !path.includes(key))
      .map(([key, one]) => sample(rowText(key, one, 1), seed))
      .join("");
  let text = sample(rowText(keyword, row, 1), seed);
  for (let level = path.length - 1; level >= 0; level--) {
    const schema = within[level];
    if (!schema) break;
    const [head = ""] = sample(blockText(schema, path[level] ?? "", 0), seed).split("\n");
    text = `${head}\n${required(schema)}${text}}\n`;
  }
  return text;
}

describe("every row", () => {
  it.each(PLACES.map((place) => [[...place.path, place.keyword].join("/"), place] as const))(
    "%s accepts its samples",
    (_name, place) => {
      for (let seed = 1; seed <= 5; seed++) {
        const text = exampleOf(place, seed);
        const { diagnostics, sources } = compileText(text);
        const mine = diagnostics.filter(
          ({ code, severity }) =>
            severity === "error" && /^(?:unknown|invalid|missing-v|out|unexp)/.test(code),
        );
        // What a sample names (instances, scripts) need not exist here.
        const faults = mine.filter(({ code }) => code !== "unknown-instance" && code !== "unknown-script");
        expect(faults, `${text}${sources.paths().join()}`).toEqual([]);
      }
    },
  );

  it.each(
    PLACES.filter(({ row }) => row.shape === "leaf" && !row.replacedBy && row.inherits !== "^").map(
      (place) => [[...place.path, place.keyword].join("/"), place] as const,
    ),
  )("%s is in the dump when it was written", (_name, place) => {
    // A virtual server without real servers, and a checker under one, is left out: give it one.
    const text = exampleOf(place, 3).replace(
      /^(virtual_server .*\{\n)/,
      "$1  real_server 10.0.0.1 80 {\n  }\n",
    );
    const dumped = dumpConf(compileText(text).config, { secrets: true });
    if (dumped === "") return; // left out for what the samples around it say
    const overruled = ["authentication", "protocol", "version"].some((one) => text.includes(one));
    if (!overruled) expect(dumped).toMatch(new RegExp(`^ *${place.keyword}\\b`, "m"));
  });

  it("says since when keepalived knows it, as the table of keywords does", () => {
    const known = knownKeywords();
    const wrong = PLACES.flatMap(({ path, keyword, row }) => {
      const since = known.get(path.join("/"))?.get(keyword);
      return since === row.since ? [] : [`${[...path, keyword].join("/")}: ${row.since}, table ${since}`];
    });
    expect(wrong).toEqual([]);
  });

  it("has a sentence of documentation, and names an existing keyword when it is replaced", () => {
    for (const { row, within, keyword } of PLACES) {
      expect(row.doc, keyword).toMatch(/^[A-Z].*\.$/);
      const siblings = within.at(-1)?.rows ?? root.rows;
      if (row.replacedBy !== undefined) expect(Object.keys(siblings)).toContain(row.replacedBy);
    }
  });
});
