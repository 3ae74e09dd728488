import { accessSync, constants, lstatSync, readlinkSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const GROUP_WRITE = 0o020;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;
const MOST_LINKS = 40;

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The absolute path of a program: as it is when it has a slash, searched on PATH otherwise. */
export function findProgram(
  name: string,
  path = process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin",
): string | undefined {
  if (name.includes("/")) return isExecutable(name) ? resolve(name) : undefined;
  return path
    .split(":")
    .filter((folder) => folder.startsWith("/"))
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/**
 * One file or directory of a path: why somebody other than root can change it, or undefined. In a sticky directory
 * others can add names but not replace what root owns; members of root's own group count as root, as with keepalived.
 */
function weakness(path: string): string | undefined {
  const facts = lstatSync(path);
  const { uid, gid, mode } = facts;
  if (uid !== 0) return `${path} belongs to user ${uid}`;
  const writable = (mode & OTHERS_WRITE) !== 0 || ((mode & GROUP_WRITE) !== 0 && gid !== 0);
  if (!writable || facts.isSymbolicLink() || (facts.isDirectory() && (mode & STICKY) !== 0)) return undefined;
  return `${path} is writable by others than root`;
}

/** Every directory from the root down to the path, and the path. */
function ancestry(path: string): string[] {
  const parts = [path];
  for (let at = path; at !== "/"; at = dirname(at)) parts.unshift(dirname(at));
  return parts;
}

/**
 * Why a program may not be run as root under enable_script_security: some part of its path, links followed step by
 * step, can be changed by somebody else. Undefined when it is safe. Throws when the path does not exist.
 */
export function insecurity(path: string): string | undefined {
  let at = resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    let next: string | undefined;
    for (const part of ancestry(at)) {
      const weak = weakness(part);
      if (weak !== undefined) return weak;
      if (!lstatSync(part).isSymbolicLink()) continue;
      next = resolve(dirname(part), readlinkSync(part)) + at.slice(part.length);
      break;
    }
    if (next === undefined) return undefined;
    at = next;
  }
  return `${path} has too many symbolic links`;
}
