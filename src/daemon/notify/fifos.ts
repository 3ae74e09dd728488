import type { GlobalDefs, ScriptCommand } from "../../config/config.ts";
import type { Log } from "../log/log.ts";
import type { Role } from "../messages.ts";
import type { Helpers } from "../scripts/helpers.ts";
import { scriptIdentity } from "../scripts/identity.ts";
import type { ScriptPolicy } from "../scripts/messages.ts";
import { type FifoFile, takeFifo } from "./fifo-file.ts";

/** Milliseconds that a reader has to come to an end by itself after the last line. */
const READER_GRACE = 1_000;

interface Wanted {
  readonly path: string;
  readonly user?: string;
  readonly group?: string;
  /** As keepalived's log calls it: "", "vrrp ", "lvs ". */
  readonly label: string;
  readonly script: ScriptCommand | undefined;
  readonly roles: readonly Role[];
}

/** The FIFOs of a configuration that the running children write to. */
function wantedFifos(g: GlobalDefs, running: readonly Role[]): Wanted[] {
  const all: readonly (Omit<Wanted, "path"> & { readonly fifo: GlobalDefs["notify_fifo"] })[] = [
    { fifo: g.notify_fifo, label: "", script: g.notify_fifo_script, roles: ["vrrp", "checkers"] },
    { fifo: g.vrrp_notify_fifo, label: "vrrp ", script: g.vrrp_notify_fifo_script, roles: ["vrrp"] },
    { fifo: g.lvs_notify_fifo, label: "lvs ", script: g.lvs_notify_fifo_script, roles: ["checkers"] },
  ];
  return all.flatMap(({ fifo, ...rest }) =>
    fifo === undefined || !rest.roles.some((role) => running.includes(role)) ? [] : [{ ...fifo, ...rest }],
  );
}

interface Held {
  readonly wanted: Wanted;
  readonly file: FifoFile;
}

/**
 * The notify FIFOs, and the scripts that read them: the parent's, because children share them, and because lines must
 * wait in the pipe while a child is started again.
 */
export class Fifos {
  readonly #log: Log;
  readonly #helpers: Helpers;
  #held: Held[] = [];

  constructor(log: Log, helpers: Helpers) {
    this.#log = log;
    this.#helpers = helpers;
  }

  /** Brings FIFOs and readers to what a configuration says. One that stays as it is keeps its reader and its lines. */
  bring(global: GlobalDefs, running: readonly Role[], policy: ScriptPolicy): void {
    const before = this.#held;
    const wanted = wantedFifos(global, running);
    const stays = (one: Wanted) => before.find((held) => JSON.stringify(held.wanted) === JSON.stringify(one));
    const kept = wanted.map(stays);
    for (const held of before) if (!kept.includes(held)) this.#drop(held);
    this.#held = wanted.flatMap((one, index) => kept[index] ?? this.#take(one, policy));
  }

  /** The FIFOs that a child writes to, by path. */
  paths(role: Role): string[] {
    return this.#held.filter(({ wanted }) => wanted.roles.includes(role)).map(({ file }) => file.path);
  }

  /** No child writes any more: readers come to the end of their lines, or are ended. */
  async close(): Promise<void> {
    const held = this.#held;
    this.#held = [];
    for (const { file } of held) file.close();
    await Promise.all(held.map(({ wanted }) => this.#helpers.ended(keyOf(wanted), READER_GRACE)));
    for (const each of held) this.#drop(each);
  }

  #take(wanted: Wanted, policy: ScriptPolicy): Held[] {
    const { path, user, group, label, script } = wanted;
    const identity = scriptIdentity(
      { ...(user !== undefined && { user }), ...(group !== undefined && { group }) },
      { ...policy, secure: false },
    );
    if ("problem" in identity) {
      this.#log.warn(`${label}notify fifo ${path} not used: ${identity.problem}`);
      return [];
    }
    const file = takeFifo(path, identity.uid, identity.gid);
    if ("problem" in file) {
      this.#log.warn(`${label}notify fifo ${path} not used: ${file.problem}`);
      return [];
    }
    if (script !== undefined) this.#read(wanted, script);
    return [{ wanted, file }];
  }

  #read(wanted: Wanted, script: ScriptCommand): void {
    const command = { ...script, argv: [...script.argv, wanted.path] };
    this.#helpers.run(keyOf(wanted), command, undefined, ({ status }) =>
      this.#log.info(`${wanted.label}notify fifo script terminated (${status})`),
    );
  }

  #drop({ wanted, file }: Held): void {
    this.#helpers.end(keyOf(wanted));
    file.remove();
  }
}

const keyOf = ({ path }: Wanted): string => `fifo ${path}`;
