import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { ScriptPolicy, ScriptUser } from "./messages.ts";

/** Numbers that a script runs under. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** The user's supplementary groups, too; otherwise none. */
  readonly supplementary?: true;
}

/** The user that keepalived runs scripts as when nothing is configured and it exists. */
const DEFAULT_SCRIPT_USER = "keepalived_script";

/** The fields of an entry of the user or group database, by name; undefined when there is none. */
function databaseEntry(database: "passwd" | "group", name: string): string[] | undefined {
  const local = localEntry(database, name);
  if (local !== undefined) return local;
  const key = `${database} ${name}`;
  const known = directory.get(key);
  if (known !== undefined && performance.now() - known.at < REMEMBERED) return known.entry;
  const entry = directoryEntry(database, name);
  directory.set(key, { entry, at: performance.now() });
  return entry;
}

/** Milliseconds for which what a directory service says holds, also that there is no such name: it is a program a time. */
const REMEMBERED = 60_000;
const directory = new Map<string, { readonly entry: string[] | undefined; readonly at: number }>();

/** Users that come from a directory service: getent asks the name service switch. */
function directoryEntry(database: "passwd" | "group", name: string): string[] | undefined {
  const asked = spawnSync("getent", ["--", database, name], { encoding: "utf8", timeout: 5_000 });
  const found = asked.status === 0 ? asked.stdout.trimEnd().split(":") : undefined;
  return found?.[0] === name ? found : undefined; // it looks for numbers, too; keepalived does not
}

function localEntry(database: "passwd" | "group", name: string): string[] | undefined {
  try {
    const entries = readFileSync(`/etc/${database}`, "utf8").split("\n");
    return entries.map((line) => line.split(":")).find((fields) => fields[0] === name);
  } catch {
    return undefined;
  }
}

/** The numbers of a user and group, or why there are none. The group is the user's own when not given. */
export function identityOf({ user, group }: ScriptUser): Identity | { readonly problem: string } {
  const entry = databaseEntry("passwd", user);
  if (entry === undefined) return { problem: `user '${user}' does not exist` };
  const name = group?.replace(/^:/, "") ?? "";
  const groupEntry = name === "" ? entry[3] : databaseEntry("group", name)?.[2];
  if (groupEntry === undefined) return { problem: `group '${name}' does not exist` };
  const numbers = { uid: Number(entry[2]), gid: Number(groupEntry) };
  return group?.startsWith(":") ? { ...numbers, supplementary: true } : numbers;
}

/**
 * Whom a script runs as: its own user, script_user, keepalived_script when there is such a user; and then root, but
 * not under enable_script_security. A daemon that is not root runs everything as itself.
 */
export function scriptIdentity(
  command: { readonly user?: string; readonly group?: string },
  policy: ScriptPolicy,
): Identity | { readonly problem: string } {
  const found = identityFor(command, policy);
  return policy.supplementary && !("problem" in found) ? { ...found, supplementary: true } : found;
}

function identityFor(
  command: { readonly user?: string; readonly group?: string },
  policy: ScriptPolicy,
): Identity | { readonly problem: string } {
  const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  if (own.uid !== 0) return own;
  const { user, group } = command;
  if (user !== undefined) return identityOf(group === undefined ? { user } : { user, group });
  if (policy.defaultUser !== undefined) return identityOf(policy.defaultUser);
  const customary = identityOf({ user: DEFAULT_SCRIPT_USER });
  if (!("problem" in customary)) return customary;
  if (policy.secure)
    return { problem: `no user is given, and the default user ${DEFAULT_SCRIPT_USER} does not exist` };
  return { uid: 0, gid: 0 };
}
