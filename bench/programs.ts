import { join } from "node:path";
import { KEEPALIVED } from "../test/lab/keepalived.ts";
import { PART_OPTIONS, type RouterProgram } from "../test/lab/router.ts";
import { withPretendedIpvs } from "./pretended-ipvs.ts";

/** Both programs as they are measured: Holdfast from its bundle, keepalived as installed. */
export function programs(root: string): readonly RouterProgram[] {
  const bundle = join(root, "dist/holdfast.cjs");
  const holdfast: RouterProgram = {
    name: "holdfast",
    command: ({ config, pid, vrrpPid, checkersPid }, parts = "vrrp") => [
      ...[process.execPath, bundle, "run", "-n", "-l", "-D", ...PART_OPTIONS[parts], "-f", config],
      ...["-p", pid, "-r", vrrpPid, "-c", checkersPid],
    ],
  };
  return [holdfast, KEEPALIVED];
}

/** The same where the kernel has no IPVS: checkers really check, and their tables are nowhere. */
export function programsWithoutIpvs(root: string): readonly RouterProgram[] {
  const [holdfast, keepalived] = programs(root);
  if (!holdfast || !keepalived) return [];
  return [
    { ...holdfast, command: (...how) => [...holdfast.command(...how), "--kernel", "memory"] },
    { ...keepalived, command: (...how) => withPretendedIpvs(keepalived.command(...how)) },
  ];
}

/** Waits so many milliseconds. */
export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
