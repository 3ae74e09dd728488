import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What a run of the program came to. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program, built from the sources as they are, in a folder of its own with the files of a test. */
export class Program {
  readonly folder = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
  /** What Node is given to run it. */
  readonly main = join(this.folder, ".program", "main.js");

  async build(): Promise<void> {
    const bundle = await rolldown({
      input: { main: join(PROJECT, "src/cli/main.ts") },
      platform: "node",
      logLevel: "warn",
    });
    await bundle.write({ dir: dirname(this.main), format: "esm", entryFileNames: "[name].js" });
    await bundle.close();
    writeFileSync(join(this.folder, "package.json"), '{ "type": "module" }');
  }

  /** Runs a command in the folder. */
  run(args: readonly string[], input = ""): Ran {
    const { status, stdout, stderr } = spawnSync(process.execPath, [this.main, ...args], {
      cwd: this.folder,
      input,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
      maxBuffer: 1 << 26,
    });
    return { status, stdout, stderr };
  }

  /** Writes a file below the folder; returns its path. */
  put(name: string, text: string, mode = 0o644): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode });
    return path;
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
