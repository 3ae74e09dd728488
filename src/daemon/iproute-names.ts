import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What iproute2 has names for, by the file that has them. */
export type NameKind = "rt_tables" | "rt_protos" | "rt_scopes" | "rt_dsfield" | "rt_realms" | "group";

/** Names that hold without any file. */
const BUILT_IN: Readonly<Record<NameKind, Readonly<Record<string, number>>>> = {
  rt_tables: { default: 253, main: 254, local: 255 },
  rt_protos: { redirect: 1, kernel: 2, boot: 3, static: 4, ra: 9, dhcp: 16, keepalived: 18 },
  rt_scopes: { global: 0, universe: 0, site: 200, link: 253, host: 254, nowhere: 255 },
  rt_dsfield: {},
  rt_realms: {},
  group: { default: 0 },
};

/** Where the names are; a name of the second directory goes before one of the first. */
export interface NameDirectories {
  readonly usr?: string;
  readonly etc?: string;
}

const DEFAULT_DIRECTORY = "/etc/iproute2";

/** The numbers of this host's names, as `ip` finds them. Files are read once, at the first name of their kind. */
export class IprouteNames {
  readonly #directories: readonly string[];
  readonly #read = new Map<NameKind, Map<string, number>>();

  constructor({ usr = DEFAULT_DIRECTORY, etc = DEFAULT_DIRECTORY }: NameDirectories) {
    this.#directories = [...new Set([usr, etc])];
  }

  /** The number that a text is, or stands for; undefined when nothing has that name. */
  number(kind: NameKind, text: string): number | undefined {
    if (/^(?:0x[\da-f]+|\d+)$/i.test(text)) return Number(text);
    let names = this.#read.get(kind);
    if (!names) {
      names = this.#readNames(kind);
      this.#read.set(kind, names);
    }
    return names.get(text);
  }

  #readNames(kind: NameKind): Map<string, number> {
    const names = new Map(Object.entries(BUILT_IN[kind]));
    for (const directory of this.#directories) {
      for (const path of [join(directory, kind), ...partsOf(join(directory, `${kind}.d`))]) {
        for (const [name, number] of namesIn(path)) names.set(name, number);
      }
    }
    return names;
  }
}

/** The files of a directory that are part of a table of names. */
function partsOf(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(".conf") && !name.startsWith("."))
      .sort()
      .map((name) => join(directory, name));
  } catch {
    return []; // most hosts have none
  }
}

/** Lines of `NUMBER NAME`; a file that cannot be read has none. */
function namesIn(path: string): [name: string, number: number][] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line): [string, number][] => {
    const [, number = "", name = ""] = /^\s*(0x[\da-f]+|\d+)\s+(\S+)\s*(?:#.*)?$/i.exec(line) ?? [];
    return name === "" ? [] : [[name, Number(number)]];
  });
}
