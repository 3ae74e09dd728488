import { cpus } from "node:os";
import { LabProcess } from "../test/lab/process.ts";

/**
 * Runs `measured` while every processor is kept from being halted, by a loop that gives way to everything else. A virtual
 * processor that was halted wakes when its host lets it: one wake-up in a hundred a millisecond late or more, whichever
 * program it is for, and that would be what is measured.
 */
export async function awake<T>(measured: () => Promise<T>): Promise<T> {
  const loops = cpus().map((_, cpu) => {
    const loop = ["chrt", "--idle", "0", "sh", "-c", "while :; do :; done"];
    return new LabProcess(["taskset", "--cpu-list", String(cpu), ...loop]);
  });
  try {
    return await measured();
  } finally {
    await Promise.all(loops.map((loop) => loop.stop()));
  }
}
