import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";

export interface Measured {
  readonly status: number | null;
  readonly milliseconds: number;
  /** Peak resident memory, of the command itself. */
  readonly peakMegabytes: number;
}

/** VmHWM of a live process in kB; undefined once it is gone. */
function highWaterMark(pid: number): number | undefined {
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return found ? Number(found[1]) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Runs a command to its end, output thrown away. The peak is the kernel's own high-water mark, read every 2 ms: it only
 * grows, so what a last unread moment adds is all that can be missed.
 */
export function measure(command: readonly string[]): Promise<Measured> {
  const [program = "", ...args] = command;
  const started = performance.now();
  const child = spawn(program, args, { stdio: "ignore" });
  let peak = 0;
  const look = () => {
    if (child.pid !== undefined) peak = Math.max(peak, highWaterMark(child.pid) ?? 0);
  };
  const looking = setInterval(look, 2);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (status) => {
      clearInterval(looking);
      resolve({ status, milliseconds: performance.now() - started, peakMegabytes: peak / 1024 });
    });
  });
}
