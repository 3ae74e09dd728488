import { monotonicMicros } from "../../../native/timer.ts";
import type { Config } from "../../config/config.ts";
import type { VrrpSnapshot } from "../../core/vrrp/snapshot.ts";
import type { Log } from "../log/log.ts";
import type { Role } from "../messages.ts";
import { emptied, partOf } from "../parts.ts";
import { writePrivateFile } from "../private-file.ts";
import { type ReportKind, reportPath } from "./report-paths.ts";

/** What an operator's signal asks for. */
export type ReportRequest = "data" | "stats" | "stats-clear" | "json";

/** Writes the files that signals ask for: in the parent, from what children tell of themselves. */
export class Reports {
  readonly #log: Log;
  /** Asks the vrrp child; undefined when there is none. */
  readonly #ask: (clear: boolean) => Promise<VrrpSnapshot | undefined>;

  constructor(log: Log, ask: (clear: boolean) => Promise<VrrpSnapshot | undefined>) {
    this.#log = log;
    this.#ask = ask;
  }

  /** Never throws: what cannot be written is logged. */
  async write(request: ReportRequest, config: Config, roles: readonly Role[]): Promise<void> {
    const snapshot = await this.#ask(request === "stats-clear");
    const epoch = Date.now() * 1_000 - monotonicMicros();
    const { vrrpData, vrrpJson, vrrpStatistics } = await import("./vrrp-reports.ts");
    if (request === "data") {
      await this.#data(config, roles, snapshot && vrrpData(partOf(config, "vrrp"), snapshot, epoch));
    } else if (snapshot === undefined) {
      this.#log.info("There is no VRRP process to tell of");
    } else if (request === "json") {
      this.#log.info("Printing VRRP as json on signal");
      this.#write(config, "json", vrrpJson(config, snapshot, epoch));
    } else {
      this.#log.info(`Printing ${request === "stats-clear" ? "and clearing " : ""}VRRP stats on signal`);
      this.#write(config, "stats", vrrpStatistics(snapshot));
    }
  }

  /** Logs a configuration, without secrets. */
  async logConfiguration(config: Config): Promise<void> {
    const { dumpKeepalived } = await import("../../config/dump-keepalived/dump-keepalived.ts");
    this.#log.info(dumpKeepalived(config).trimEnd());
  }

  async #data(config: Config, roles: readonly Role[], vrrp: string | undefined): Promise<void> {
    const { dumpKeepalived } = await import("../../config/dump-keepalived/dump-keepalived.ts");
    this.#log.info("Printing parent data on signal");
    this.#write(config, "parent", dumpKeepalived(emptied(config)));
    if (vrrp !== undefined) {
      this.#log.info("Printing VRRP data on signal");
      this.#write(config, "vrrp", vrrp);
    }
    if (!roles.includes("checkers")) return;
    this.#log.info("Printing checker data on signal");
    this.#write(config, "checkers", dumpKeepalived(partOf(config, "checkers")));
  }

  #write(config: Config, kind: ReportKind, text: string): void {
    this.writeText(reportPath(config, kind), text);
  }

  /** Writes any other text into a file. */
  writeText(path: string, text: string): void {
    try {
      writePrivateFile(path, text);
    } catch (error) {
      this.#log.error(`Can't open ${path} (${error instanceof Error ? error.message : String(error)})`);
    }
  }
}
