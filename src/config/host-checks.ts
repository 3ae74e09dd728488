import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Compiled } from "./compile.ts";
import type { Config } from "./config.ts";
import type { FileFacts, HostFacts } from "./facts.ts";
import { faultReporter, type ReportFault } from "./faults.ts";
import { checkInterfaces } from "./host-interfaces.ts";
import { checkKeyFiles } from "./host-keys.ts";
import { checkMailServer, checkNames } from "./host-names.ts";
import { checkPatterns } from "./host-patterns.ts";
import { originOfKeyword } from "./open.ts";
import { candidatePaths, directoriesAbove, type ScriptUse, scriptUses } from "./scripts.ts";

/** Runs scripts when it exists and script_user says nothing. */
const DEFAULT_SCRIPT_USER = "keepalived_script";
const ROOT = 0;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;
const EXECUTABLE = 0o111;
/** Scripts that keepalived leaves out silently when there is nobody to run them. */
const NOTIFIES = /notify|quorum/;

/** Whether the user that a script is to run as, and its group, exist. */
function hasUser(use: ScriptUse, config: Config, facts: HostFacts): boolean {
  const group = use.command.group?.replace(/^:/, "");
  const known = !group || group in facts.groups;
  return known && userOf(use, config, facts) !== undefined;
}

/** What a host has of the script of a configuration: undefined when nobody is to run it, or it is not there. */
export function programOf(use: ScriptUse, config: Config, facts: HostFacts): string | undefined {
  if (!hasUser(use, config, facts)) return undefined;
  return candidatePaths(use.command.argv[0] ?? "", facts.searchPath).find((path) => facts.files[path]);
}

/** The user number that a script runs as; undefined when it names one that does not exist. */
function userOf(use: ScriptUse, config: Config, facts: HostFacts): number | undefined {
  const named = use.command.user ?? config.global_defs.script_user?.user;
  if (named !== undefined) return facts.users[named];
  return facts.users[DEFAULT_SCRIPT_USER] ?? (config.global_defs.enable_script_security ? undefined : ROOT);
}

/** `no-such-user`: script_user exists. */
function scriptUser({ global_defs }: Config, facts: HostFacts, report: ReportFault): void {
  const { user, group } = global_defs.script_user ?? {};
  const unknown =
    user !== undefined && !(user in facts.users)
      ? `user ${user}`
      : group !== undefined && !(group in facts.groups)
        ? `group ${group}`
        : undefined;
  if (unknown === undefined) return;
  warn(
    report,
    "no-such-user",
    originOfKeyword(global_defs, "script_user"),
    `there is no ${unknown}`,
    "keepalived reports it, and disables the scripts that have no user of their own.",
  );
}

/** `no-such-user`: where scripts are tracked that no user runs; keepalived no longer knows them there. */
function trackedWithoutUser(config: Config, refused: ReadonlySet<number>, report: ReportFault): void {
  const names = config.vrrp_script.filter((one) => refused.has(originOfKeyword(one, "script")));
  const without = new Set(names.map(({ name }) => name));
  for (const owner of [...config.vrrp_instance, ...config.vrrp_sync_group]) {
    for (const [index, { script: name }] of owner.track_script.entries()) {
      if (!without.has(name)) continue;
      warn(
        report,
        "no-such-user",
        originOfKeyword(owner, "track_script", index),
        `vrrp_script ${name} has no user to run as, and is not tracked`,
        "keepalived takes it for a script that is not defined.",
      );
    }
  }
}

/**
 * The first of a program and the directories above it that somebody other than root can change. keepalived 2.4.3 takes
 * a link among the directories (/bin, where it leads to /usr/bin) for one, because links have all permission bits.
 */
function insecurePart(path: string, facts: HostFacts): string | undefined {
  return [path, ...directoriesAbove(path)].find((part) => {
    const found: FileFacts | undefined | null = facts.files[part];
    if (!found) return false;
    if (found.link === true && part !== path) return true;
    const shared = (found.mode & WRITABLE_BY_OTHERS) !== 0;
    return found.uid !== ROOT || (shared && !(found.type === "directory" && (found.mode & STICKY) !== 0));
  });
}

