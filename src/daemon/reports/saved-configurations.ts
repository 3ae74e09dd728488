import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import { dumpConf } from "../../config/dump-conf.ts";
import type { Log } from "../log/log.ts";
import { writePrivateFile } from "../private-file.ts";

/**
 * config_save_dir: every configuration that is loaded, as text with its secrets, in files that only root may
 * read: `keepalived.conf.PID.N`, N counting from 0 at the start.
 */
export class SavedConfigurations {
  readonly #log: Log;
  #count = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Never throws: what cannot be written is logged. */
  save(config: Config): void {
    const directory = config.global_defs.config_save_dir;
    if (directory === undefined) return;
    const path = join(directory, `keepalived.conf.${process.pid}.${this.#count}`);
    this.#count += 1;
    try {
      mkdirSync(directory);
      chmodSync(directory, 0o700); // whatever the umask is
    } catch {
      // It is there, or cannot be: then the file cannot either.
    }
    try {
      writePrivateFile(path, dumpConf(config, { secrets: true }));
    } catch (error) {
      this.#log.error(`Can't save ${path} (${error instanceof Error ? error.message : String(error)})`);
    }
  }
}
