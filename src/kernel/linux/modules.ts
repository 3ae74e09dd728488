import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const LOAD_TIMEOUT_MS = 10_000;

/** The program that loads modules, as the kernel itself would call it; undefined when it loads none. */
function modprobe(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/modprobe", "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Loads a kernel module and what it needs. False when that is not possible. Blocks. */
export function loadModule(name: string): boolean {
  const program = modprobe();
  if (program === undefined) return false;
  const { status } = spawnSync(program, ["-s", "--", name], { stdio: "ignore", timeout: LOAD_TIMEOUT_MS });
  return status === 0;
}
