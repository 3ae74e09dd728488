import { readFileSync, writeFileSync } from "node:fs";
import { ERRNO } from "../../wire/errno.ts";
import { kernelError } from "../errors.ts";
import type { SysctlPort } from "../ports.ts";

/** The file of a parameter. Throws RangeError for a path that leads elsewhere. */
function fileOf(path: string): string {
  if (path.split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw new RangeError(`${path} is no path of a kernel parameter`);
  }
  return `/proc/sys/${path}`;
}

/** Errno of a failed file operation. */
const errnoOf = (error: unknown): number =>
  error instanceof Error && "errno" in error && typeof error.errno === "number"
    ? Math.abs(error.errno)
    : ERRNO.EINVAL;

/** Kernel parameters by way of /proc/sys, which shows each process those of its own network namespace. */
export class LinuxSysctl implements SysctlPort {
  read(path: string): string | undefined {
    const file = fileOf(path);
    try {
      return readFileSync(file, "utf8").trimEnd();
    } catch {
      return undefined;
    }
  }

  write(path: string, value: string): void {
    const file = fileOf(path);
    try {
      writeFileSync(file, value, { flag: "r+" });
    } catch (error) {
      throw kernelError(`write ${path}`, errnoOf(error));
    }
  }
}
