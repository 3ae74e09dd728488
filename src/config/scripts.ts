import { optionalScript, scriptCommand } from "../schema/kinds-script.ts";
import { root } from "../schema/root.ts";
import { type AnyBlockSchema, holdsParts, originIn } from "../schema/row.ts";
import type { Config, ScriptCommand } from "./config.ts";
import { type AnyBlock, blocksIn } from "./dump-conf.ts";
import { scriptless } from "./scriptless.ts";

/** A command that the configuration has run, and where it was written. */
export interface ScriptUse {
  readonly keyword: string;
  readonly command: ScriptCommand;
  readonly origin: number;
  /** Where the user that it runs as was written, if that is a keyword of its own. */
  readonly userOrigin?: number;
  /** Where its block ends. */
  readonly end?: number;
}

/** Where a schema and those within it name scripts. */
interface ScriptPlaces {
  readonly keywords: readonly string[];
  readonly blocks: readonly {
    readonly keyword: string;
    readonly parts: boolean;
    readonly places: ScriptPlaces;
  }[];
}

/** By name: rows put kinds into others. */
const SCRIPTS: ReadonlySet<string> = new Set([scriptCommand.name, optionalScript.name]);

function placesIn(schema: AnyBlockSchema): ScriptPlaces {
  const rows = Object.entries(schema.rows);
  return {
    keywords: rows.flatMap(([keyword, row]) =>
      row.shape === "leaf" && SCRIPTS.has(row.kind.name) ? [keyword] : [],
    ),
    blocks: rows.flatMap(([keyword, row]) => {
      if (row.shape !== "block") return [];
      const places = placesIn(row.schema);
      return places.keywords.length + places.blocks.length > 0
        ? [{ keyword, parts: holdsParts(row), places }]
        : [];
    }),
  };
}

const PLACES = placesIn(root);

/** The value of a `user` keyword beside a script. */
function isUserGroup(value: unknown): value is { readonly user: string; readonly group?: string } {
  return typeof value === "object" && value !== null && "user" in value && typeof value.user === "string";
}

/** `shift`: what is to be added to the origins in the block, which may be a part that is shared. */
function collect(places: ScriptPlaces, block: AnyBlock, found: ScriptUse[], shift = 0): void {
  for (const keyword of places.keywords) {
    const value = block[keyword];
    if (value === undefined) continue;
    const command = value as ScriptCommand; // what the kind of the row parsed
    if (command.argv.length === 0) continue;
    const { $, user } = block;
    const userOrigin = originIn($, "user", 0);
    found.push({
      keyword,
      command: isUserGroup(user) ? { ...command, ...user } : command,
      origin: (originIn($, keyword, 0) ?? $.at) + shift,
      ...(userOrigin === undefined ? {} : { userOrigin: userOrigin + shift }),
      ...($.end === undefined ? {} : { end: $.end + shift }),
    });
  }
  for (const inner of places.blocks) {
    const within = inner.parts ? shift + (block.$.shift ?? 0) : 0;
    for (const one of blocksIn(block[inner.keyword])) {
      if (!scriptless.has(one)) collect(inner.places, one, found, within);
    }
  }
}

/** Every script of a configuration, in the order of the schema. */
export function scriptUses(config: Config): readonly ScriptUse[] {
  const found: ScriptUse[] = [];
  collect(PLACES, { ...config, $: { at: 0, of: {} } }, found);
  return found;
}

/** The keywords of scripts that the checkers' process looks at. */
const OF_CHECKERS: ReadonlySet<string> = new Set([
  ...["notify_up", "notify_down", "quorum_up", "quorum_down", "misc_path", "lvs_notify_fifo_script"],
]);

/** The keywords of scripts that run whatever else there is. */
const OF_THE_PARENT: ReadonlySet<string> = new Set(["startup_script", "shutdown_script"]);

/** Of both processes. */
const OF_BOTH = "notify_fifo_script";

/** The scripts that keepalived's processes look at, by the process. */
export interface LookedAt {
  /** Of instances that are left out later, too. */
  readonly vrrp: readonly ScriptUse[];
  readonly checkers: readonly ScriptUse[];
  readonly parent: readonly ScriptUse[];
}

/** The scripts that the VRRP process looks at; without an instance there is none. */
export function vrrpScripts(config: Config): readonly ScriptUse[] {
  if (config.vrrp_instance.length === 0) return [];
  return scriptUses(config).filter(({ keyword }) => !OF_CHECKERS.has(keyword) && !OF_THE_PARENT.has(keyword));
}

/** The scripts that the others look at; without a virtual server there is no process of checkers. */
export function otherScripts(config: Config): Omit<LookedAt, "vrrp"> {
  const uses = scriptUses(config);
  const isChecked = ({ keyword }: ScriptUse): boolean => OF_CHECKERS.has(keyword) || keyword === OF_BOTH;
  return {
    checkers: config.virtual_server.length > 0 ? uses.filter(isChecked) : [],
    parent: uses.filter(({ keyword }) => OF_THE_PARENT.has(keyword)),
  };
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
