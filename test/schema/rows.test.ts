import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dumpConf } from "../../src/config/dump-conf.ts";
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

interface Example extends Place {
  readonly text?: string;
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

/** Keywords that are only known to stand somewhere else have no value to look at. */
const PLACES = placesOf(root).filter(({ row }) => row.elsewhere === undefined);

/** The first sample that fast-check gives under a fixed seed. */
function sample(arbitrary: fc.Arbitrary<string>, seed: number): string {
  return fc.sample(arbitrary, { seed, numRuns: 1 })[0] ?? "";
}

/** Codes of a value that is refused. */
const FAULTS =
  /^(?:unknown|invalid|missing|incomplete|out-of|unchecked|unexpected|(?:extra|surplus)-words|password|misplaced|mixed|undefined)/;

/** Neither name, number nor address. */
const NONSENSE = { text: "&".repeat(50), quoted: false, origin: 1 };

/** What follows a keyword that its row refuses; undefined for a row that takes everything. */
function refusedText(row: AnyRow): string | undefined {
  switch (row.shape) {
    case "flag":
      return "maybe";
    case "block":
      return "";
    case "list":
      return row.anonymous ? undefined : "";
    case "leaf": {
      const faults: string[] = [];
      const words = Array.from({ length: Math.max(1, row.kind.words[0]) }, () => NONSENSE);
      row.kind.parse(words, ({ code }) => faults.push(code));
      if (faults.length > 0) return words.map(({ text }) => text).join(" ");
      if (row.kind.words[0] > 0) return "";
      const most = row.kind.words[1];
      return Number.isFinite(most) ? `${NONSENSE.text} &`.repeat(most + 1) : undefined;
    }
  }
}

/** Keywords that count only beside another one of their block. */
const NEEDED: ReadonlyMap<string, string> = new Map([
  ["sorry_server_inhibit", "sorry_server"],
  ["sorry_server_lvs_method", "sorry_server"],
  ["regex_options", "regex"],
  ["regex_stack", "regex"],
  ["regex_min_offset", "regex"],
  ["regex_max_offset", "regex"],
]);

/** The row in the smallest blocks that may hold it; with the words of `text` when given. */
function exampleOf({ path, keyword, row, within, text: words }: Example, seed: number): string {
  const required = (schema: AnyBlockSchema): string =>
    Object.entries(schema.rows)
      .filter(
        ([key, one]) =>
          (one.required || key === NEEDED.get(keyword)) && key !== keyword && !path.includes(key),
      )
      .map(([key, one]) => sample(rowText(key, one, 1), seed))
      .join("");
  let text = words === undefined ? sample(rowText(keyword, row, 1), seed) : `  ${keyword}${words}\n`;
  for (let level = path.length - 1; level >= 0; level--) {
    const schema = within[level];
    if (!schema) break;
    const block = path[level] ?? "";
    const [sampled = ""] = sample(blockText(schema, block, 0), seed).split("\n");
    const head = SERVER_HEADS.get(block) ?? sampled;
    text = `${head}\n${required(schema)}${text}}\n`;
  }
  return definitionsFor(text) + text;
}

/** Services and servers of one family, so that none is left out for that. */
const SERVER_HEADS: ReadonlyMap<string, string> = new Map([
  ["virtual_server", "virtual_server 10.0.0.9 80 {"],
  ["real_server", "real_server 10.0.0.1 80 {"],
]);

/** What FILE_CHECK and BFD_CHECK name has to be defined before them. */
function definitionsFor(text: string): string {
  const named = /(FILE|BFD)_CHECK\s*\{\s*(?:alpha.*\s*|weight.*\s*)?(?:track_file|name) ("[^"\n]*"|\S+)/g;
  return [...text.matchAll(named)]
    .map(([, sort, name]) =>
      sort === "FILE"
        ? `track_file ${name} {\n  file /tmp/f\n}\n`
        : `bfd_instance ${name} {\n  neighbor_ip 10.0.0.1\n  source_ip 10.0.0.2\n}\n`,
    )
    .join("");
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
        // What a sample names (instances, scripts) need not exist here, nor has a netmask to be of its family.
        const faults = mine.filter(
          ({ code }) =>
            !/^unknown-(?:instance|member|script|tracked|bfd|track-file)|^invalid-netmask$/.test(code),
        );
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
      /^(virtual_server .*\{\n)/m,
      "$1  real_server 10.0.0.2 80 {\n  }\n",
    );
    const dumped = dumpConf(compileText(text).config, { secrets: true });
    if (dumped === "") return; // left out for what the samples around it say
    const overruled = ["authentication", "protocol", "version"].some((one) => text.includes(one));
    if (!overruled) expect(dumped).toMatch(new RegExp(`^ *${place.keyword}\\b`, "m"));
  });

  it.each(
    PLACES.filter(({ row }) => refusedText(row) !== undefined).map(
      (place) => [[...place.path, place.keyword].join("/"), place] as const,
    ),
  )("%s refuses what it is not", (_name, place) => {
    const mark = "refused-by-the-row";
    const bad = { ...place, text: ` ${refusedText(place.row)} # ${mark}` };
    const text = exampleOf(bad, 2);
    const line = text.split("\n").findIndex((one) => one.includes(mark)) + 1;
    const { diagnostics } = compileText(text);
    const here = diagnostics.filter(({ subject, code }) => subject?.line === line && FAULTS.test(code));
    expect(here, text).not.toEqual([]);
  });

  it("has a sentence of documentation, and names an existing keyword when it is replaced", () => {
    for (const { row, within, keyword } of PLACES) {
      expect(row.doc, keyword).toMatch(/^[A-Z].*\.$/);
      const siblings = within.at(-1)?.rows ?? root.rows;
      if (row.replacedBy !== undefined) expect(Object.keys(siblings)).toContain(row.replacedBy);
    }
  });
});
