import { compile, emptyConfig } from "../../../src/config/compile.ts";
import type { Config } from "../../../src/config/config.ts";
import type { CheckTarget } from "../../../src/core/checker/contract.ts";
import type { LvsEffect, LvsEvent, Refusal } from "../../../src/core/lvs/contract.ts";
import { createLvsDirector } from "../../../src/core/lvs/director.ts";
import { commandText } from "../../../src/core/lvs/names.ts";
import { Faults } from "../../../src/kernel/memory/faults.ts";
import { MemoryFirewall } from "../../../src/kernel/memory/firewall.ts";
import { diff, forOwner } from "../../../src/plan/diff.ts";
import { MemoryHost } from "../../../src/source/memory-host.ts";
import type { Micros } from "../../../src/values/time.ts";
import { errnoName } from "../../../src/wire/errno.ts";
import type { IpvsCommand } from "../../../src/wire/ipvs-types.ts";
import { ModelTable } from "./model-table.ts";

export const SECOND = 1_000_000;

export function configOf(text: string): Config {
  return compile(new MemoryHost({ "test.conf": text }), "test.conf").config;
}

type LogEffect = Extract<LvsEffect, { type: "log" }>;
type IpvsEffect = Extract<LvsEffect, { type: "ipvs" }>;

/** A director in virtual time, with a table that is as strict as the kernel's and servers that answer or refuse. */
export class World {
  readonly director = createLvsDirector();
  readonly table = new ModelTable();
  readonly firewall = new MemoryFirewall(new Faults());
  /** `address:port` of servers that accept connections, and answer 200 to any request. */
  readonly healthy = new Set<string>();
  /** Exit statuses of the programs of MISC_CHECKs, 0 where nothing is said. */
  readonly exits = new Map<string, number>();
  /** `address:port` of servers that answer nothing at all. */
  readonly silent = new Set<string>();
  /** The errno with which the kernel refuses a command, if it does. */
  refuses: ((command: IpvsCommand) => number) | undefined;
  /** Somebody else changes the table, too: a command may find it otherwise than expected. */
  isShared = false;
  now: Micros = 0;
  private running = emptyConfig();
  private effects: LvsEffect[] = [];
  /** Checkers that have a connection. */
  readonly open = new Set<string>();

  /** Configures the director as start, reload and (without a text) stop do. `present` is looked up at the start. */
  apply(text = "", start = false): this {
    const next = text === "" ? emptyConfig() : configOf(text);
    const { changes } = forOwner(diff(this.running, next), "checkers");
    this.running = next;
    const present = start || this.isShared ? { present: this.table.list() } : {};
    this.carryOut(this.director.handle({ type: "apply", changes, ...present }, this.now));
    return this;
  }

  /** What others tell the director: of track files, of BFD sessions. */
  tell(event: Extract<LvsEvent, { type: "file-value" | "bfd" }>): this {
    this.carryOut(this.director.handle(event, this.now));
    return this;
  }

  /** Lets virtual time pass. */
  run(seconds: number): this {
    const end = this.now + seconds * SECOND;
    for (
      let due = this.director.deadline();
      due !== undefined && due <= end;
      due = this.director.deadline()
    ) {
      this.now = Math.max(this.now, due);
      this.carryOut(this.director.handle({ type: "timer" }, this.now));
    }
    this.now = end;
    return this;
  }

  /** What has been logged, told to scripts and done to the table since last asked. */
  take(): { readonly logs: string[]; readonly scripts: string[]; readonly commands: string[] } {
    const effects = this.effects;
    this.effects = [];
    return {
      logs: effects.filter((one): one is LogEffect => one.type === "log").map(({ message }) => message),
      scripts: effects.flatMap((one) => (one.type === "run-script" ? [one.command.argv.join(" ")] : [])),
      commands: effects
        .filter((one): one is IpvsEffect => one.type === "ipvs")
        .map(({ command }) => commandText(command)),
    };
  }

  /** What scripts, FIFOs and mail were told since last asked; of mails the subject, and in brackets the body. */
  news(): string[] {
    const effects = this.effects;
    this.effects = [];
    return effects.flatMap((one) => {
      if (one.type === "run-script") return [one.command.argv.join(" ")];
      if (one.type === "fifo-line") return [one.line];
      if (one.type !== "alert") return [];
      return [`${one.checkerOnly ? "only " : ""}${one.subject} (${one.body})`];
    });
  }

  /** All effects of one event first, then what they lead to, as the driver does. */
  private carryOut(effects: readonly LvsEffect[]): void {
    const events: LvsEvent[] = [];
    const refusals: Refusal[] = [];
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.type === "ipvs") this.refuseOrApply(effect.command, refusals);
      if (effect.type === "firewall") this.firewall.apply(effect.commands);
      if (effect.type === "compare") events.push({ type: "listed", present: this.table.list() });
      if (effect.type === "close" && !this.open.delete(effect.checker))
        throw new Error(`closed without connection: ${effect.checker}`);
      if (effect.type === "run-check") {
        this.open.add(effect.checker);
        const status = this.exits.get(effect.command.argv[0] ?? "") ?? 0;
        events.push({ type: "exited", checker: effect.checker, status, how: `exited with status ${status}` });
      }
      if (effect.type === "connect") events.push(...this.connect(effect.checker, effect.target));
      if (effect.type === "send") {
        const bytes = new TextEncoder().encode("HTTP/1.0 200 OK\r\n\r\nhello");
        events.push(
          { type: "data", checker: effect.checker, bytes },
          { type: "ended", checker: effect.checker },
        );
      }
    }
    if (refusals.length > 0) events.unshift({ type: "refused", refusals });
    for (const event of events) this.carryOut(this.director.handle(event, this.now));
  }

  /** The kernel's answer; a table that nobody else touches refuses nothing but what it is told to. */
  private refuseOrApply(command: IpvsCommand, refusals: Refusal[]): void {
    const errno = this.refuses?.(command) ?? (this.isShared ? this.table.errno(command) : 0);
    if (errno === 0) this.table.apply(command);
    else refusals.push({ command, errno, code: errnoName(errno) });
  }

  private connect(checker: string, { address, port }: CheckTarget): LvsEvent[] {
    if (this.open.has(checker)) throw new Error(`a second connection of ${checker}`);
    this.open.add(checker);
    const server = `${address}:${port}`;
    if (this.silent.has(server)) return [];
    return this.healthy.has(server)
      ? [{ type: "connected", checker }]
      : [{ type: "failed", checker, error: "ECONNREFUSED" }];
  }
}
