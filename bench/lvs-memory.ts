import { readFileSync } from "node:fs";
import { eventually } from "../test/lab/process.ts";
import type { RouterProgram } from "../test/lab/router.ts";
import { farmConfiguration } from "./lvs-configuration.ts";
import { LvsDaemon } from "./lvs-daemon.ts";
import { usageOf } from "./process-usage.ts";
import { pause } from "./programs.ts";

export interface Memory {
  readonly servers: number;
  /** Megabytes of the process that checks, half a minute after its start. */
  readonly resident: number;
  /** The most that it ever had. */
  readonly peak: number;
}

/** What a farm takes in memory, every server checked once in a minute. */
export async function memory(
  program: RouterProgram,
  folder: string,
  services: number,
  each: number,
): Promise<Memory> {
  const text = farmConfiguration({ services, each, delayLoop: 60, checker: "TCP_CHECK" });
  const daemon = new LvsDaemon(program, folder, text);
  try {
    const pid = await daemon.checkersPid();
    const full = () => Number(readFileSync("/sys/module/ip_vs_wlc/refcnt", "utf8")) === services;
    await eventually("the last service", full, 300_000);
    await pause(30_000);
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return {
      servers: services * each,
      resident: usageOf(pid).memory,
      peak: Number(peak?.[1] ?? 0) / 1024,
    };
  } finally {
    daemon.terminate();
    await daemon.ended();
  }
}
