import { readFileSync } from "node:fs";
import type { VrrpInstance } from "../../config/config.ts";
import type { Change } from "../../plan/plan.ts";
import type { Log } from "../log/log.ts";

const PREFIX = "file:";

/** The key files that the auth_hmac blocks of the instances name, read anew with every plan. */
export class VrrpKeys {
  readonly #log: Log;
  readonly #pathsOf = new Map<string, readonly string[]>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** The contents of all files by path, after a plan's changes. What cannot be read is reported and missing. */
  read(changes: readonly Change[]): ReadonlyMap<string, Uint8Array> {
    for (const change of changes) {
      if (change.object !== "vrrp_instance") continue;
      if (change.after === undefined) this.#pathsOf.delete(change.id);
      else this.#pathsOf.set(change.id, pathsOf(change.after));
    }
    const files = new Map<string, Uint8Array>();
    for (const path of new Set([...this.#pathsOf.values()].flat())) {
      try {
        files.set(path, readFileSync(path));
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        this.#log.error(`auth_hmac key file cannot be read: ${why}`);
      }
    }
    return files;
  }
}

const pathsOf = ({ auth_hmac: signing }: VrrpInstance): string[] =>
  (signing?.key ?? []).flatMap(({ value }) => (value.startsWith(PREFIX) ? [value.slice(PREFIX.length)] : []));
