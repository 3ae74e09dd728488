import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import type { Config } from "../config/config.ts";
import type { FileFacts, HostFacts } from "../config/facts.ts";
import { candidatePaths, directoriesAbove, scriptUses } from "../config/scripts.ts";

/** The lines of a file, none when it cannot be read. */
function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}

/** Names and numbers of passwd(5) and group(5). */
function numbersByName(path: string): Record<string, number> {
  const entries = linesOf(path).flatMap((line) => {
    const [name, , number] = line.split(":");
    return name && number ? [[name, Number(number)] as const] : [];
  });
  return Object.fromEntries(entries);
}

function factsOf(path: string): FileFacts | undefined {
  try {
    const stat = statSync(path);
    const type = stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "other";
    return { type, uid: stat.uid, gid: stat.gid, mode: stat.mode & 0o7777 };
  } catch {
    return undefined;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Adds the facts of a path and of the directories that lead to it, links followed. */
function addPath(path: string, files: Record<string, FileFacts>): void {
  for (const part of [path, realPath(path)].flatMap((one) => [one, ...directoriesAbove(one)])) {
    if (part in files) continue;
    const facts = factsOf(part);
    if (facts) files[part] = facts;
  }
}

function interfaceNames(): readonly string[] {
  try {
    return readdirSync("/sys/class/net");
  } catch {
    return [];
  }
}

/** The facts of this machine that matter to a configuration. Reads files; no addon, no privilege. */
export function hostFacts(config: Config): HostFacts {
  const searchPath = (process.env.PATH ?? "").split(":").filter((directory) => directory.startsWith("/"));
  const files: Record<string, FileFacts> = {};
  for (const { command } of scriptUses(config)) {
    for (const path of candidatePaths(command.argv[0] ?? "", searchPath)) addPath(path, files);
  }
  return {
    interfaces: interfaceNames(),
    users: numbersByName("/etc/passwd"),
    groups: numbersByName("/etc/group"),
    searchPath,
    files,
  };
}
