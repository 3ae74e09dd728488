import { readFileSync, writeFileSync } from "node:fs";
import { setResourceLimit } from "../../native/process.ts";
import { errnoName } from "../wire/errno.ts";
import type { Log } from "./log/log.ts";

const RLIMIT_CORE = 4;
const PATTERN = "/proc/sys/kernel/core_pattern";
/** What the limit was before, for the runners of scripts: `SOFT HARD`, as /proc/PID/limits writes them. */
const BEFORE = "HOLDFAST_CORE_LIMIT";

/** Lets this process and its children dump core (`-m`), and names the files (`-M`). Returns what takes the name back. */
export function allowCoreDumps(pattern: string | undefined, log: Log): () => void {
  const [, before] =
    /^Max core file size\s+(\S+\s+\S+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  const result = setResourceLimit(RLIMIT_CORE);
  if (result < 0) log.warn(`Unable to set the core file size: ${errnoName(-result)}`);
  else process.env[BEFORE] = before;
  return pattern === undefined ? () => {} : namePattern(pattern, log);
}

/** Takes back in this process, which runs scripts, what allowCoreDumps() gave to it: scripts have their own limits. */
export function forgetCoreDumps(): void {
  const before = process.env[BEFORE];
  if (before === undefined) return;
  delete process.env[BEFORE];
  const [soft, hard] = before
    .split(/\s+/)
    .map((limit) => (limit === "unlimited" ? undefined : Number(limit)));
  setResourceLimit(RLIMIT_CORE, soft, hard);
}

function namePattern(pattern: string, log: Log): () => void {
  const write = (text: string) => {
    try {
      writeFileSync(PATTERN, text);
    } catch (error) {
      log.warn(`Unable to set ${PATTERN}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const before = readFileSync(PATTERN, "utf8");
  write(pattern);
  return () => write(before);
}
