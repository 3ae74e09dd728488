import { readFileSync } from "node:fs";

/** USER_HZ, which the kernel counts CPU time in whatever its own tick is. */
const TICKS_PER_SECOND = 100;

export interface Usage {
  /** User and system time so far, seconds. */
  readonly cpu: number;
  /** Resident memory now, megabytes. */
  readonly memory: number;
}

/** What a process has used. Throws when it is gone. */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // After the name in parentheses: field 3 is the first, utime and stime are fields 14 and 15 (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return { cpu: ticks / TICKS_PER_SECOND, memory: Number(resident?.[1] ?? 0) / 1024 };
}
