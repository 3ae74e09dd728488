import { type ChildProcess, spawn } from "node:child_process";
import { createLinuxKernel } from "../../src/kernel/linux/kernel.ts";
import type { ProcessesUnderTest } from "./processes.ts";

/** Calls itself one thing, and another when a line comes; a shell's own writing is allowed to name its process. */
const CHANGING = 'printf "$1" >/proc/$$/comm; read -r line; printf "$2" >/proc/$$/comm; read -r line';

/** Processes of this machine. */
export function linuxProcesses(): ProcessesUnderTest {
  const kernel = createLinuxKernel();
  const children = new Map<number, ChildProcess>();
  const launch = (program: string, words: readonly string[]): { pid: number; child: ChildProcess } => {
    const child = spawn(program, words, { stdio: ["pipe", "ignore", "ignore"] });
    const pid = child.pid ?? 0;
    children.set(pid, child);
    return { pid, child };
  };
  return {
    kernel,
    start: ([program = "", ...words]) => launch(program, words).pid,
    changing: (before, after) => {
      const { pid, child } = launch("bash", ["-c", CHANGING, "bash", before, after]);
      return { pid, rename: () => child.stdin?.write("\n") };
    },
    end: (pid) => children.get(pid)?.kill("SIGKILL"),
    close: () => {
      for (const child of children.values()) child.kill("SIGKILL");
      kernel.close();
    },
  };
}
