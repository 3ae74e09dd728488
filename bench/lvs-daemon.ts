import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually, processTree, signalProcess } from "../test/lab/process.ts";
import type { RouterFiles, RouterProgram } from "../test/lab/router.ts";

let daemons = 0;

/** A daemon of checkers alone, its log thrown away. */
export class LvsDaemon {
  readonly pid: number;
  readonly #files: RouterFiles;
  readonly #ended: Promise<void>;

  /** Starts `program` on a configuration; its files are in `folder`. */
  constructor(program: RouterProgram, folder: string, configuration: string) {
    daemons += 1;
    const base = join(folder, `${program.name}-${daemons}`);
    this.#files = {
      config: `${base}.conf`,
      pid: `${base}.pid`,
      vrrpPid: `${base}-vrrp.pid`,
      checkersPid: `${base}-checkers.pid`,
    };
    writeFileSync(this.#files.config, configuration);
    const [command = "", ...args] = program.command(this.#files, "checkers");
    const child = spawn(command, args, { stdio: "ignore" });
    if (child.pid === undefined) throw new Error(`${program.name} cannot be started`);
    this.pid = child.pid;
    this.#ended = new Promise((resolve) => child.once("exit", () => resolve()));
  }

  /** The process that checks, once it runs. */
  checkersPid(): Promise<number> {
    const read = () => {
      try {
        return Number(readFileSync(this.#files.checkersPid, "utf8")) || undefined;
      } catch {
        return undefined;
      }
    };
    return eventually("the process of the checkers", read, 120_000);
  }

  /** Has it read another configuration, as an operator would. */
  reload(configuration: string): void {
    writeFileSync(this.#files.config, configuration);
    signalProcess(this.pid, "SIGHUP");
  }

  /** Ends it as an operator would. */
  terminate(): void {
    signalProcess(this.pid, "SIGTERM");
  }

  /** Waits for the end that terminate() has asked for; after `limit` milliseconds everything is killed. */
  async ended(limit = 120_000): Promise<void> {
    const tree = processTree(this.pid);
    const timer = setTimeout(() => {
      for (const pid of tree) signalProcess(pid, "SIGKILL");
    }, limit);
    await this.#ended;
    clearTimeout(timer);
  }
}
