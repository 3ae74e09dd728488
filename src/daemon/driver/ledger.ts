import { readFileSync, readlinkSync, rmSync } from "node:fs";
import type { Log } from "../log/log.ts";
import { readPrivateFile, writePrivateFile } from "../private-file.ts";

/** What the file holds. Of another format, another boot or another network namespace it says nothing. */
interface Page<Belongings> {
  readonly place: string;
  readonly belongings: Belongings;
}

/** To be counted up with every change of what belongings are. */
const FORMAT = 1;

/** The format, this boot of this machine, and the network namespace of this process. */
function placeHere(): string {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return `${FORMAT} ${boot} ${readlinkSync("/proc/self/ns/net")}`;
}

/**
 * A file in which a child's belongings, plain data, are written down while it runs. After a run that was killed it is still
 * there, and the next one, which may have another configuration, knows what of the kernel it has to clear up.
 */
export class Ledger<Belongings> {
  readonly #path: string;
  readonly #log: Log;

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  /** The belongings of a run that did not come to its end; undefined when there was none. */
  read(): Belongings | undefined {
    return this.#attempt("read", () => {
      const text = readPrivateFile(this.#path);
      if (text === undefined) return undefined;
      const page = JSON.parse(text) as Page<Belongings>; // whole, and ours: nobody else could have written it
      return page.place === placeHere() ? page.belongings : undefined;
    });
  }

  write(belongings: Belongings): void {
    const page: Page<Belongings> = { place: placeHere(), belongings };
    this.#attempt("write", () => writePrivateFile(this.#path, JSON.stringify(page)));
  }

  /** Everything is cleared up. */
  remove(): void {
    this.#attempt("remove", () => rmSync(this.#path, { force: true }));
  }

  /** The daemon does its work without the file as well. */
  #attempt<T>(what: string, run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.warn(`Cannot ${what} ${this.#path}, which says what to clear up after a kill: ${reason}`);
      return undefined;
    }
  }
}
