import type { WatchEffect } from "../../core/track/effects.ts";
import type { VrrpEvent } from "../../core/vrrp/contract.ts";
import type { Kernel, LinkbeatMethod } from "../../kernel/ports.ts";
import type { Change } from "../../plan/plan.ts";
import type { Log } from "../log/log.ts";
import { Linkbeat } from "./linkbeat.ts";
import { TrackerFiles } from "./tracker-files.ts";
import { TrackerProcesses } from "./tracker-processes.ts";

/** What the machine tracks besides netlink's links: files, processes, and links that have to be asked for. */
export class VrrpTrackers {
  readonly #files: TrackerFiles;
  readonly #processes: TrackerProcesses;
  readonly #linkbeat: Linkbeat;
  /** Lines of linkbeat_interfaces, and "" for all interfaces. */
  readonly #polled = new Map<string, LinkbeatMethod | undefined>();
  /** Interfaces of instances that have theirs polled. */
  readonly #polledFor = new Map<string, string>();

  /** `linkChanged`: up() of an interface is another now. */
  constructor(
    kernel: Kernel,
    log: Log,
    feed: (event: VrrpEvent) => void,
    linkChanged: (name: string) => void,
  ) {
    this.#files = new TrackerFiles(kernel.files, log, (file, value) =>
      feed({ type: "file-value", file, value }),
    );
    this.#processes = new TrackerProcesses(kernel.processes, log, (process, count, cause) =>
      feed({ type: "process-count", process, count, cause }),
    );
    this.#linkbeat = new Linkbeat(kernel.linkbeat, log, linkChanged);
  }

  /** Takes over what a plan says of polling. `names`: every interface that instances run on or track. */
  configure(changes: readonly Change[], names: ReadonlySet<string>): void {
    for (const change of changes) {
      if (change.object === "linkbeat") {
        if (change.after) this.#polled.set(change.id, change.after.type);
        else this.#polled.delete(change.id);
      } else if (change.object === "vrrp_instance") {
        const { linkbeat_use_polling: polls, interface: device } = change.after ?? {};
        if (polls && device !== undefined) this.#polledFor.set(change.id, device);
        else this.#polledFor.delete(change.id);
      } else if (change.object === "global_defs" && change.after) {
        const { process_monitor_rcv_bufs: bytes, process_monitor_rcv_bufs_force: force } = change.after;
        this.#processes.configure({ ...(bytes !== undefined && { receiveBuffer: bytes }), force });
      }
    }
    this.#linkbeat.configure(this.#wanted(names));
  }

  /** Whether a polled link is up; undefined for one that netlink tells of. */
  linkUp(name: string): boolean | undefined {
    return this.#linkbeat.up(name);
  }

  carryOut(effect: WatchEffect): void {
    switch (effect.type) {
      case "watch-file":
        this.#files.watch(effect);
        break;
      case "unwatch-file":
        this.#files.unwatch(effect.file);
        break;
      case "count-processes":
        this.#processes.count(effect);
        break;
      case "uncount-processes":
        this.#processes.uncount(effect.process);
        break;
    }
  }

  close(): void {
    this.#files.close();
    this.#processes.close();
    this.#linkbeat.close();
  }

  /** keepalived polls only what is used. */
  #wanted(names: ReadonlySet<string>): Map<string, LinkbeatMethod | undefined> {
    const wanted = new Map<string, LinkbeatMethod | undefined>();
    for (const name of names) if (this.#polled.has("")) wanted.set(name, undefined);
    for (const name of this.#polledFor.values()) wanted.set(name, undefined);
    for (const [name, method] of this.#polled) if (names.has(name)) wanted.set(name, method);
    return wanted;
  }
}
