import { scriptCommand } from "../schema/kinds-script.ts";
import { root } from "../schema/root.ts";
import type { AnyBlockSchema } from "../schema/row.ts";
import type { Config, ScriptCommand } from "./config.ts";
import { type AnyBlock, blocksIn } from "./dump-conf.ts";

/** A command that the configuration has run, and where it was written. */
export interface ScriptUse {
  readonly keyword: string;
  readonly command: ScriptCommand;
  readonly origin: number;
}

/** Where a schema and those within it name scripts. */
interface ScriptPlaces {
  readonly keywords: readonly string[];
  readonly blocks: readonly { readonly keyword: string; readonly places: ScriptPlaces }[];
}

function placesIn(schema: AnyBlockSchema): ScriptPlaces {
  const rows = Object.entries(schema.rows);
  return {
    keywords: rows.flatMap(([keyword, row]) =>
      row.shape === "leaf" && Object.is(row.kind, scriptCommand) ? [keyword] : [],
    ),
    blocks: rows.flatMap(([keyword, row]) => {
      if (row.shape !== "block") return [];
      const places = placesIn(row.schema);
      return places.keywords.length + places.blocks.length > 0 ? [{ keyword, places }] : [];
    }),
  };
}

const PLACES = placesIn(root);

function collect(places: ScriptPlaces, block: AnyBlock, found: ScriptUse[]): void {
  for (const keyword of places.keywords) {
    const value = block[keyword];
    if (value === undefined) continue;
    const origin = block.$.of[keyword];
    found.push({
      keyword,
      command: value as ScriptCommand, // what the kind of the row parsed
      origin: typeof origin === "number" ? origin : block.$.at,
    });
  }
  for (const inner of places.blocks) {
    for (const one of blocksIn(block[inner.keyword])) collect(inner.places, one, found);
  }
}

/** Every script of a configuration, in the order of the schema. */
export function scriptUses(config: Config): readonly ScriptUse[] {
  const found: ScriptUse[] = [];
  collect(PLACES, { ...config, $: { at: 0, of: {} } }, found);
  return found;
}

/** Absolute paths that a command may mean, best first. */
export function candidatePaths(program: string, searchPath: readonly string[]): readonly string[] {
  if (program.startsWith("/")) return [program];
  if (program.includes("/")) return [];
  return searchPath.map((directory) => `${directory}/${program}`);
}

/** The directories above an absolute path, nearest first, "/" last. */
export function directoriesAbove(path: string): readonly string[] {
  const above: string[] = [];
  for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
    above.push(path.slice(0, slash));
  }
  return [...above, "/"];
}
