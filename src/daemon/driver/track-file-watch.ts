import type { Config } from "../../config/config.ts";
import type { LvsEvent } from "../../core/lvs/contract.ts";
import type { FilePort } from "../../kernel/ports.ts";
import type { Log } from "../log/log.ts";
import { TrackerFiles } from "./tracker-files.ts";

/** Tells the director what the track files hold that FILE_CHECKs name. */
export class TrackFileWatch {
  readonly #files: TrackerFiles;
  /** Paths of what is watched, by the name of the track_file. */
  readonly #watched = new Map<string, string>();

  constructor(port: FilePort, log: Log, tell: (event: LvsEvent) => void) {
    this.#files = new TrackerFiles(port, log, (file, value) => tell({ type: "file-value", file, value }));
  }

  /** Watches what a configuration names, and nothing else; of what is new the number is told at once. */
  watch({ track_file: defined, virtual_server: servers }: Config): void {
    const named = new Set<string>();
    for (const { real_server: reals } of servers)
      for (const { FILE_CHECK: checks } of reals) for (const { track_file } of checks) named.add(track_file);
    const wanted = new Map(defined.filter(({ name }) => named.has(name)).map((one) => [one.name, one]));
    for (const [name, path] of this.#watched) {
      if (wanted.get(name)?.file === path) continue;
      this.#files.unwatch(name);
      this.#watched.delete(name);
    }
    for (const [name, { file: path, init_file: initial }] of wanted) {
      if (this.#watched.has(name)) continue;
      this.#watched.set(name, path);
      this.#files.watch({ type: "watch-file", file: name, path, ...(initial && { initial }) });
    }
  }

  close(): void {
    this.#files.close();
    this.#watched.clear();
  }
}