function warn(
  report: ReportFault,
  code: string,
  origin: number,
  summary: string,
  detail: string,
  end?: number,
): void {
  const related = end === undefined ? [] : [{ origin: end, message: "the block ends here" }];
  report({ code, severity: "warning", summary, detail }, origin, related);
}

/** `no-such-script`, `script-not-executable`, `no-such-user`, `insecure-script`; false when there is no user. */
function script(use: ScriptUse, config: Config, facts: HostFacts, report: ReportFault): boolean {
  const { command, keyword, origin } = use;
  const [program = ""] = command.argv;
  const user = userOf(use, config, facts);
  const group = command.group?.replace(/^:/, "");
  const known = hasUser(use, config, facts);
  const candidates = candidatePaths(program, facts.searchPath);
  if (candidates.length > 0 && candidates.every((one) => facts.files[one] === undefined)) return known; // never looked at
  const path = candidates.find((candidate) => facts.files[candidate]);
  const found = path === undefined ? undefined : facts.files[path];
  const disabled = "keepalived disables the script and runs without it.";
  if (!known) {
    const named = command.user ?? config.global_defs.script_user?.user ?? DEFAULT_SCRIPT_USER;
    const name = user === undefined ? named : group;
    const what = user === undefined ? "user" : "group";
    warn(
      report,
      NOTIFIES.test(keyword) ? "no-notify-user" : "no-such-user",
      use.userOrigin ?? origin,
      `there is no ${what} ${name} to run ${program}`,
      `${disabled} If ${name} is an argument, put the whole command into quotes.`,
      keyword === "script" && use.userOrigin === undefined ? use.end : undefined,
    );
  }
  if (path === undefined || !found) {
    warn(report, "no-such-script", origin, `${program}, the ${keyword} script, does not exist`, disabled);
    return known;
  }
  if (found.type !== "file" || (found.mode & EXECUTABLE) === 0) {
    const why = found.type === "file" ? "is not executable" : "is not a file";
    warn(report, "script-not-executable", origin, `${program} ${why}`, disabled);
    return known;
  }
  const part = known && user === ROOT ? insecurePart(path, facts) : undefined;
  if (part === undefined) return known;
  const weakness = facts.files[part]?.link ? "is a symbolic link" : "can be changed by others than root";
  warn(
    report,
    "insecure-script",
    origin,
    `root runs ${program}, and ${part === path ? "it" : part} ${weakness}`,
    config.global_defs.enable_script_security
      ? "With enable_script_security the script is disabled."
      : "Give it another user, or make it and the directories above it writable by root alone.",
  );
  return known;
}

/** What a compiled configuration needs of a host and does not find there; a note where nothing would look at a script. */
export function checkHost(
  compiled: Pick<Compiled, "config" | "leftOut" | "scripts" | "sources">,
  facts: HostFacts,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const report = faultReporter(compiled.sources, (diagnostic) => diagnostics.push(diagnostic));
  checkInterfaces(compiled, facts, report);
  checkNames(compiled.config, facts, report);
  checkMailServer(compiled.config, facts, report);
  checkPatterns(compiled.config, facts, report);
  checkKeyFiles(compiled.config, facts, report);
  scriptUser(compiled.config, facts, report);
  const refused = new Set<number>();
  const { vrrp, checkers, parent } = compiled.scripts;
  const lookedAt = new Set([...vrrp, ...checkers, ...parent].map(({ origin }) => origin));
  // Users are looked up as the script is read; the rest, when a process starts that looks at it.
  const note: ReportFault = (fault, ...place) =>
    report(fault.code === "no-such-user" ? fault : { ...fault, severity: "note" }, ...place);
  for (const use of scriptUses(compiled.config)) {
    const say = lookedAt.has(use.origin) ? report : note;
    if (!script(use, compiled.config, facts, say)) refused.add(use.origin);
  }
  trackedWithoutUser(compiled.config, refused, report);
  return diagnostics;
}
